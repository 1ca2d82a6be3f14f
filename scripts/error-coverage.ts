/**
 * Writes `docs/error-coverage.md`, the tests of each error of the table: `node scripts/error-coverage.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { ERRORS, supportedMethods } from '@cablegram/server'
import { canCall } from '../test/errors/calls.ts'
import { CAUSES } from '../test/errors/index.ts'
import { described, ERRORS_DOC, renderErrorsDoc } from './errors-doc.ts'

/** The path of the table. */
export const COVERAGE_DOC: URL = new URL('../docs/error-coverage.md', import.meta.url)

/** An error of a method, and how it is tested. */
export interface CoveredError {
  readonly method: string
  readonly code: number
  readonly name: string
  /** The reason if no rule causes it. */
  readonly faultOnly: string | undefined
  /** A test causes it. */
  readonly byCause: boolean
  /** A test triggers it on demand. */
  readonly byFault: boolean
  /** site/guides/login-errors.md says when it happens and what to do. */
  readonly documented: boolean
}

/** Every error of every method that the server has, by method, code and name. */
export function errorRows(): CoveredError[] {
  const built = new Set(supportedMethods().map(({ method }) => method))
  const isDocCurrent = readFileSync(ERRORS_DOC, 'utf8') === renderErrorsDoc()
  return ERRORS.flatMap(({ methods, ...row }) =>
    (methods === 'any' ? ['any'] : methods).map((method) => ({ method, row })),
  )
    .filter(({ method }) => method === 'any' || built.has(method))
    .map(({ method, row: { code, name } }) => {
      const { cause, advice, faultOnly } = described(method, code, name)
      return {
        method,
        code,
        name,
        faultOnly,
        byCause: CAUSES.some((one) => one.method === method && one.code === code && one.name === name),
        byFault: canCall(method),
        documented: isDocCurrent && cause !== undefined && advice !== undefined,
      }
    })
    .toSorted(
      (a, b) =>
        a.method.localeCompare(b.method) ||
        Math.abs(a.code) - Math.abs(b.code) ||
        a.name.localeCompare(b.name),
    )
}

/** Methods of the table that the server does not have yet. */
export function missingMethods(): string[] {
  const built = new Set(supportedMethods().map(({ method }) => method))
  const named = ERRORS.flatMap(({ methods }) => (methods === 'any' ? [] : methods))
  return [...new Set(named)].filter((method) => !built.has(method)).sort()
}

/** The table as it should be. */
export function renderCoverage(): string {
  const rows = errorRows()
  const missing = missingMethods()
  return [
    '# How the errors are tested',
    '',
    'Made by `node scripts/error-coverage.ts` from the table of errors and the tests of it; a test compares the two, and fails',
    'where a row lacks one of the three. By its cause: `test/errors/` makes it happen on a real server, over the wire. By a',
    'fault: `test/errors/on-demand.test.ts` asks for it through the fault API, and our client gets it whole. Documented:',
    '[login-errors.md](../site/guides/login-errors.md) says when it comes and what to do.',
    '',
    `${rows.length} rows.${missing.length === 0 ? '' : ` Not built yet: ${missing.map((method) => `\`${method}\``).join(', ')}.`}`,
    '',
    '| method | error | by its cause | by a fault | documented |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ method, code, name, faultOnly, byCause, byFault, documented }) =>
        `| ${method === 'any' ? 'any' : `\`${method}\``} | ${code} \`${name}\` | ${faultOnly ?? mark(byCause)} | ${mark(byFault)} | ${mark(documented)} |`,
    ),
    '',
  ].join('\n')
}

function mark(isThere: boolean): string {
  return isThere ? 'yes' : '**no**'
}

if (import.meta.main) writeFileSync(COVERAGE_DOC, renderCoverage())
