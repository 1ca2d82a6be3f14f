/**
 * Compares the table of errors with Telegram's documentation, and with the pages and sources generated from
 * it.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AnsweredError, GlobalError } from '@cablegram/client'
import { ERRORS } from '@cablegram/server'
import { type MethodErrors, methodErrors } from '@cablegram/tl/errors'
import type { ANY_ERRORS } from '../../packages/server/src/ground/errors/any.ts'
import type { Rows } from '../../packages/server/src/rules/errors.ts'
import { COVERAGE_DOC, errorRows, renderCoverage } from '../../scripts/error-coverage.ts'
import { ERRORS_DOC, errorsOf, renderErrorsDoc } from '../../scripts/errors-doc.ts'
import { documentedErrors } from './documented.ts'
import { CAUSES } from './index.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const textOf = ({ code, name }: { readonly code: number; readonly name: string }) => `${code} ${name}`

test('every login method has exactly the documented errors, and our own are marked', () => {
  for (const [method, documented] of documentedErrors) {
    const rows = errorsOf(method)
    const texts = rows.map(textOf)
    assert.deepEqual(
      documented.filter((error) => !texts.includes(error)),
      [],
      `${method}: documented, and not in the table`,
    )
    const more = rows.filter((row) => !documented.includes(textOf(row)))
    if (method !== 'any')
      assert.ok(
        more.every((row) => row.source === 'ours' || documentedErrors.get('any')?.includes(textOf(row))),
        method,
      )
  }
})

/** The errors on the method's own reference page. */
const SEND_CODE_PAGE = [
  '400 API_ID_INVALID',
  '400 API_ID_PUBLISHED_FLOOD',
  '400 INPUT_REQUEST_TOO_LONG',
  '400 PHONE_NUMBER_APP_SIGNUP_FORBIDDEN',
  '400 PHONE_NUMBER_BANNED',
  '400 PHONE_NUMBER_FLOOD',
  '400 PHONE_NUMBER_INVALID',
  '400 PHONE_PASSWORD_PROTECTED',
  '400 SMS_CODE_CREATE_FAILED',
  '401 AUTH_KEY_PERM_EMPTY',
  '406 AUTH_KEY_DUPLICATED',
  '406 PHONE_NUMBER_INVALID',
  '406 PHONE_PASSWORD_FLOOD',
  '-500 No workers running',
  '-503 Timeout',
]

test('the table has every error of the auth.sendCode page, as its own or as any method’s', () => {
  const texts = [...errorsOf('auth.sendCode'), ...errorsOf('any')].map(textOf)
  assert.deepEqual(
    SEND_CODE_PAGE.filter((error) => !texts.includes(error)),
    [],
  )
})

test('the table has the errors that the schema documents for those methods', () => {
  for (const method of documentedErrors.keys()) {
    const texts = errorsOf(method).map(textOf)
    for (const error of methodErrors[method] ?? [])
      assert.ok(texts.includes(textOf(error)), `${method}: ${textOf(error)}`)
  }
})

test('an error is in the table once per method', () => {
  const all = ERRORS.flatMap((row) =>
    (row.methods === 'any' ? ['any'] : row.methods).map((method) => `${method} ${textOf(row)}`),
  )
  assert.deepEqual(all.toSorted(), [...new Set(all)].toSorted())
})

test('site/guides/login-errors.md is generated from the current table', () => {
  assert.equal(readFileSync(ERRORS_DOC, 'utf8'), renderErrorsDoc(), 'run: node scripts/errors-doc.ts')
})

test('every refusal of a rule is in the table', () => {
  const files = globSync('packages/server/src/**/*.ts', { cwd: root }).filter(
    // A fault answers whatever its operator chose.
    (file) => !file.endsWith('.test.ts') && !/(refusal|apply-fault)\.ts$/.test(file),
  )
  const offenders = files.filter((file) => /new RpcError\(/.test(readFileSync(join(root, file), 'utf8')))
  assert.deepEqual(offenders, [])
})

test('every error of every built method has a cause, a fault and documentation', () => {
  const incomplete = errorRows().filter(
    ({ byCause, faultOnly, byFault, documented }) =>
      !(byFault && documented && byCause !== (faultOnly !== undefined)),
  )
  assert.deepEqual(
    incomplete.map((row) => `${row.method}: ${textOf(row)}`),
    [],
  )
})

test('every cause belongs to an error of the table', () => {
  const all = new Set(errorRows().map((row) => `${row.method}: ${textOf(row)}`))
  assert.deepEqual(
    CAUSES.map((one) => `${one.method}: ${textOf(one)}`).filter((one) => !all.has(one)),
    [],
  )
})

test('docs/error-coverage.md is generated from the current tests', () => {
  assert.equal(readFileSync(COVERAGE_DOC, 'utf8'), renderCoverage(), 'run: node scripts/error-coverage.ts')
})

/** An error as the client has it: its type without the number. */
type AsTold<Row> = Row extends { readonly code: infer Code; readonly name: infer Name }
  ? { readonly code: Code; readonly type: Name extends `${infer Type}_X` ? Type : Name }
  : never

test('the client’s types have every error that any method may answer with', () => {
  // A missing one does not compile.
  const missing: Exclude<AsTold<(typeof ANY_ERRORS)[number]>, GlobalError>[] = []
  const all: readonly never[] = missing
  assert.deepEqual(all, [])
})

/** The errors of rows that the client's types of their methods lack. */
type Untold<Row> = Row extends { readonly methods: readonly (infer Method)[] }
  ? Method extends keyof MethodErrors
    ? AsTold<Row> extends AnsweredError<Method>
      ? never
      : { readonly method: Method; readonly error: AsTold<Row> }
    : never
  : never

test('the client’s types have every error of each method of the server', () => {
  // A missing one does not compile.
  const untold: Untold<Rows[number]>[] = []
  const all: readonly never[] = untold
  assert.deepEqual(all, [])
})
