/** Runs processes of several test files that fail in every way there is, and reads what the runner says. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

const RUNNER = new URL('./together.ts', import.meta.url).href
const FILES = {
  'good.test.mjs': `
    import { before, after, test } from 'node:test'
    before(() => console.log('only before the good ones'))
    test('a good one', () => {})
    test('no promise is followed', () => {
      if (Object.getOwnPropertySymbols(Promise.resolve()).length > 0) throw new Error('a hook has marked it')
    })
    await test('a good one that is waited for', () => {})`,
  'bad.test.mjs': `
    import { test } from 'node:test'
    test('a bad one', () => { throw new Error('this is why') })`,
  'broken.test.mjs': `
    import { test } from 'node:test'
    throw new Error('it cannot be loaded')`,
  'hung.test.mjs': `
    import { test } from 'node:test'
    test('a hung one', (t) => new Promise((resolve) => { const timer = setInterval(() => {}, 1_000); t.after(() => clearInterval(timer)) }))`,
  'stray.test.mjs': `
    import { test } from 'node:test'
    test('a stray one', async () => {
      void Promise.reject(new Error('nobody waits for this'))
      await new Promise((resolve) => setTimeout(resolve, 10))
    })`,
  'last.test.mjs': `
    import { test } from 'node:test'
    test('the last one', () => {})`,
  'spinning.test.mjs': `
    import { test } from 'node:test'
    test('a spinning one', () => { for (;;); })`,
  'left-open.test.mjs': `
    import { createServer } from 'node:net'
    import { test } from 'node:test'
    test('one that leaves a server', (t, done) => { createServer().listen(0, '127.0.0.1', done) })`,
}
type File = keyof typeof FILES

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cablegram-together-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
})
after(() => rmSync(folder, { recursive: true }))

/** Runs these files in one process, under Node's test runner. */
function run(...files: File[]): { readonly status: number | null; readonly said: string } {
  const program = join(folder, 'program.mjs')
  const paths = JSON.stringify(files.map((file) => join(folder, file)))
  const nameOf = `(path) => 'of ' + path.split('/').at(-1)`
  writeFileSync(
    program,
    `import { together } from '${RUNNER}'\ntogether(${paths}, ${nameOf}, { fileMs: 2_000, exitMs: 1_000 })\n`,
  )
  // A runner inside a test would take itself for a part of the outer one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--test', '--test-reporter=spec', program],
    { encoding: 'utf8', env, timeout: 60_000 },
  )
  return { status, said: stdout + stderr }
}

test('files that pass are suites of their names, and their tests are counted', () => {
  const { status, said } = run('good.test.mjs', 'last.test.mjs')
  assert.equal(status, 0, said)
  assert.match(said, /of good\.test\.mjs/)
  assert.match(said, /ℹ tests 4\n[\s\S]*ℹ pass 4\nℹ fail 0/)
  assert.equal(said.split('only before the good ones').length, 2)
})

test('an error that nobody waits for fails the process, and is told', () => {
  const { status, said } = run('stray.test.mjs', 'last.test.mjs')
  assert.equal(status, 1)
  assert.match(said, /nobody waits for this/)
  assert.match(said, /✔ the last one/)
})

test('tests that fail, hang or cannot be loaded are named with their files, and the others run', () => {
  const { status, said } = run('bad.test.mjs', 'broken.test.mjs', 'hung.test.mjs', 'last.test.mjs')
  assert.equal(status, 1)
  assert.match(said, /ℹ tests 4\n[\s\S]*ℹ pass 1\nℹ fail 2\nℹ cancelled 1/)
  const failing = said.slice(said.indexOf('failing tests:'))
  assert.match(failing, /test at .*bad\.test\.mjs:\d+:\d+\n✖ a bad one[\s\S]*this is why/)
  assert.match(failing, /✖ of broken\.test\.mjs can be loaded[\s\S]*it cannot be loaded/)
  assert.match(failing, /test at .*hung\.test\.mjs:\d+:\d+\n✖ a hung one/)
  assert.match(said, /✔ the last one/)
})

test('a file that blocks its thread is named, and its process killed', () => {
  const { status, said } = run('good.test.mjs', 'spinning.test.mjs')
  assert.equal(status, 1)
  assert.match(said, /Hung for 2 s in of spinning\.test\.mjs/)
})

test('a process that something keeps open fails, and says after which file', () => {
  const { status, said } = run('good.test.mjs', 'left-open.test.mjs')
  assert.equal(status, 1)
  assert.match(said, /of good\.test\.mjs: (?!.*TCPServerWrap).*\n.*of left-open\.test\.mjs: .*TCPServerWrap/)
})
