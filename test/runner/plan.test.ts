import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { hasLongForm, planProcesses } from './plan.ts'
import { writePrograms } from './programs.ts'

const shared = (file: string) => `/** Of ${file}. */\nimport assert from 'node:assert/strict'\n`
const filesOf = (files: readonly string[], read = shared) =>
  planProcesses(files, read).map((one) => [one.name, one.files.length] as const)

test('neighbours share a process, packages and areas do not', () => {
  const files = [
    'test/b.test.ts',
    'packages/tl/src/a.test.ts',
    'test/e2e/a.test.ts',
    'packages/tl/src/b.test.ts',
  ]
  assert.deepEqual(filesOf(files).sort(), [
    ['packages-tl', 2],
    ['test', 1],
    ['test-e2e', 1],
  ])
})

test('a large area is cut into processes of nearly the same size', () => {
  const files = Array.from({ length: 130 }, (_, i) => `test/e2e/${String(i).padStart(3, '0')}.test.ts`)
  const plan = planProcesses(files, shared)
  assert.deepEqual(
    plan.map((one) => one.files.length),
    [44, 43, 43],
  )
  assert.deepEqual(
    plan.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((one) => one.files),
    files,
  )
})

test('the longest process is the first', () => {
  const files = [
    ...Array.from({ length: 20 }, (_, i) => `packages/tl/src/${i}.test.ts`),
    ...Array.from({ length: 10 }, (_, i) => `test/e2e/${i}.test.ts`),
    'test/own.test.ts',
  ]
  const read = (file: string) => (file.includes('own') ? '// Own process: it is long.\n' : shared(file))
  assert.deepEqual(filesOf(files, read), [
    ['test-e2e', 10],
    ['packages-tl', 20],
    ['test-own', 1],
  ])
})

test('a file that asks for its own process gets it', () => {
  for (const head of [
    '// Own process: it changes the environment.',
    '/**\n * Many words.\n *\n * Own process: it is long.\n */',
    '/** Own process: it is long. */',
  ]) {
    const read = (file: string) => `${file.includes('own') ? `${head}\n` : ''}${shared(file)}`
    assert.deepEqual(filesOf(['test/a.test.ts', 'test/b.test.ts', 'test/own.test.ts'], read), [
      ['test-own', 1],
      ['test', 2],
    ])
  }
})

test('each file is in one process, whatever the order of the list', () => {
  const files = ['test/c.test.ts', 'test/a.test.ts', 'test/x/a.test.ts', 'packages/a/src/x/y.test.ts']
  const all = planProcesses(files, shared).flatMap((one) => one.files)
  assert.deepEqual([...all].sort(), [...files].sort())
})

test('a file says in a comment that it has a long form', () => {
  assert.equal(hasLongForm('// Own process: it is long.\n// Long form: all seeds.\n'), true)
  assert.equal(hasLongForm("const text = '// Long form: all seeds.'\n"), false)
})

test('programs have names in the order of the plan, as the test runner sorts them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-programs-'))
  try {
    const files = ['test/effort.ts', ...Array(3).fill('packages/tl/src/index.ts'), 'test/e2e/serve.ts']
    const names = writePrograms(folder, files).map((path) => basename(path))
    assert.deepEqual(names, ['000-test-e2e.mjs', '001-packages-tl.mjs', '002-test.mjs'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
