/** Runs a property that fails, in processes of each kind, and reads which seed it had. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { settingsFor } from './seed.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROPERTY = `
  import fc from 'fast-check'
  import { test } from 'node:test'
  const small = fc.property(fc.integer(), (number) => { console.log('drew ' + number); if (number > 1000) throw new Error('too large') })
  test('a property', () => { fc.assert(small) })
  test('one that never fails', () => { fc.assert(fc.property(fc.nat(), () => {})) })`

let folder: string
let file: string
before(() => {
  // Inside the repository, where fast-check is found.
  folder = mkdtempSync(join(ROOT, 'node_modules', '.cablegram-seed-'))
  file = join(folder, 'property.test.mjs')
  writeFileSync(file, PROPERTY)
})
after(() => rmSync(folder, { recursive: true }))

interface Run {
  readonly status: number | null
  readonly said: string
  readonly seed: number
  readonly drawn: readonly string[]
}

function run(args: readonly string[], seed?: string): Run {
  // A runner inside a test would take itself for a part of the outer one.
  const env = {
    ...process.env,
    NODE_TEST_CONTEXT: undefined,
    CABLEGRAM_LONG: undefined,
    CABLEGRAM_SEED: seed,
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env })
  const said = stdout + stderr
  return {
    status,
    said,
    seed: Number(/CABLEGRAM_SEED=(-?\d+) npm test -- FILE/.exec(said)?.[1]),
    drawn: [...said.matchAll(/drew (-?\d+)/g)].map(([, number]) => number ?? ''),
  }
}

/** Runs the file as a part of a suite. */
function runTogether(): Run {
  const program = join(folder, 'program.mjs')
  const runner = new URL('./together.ts', import.meta.url).href
  writeFileSync(program, `import { together } from '${runner}'\ntogether(['${file}'], (name) => name)`)
  return run([program])
}

/** Runs the file as `npm test -- FILE` does. */
function runAlone(seed?: string): Run {
  return run(['scripts/test.ts', file], seed)
}

test('a suite has a fixed seed, and a property that fails says how to run it again', () => {
  const suite = runTogether()
  assert.equal(suite.status, 1)
  assert.equal(suite.seed, settingsFor().seed, suite.said)
  assert.match(suite.said, /Counterexample: \[1001\][\s\S]*too large/)
  assert.ok(suite.drawn.length > 1)
  const again = runAlone(String(suite.seed))
  assert.equal(again.seed, suite.seed)
  assert.deepEqual(again.drawn, suite.drawn)
  assert.match(again.said, /ℹ pass 1\nℹ fail 1/)
})

test('a file alone draws new inputs each time', () => {
  const [first, second] = [runAlone(), runAlone()]
  assert.ok(Number.isInteger(first.seed), first.said)
  assert.notEqual(second.seed, first.seed)
})

test('a seed is a whole number of 32 bits, or random', () => {
  assert.deepEqual(
    ['', '7', '-2147483648', 'random'].map((given) => settingsFor(given).seed),
    [settingsFor().seed, 7, -2147483648, undefined],
  )
  for (const wrong of ['seven', '1.5', '4294967296'])
    assert.throws(() => settingsFor(wrong), {
      message: `CABLEGRAM_SEED has to be a whole number or "random", not "${wrong}".`,
    })
})
