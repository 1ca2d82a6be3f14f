/** Runs `.ci/engines` with programs that only note how they were called. `npm run test:engines` itself runs in CI. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../.ci/engines', import.meta.url))
/** What the script takes from the machine. */
const REAL = ['bash', 'dirname', 'env']

interface Machine {
  readonly userId: number
  /** Programs that it has; `apt-get` ends with these codes. */
  readonly programs: readonly string[]
  readonly hasPostgres?: boolean
  readonly updateCode?: number
  readonly installCode?: number
}

/** Runs the script on such a machine. @returns its exit code, what it says, and the calls */
function runOn({ userId, programs, hasPostgres = false, updateCode = 0, installCode = 0 }: Machine) {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-ci-'))
  try {
    const bin = join(folder, 'bin')
    const postgres = join(folder, 'postgresql')
    const calls = join(folder, 'calls')
    mkdirSync(bin)
    writeFileSync(calls, '')
    for (const name of REAL) {
      const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()
      symlinkSync(path, join(bin, name))
    }
    const program = (name: string, text: string) =>
      writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 })
    const note = `echo "\${0##*/} $* \${DEBIAN_FRONTEND-}\${RUNLEVEL-}" >> ${calls}`
    program('id', `echo ${userId}`)
    program('npm', note)
    program('apt-get', `${note}; [ "$1" = update ] && exit ${updateCode}; exit ${installCode}`)
    // Like sudo itself, without the caller's variables.
    program('sudo', `[ "$1" = -n ] && shift; echo sudo >> ${calls}; exec env -i PATH="$PATH" "$@"`)
    for (const name of programs) program(name, note)
    if (hasPostgres) {
      mkdirSync(join(postgres, '15/bin'), { recursive: true })
      writeFileSync(join(postgres, '15/bin/postgres'), '')
    }
    const env = { PATH: bin, DEBIAN_POSTGRESQL: postgres }
    const { status, stderr } = spawnSync(join(bin, 'bash'), [SCRIPT], { encoding: 'utf8', env })
    return { status, stderr, calls: readFileSync(calls, 'utf8').trim().split(/ *\n/) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const TESTS = 'npm run --silent test:engines'

test('nothing is installed where both engines are', () => {
  const debian = runOn({ userId: 1000, programs: ['redis-server'], hasPostgres: true })
  assert.deepEqual(debian, { status: 0, stderr: '', calls: [TESTS] })
  const other = runOn({ userId: 1000, programs: ['redis-server', 'postgres'] })
  assert.deepEqual(other, { status: 0, stderr: '', calls: [TESTS] })
})

test('root installs what is missing, asks no questions and starts no services', () => {
  const { status, calls } = runOn({ userId: 0, programs: [] })
  assert.equal(status, 0)
  assert.deepEqual(calls, [
    'apt-get update -qq noninteractive1',
    'apt-get install -y -qq --no-install-recommends postgresql redis-server noninteractive1',
    TESTS,
  ])
})

test('another user installs through sudo, which drops the environment', () => {
  const { status, calls } = runOn({ userId: 1000, programs: [], hasPostgres: true })
  assert.equal(status, 0)
  assert.deepEqual(calls, [
    'sudo',
    'apt-get update -qq noninteractive1',
    'sudo',
    'apt-get install -y -qq --no-install-recommends redis-server noninteractive1',
    TESTS,
  ])
})

test('a source of packages that is away does not stop the installation', () => {
  const { status, calls } = runOn({ userId: 0, programs: ['redis-server'], updateCode: 100 })
  assert.equal(status, 0)
  assert.equal(calls.at(-1), TESTS)
})

test('what cannot be installed is named with the next step, and no test runs', () => {
  const { status, stderr, calls } = runOn({ userId: 0, programs: ['redis-server'], installCode: 100 })
  assert.equal(status, 1)
  assert.match(stderr, /need postgresql: install with `apt-get install postgresql` and run this again\.\n$/)
  assert.ok(!calls.includes(TESTS))
})
