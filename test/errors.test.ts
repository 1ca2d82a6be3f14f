import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * `new UsageError('CODE', …)`, `new ConsoleError(404, 'CODE', …)`, `fail('CODE', …)`; the command's own
 * errors have no code.
 */
const THROWN = /(?:new (?!RpcError)\w+Error|\bfail)\(\s*(?:\w+,\s*)?'([A-Z][A-Z0-9_]+)'/g
/** The code of a class that has only one, and of a table of errors. */
const NAMED = /\bcode(?: =|:) '([A-Z][A-Z0-9_]+)'/g

function codesInSource(): string[] {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const codes = [...text.matchAll(THROWN), ...text.matchAll(NAMED)].map(([, code = '']) => code)
  return [...new Set(codes)].sort()
}

test('site/guides/errors.md lists every error code that is thrown, once, and no other', () => {
  const lines = readFileSync(join(root, 'site/guides/errors.md'), 'utf8').split('\n')
  const listed = lines.map(
    (line) => /^\| `([A-Z0-9_]+)` \| `\w+Error`(?:, `\w+Error`)* \| \S.* \|$/.exec(line)?.[1],
  )
  const codes = codesInSource()
  assert.ok(codes.length > 50)
  assert.deepEqual(listed.filter((code) => code !== undefined).sort(), codes)
})
