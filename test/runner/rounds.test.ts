import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { pbkdf2Sync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsFullRounds } from './rounds.ts'

const RUNNER = new URL('./together.ts', import.meta.url).href
const PRIMITIVES = new URL('../../packages/mtproto/src/crypto/primitives.ts', import.meta.url).href
const BYTES = new TextEncoder().encode('secret')

test('a file says in a comment that it needs all rounds', () => {
  assert.equal(
    needsFullRounds('// Own process: it is long.\n// Full rounds: it compares with vectors.\n'),
    true,
  )
  assert.equal(needsFullRounds("const text = '// Full rounds: x'\n"), false)
})

test('of files in one process, those that ask get all rounds, before and after others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-rounds-'))
  try {
    const derive = `import { test } from 'node:test'
import { pbkdf2Sha512 } from '${PRIMITIVES}'
const bytes = new TextEncoder().encode('secret')
const inHex = () => Buffer.from(pbkdf2Sha512(bytes, bytes, 1000)).toString('hex')
const loaded = inHex()
test('derives', () => { console.log('got ' + [loaded, inHex()]) })`
    const files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.mjs`))
    for (const [index, file] of files.entries())
      writeFileSync(file, `${index === 1 ? '// Full rounds: it says so.\n' : ''}${derive}`)
    const program = join(folder, 'program.mjs')
    writeFileSync(
      program,
      `import { together } from '${RUNNER}'\ntogether(${JSON.stringify(files)}, (name) => name)`,
    )
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, CABLEGRAM_LONG: undefined }
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', env })
    const got = [...stdout.matchAll(/got (\w+),(\w+)/g)].map(([, loaded, tested]) => [loaded, tested])
    const full = pbkdf2Sync(BYTES, BYTES, 1000, 64, 'sha512').toString('hex')
    assert.deepEqual(
      got.map((pair) => pair.map((hash) => hash === full)),
      [
        [false, false],
        [true, true],
        [false, false],
      ],
      stdout + stderr,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
