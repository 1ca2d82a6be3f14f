/**
 * A new user's first minutes: a fresh clone, an empty home folder, and only the machine's own Node and npm.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const SERVE = ['start', '--', '--port', '0', '--console-port', '0', '--memory', '--json']

let folder: string
let clone: string
/**
 * The user's environment: without the variables that npm added for this test, above all the pinned Node.
 */
let env: NodeJS.ProcessEnv

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cablegram-first-run-'))
  clone = join(folder, 'cablegram')
  const home = join(folder, 'home')
  mkdirSync(home)
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules'))
  env = { HOME: home, PATH: path.join(delimiter), TERM: 'dumb' }
  execFileSync('git', ['clone', '--quiet', root, clone])
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the help of the server needs no install', () => {
  const { status, stdout } = spawnSync('npm', ['start', '--', '--help'], {
    cwd: clone,
    env,
    encoding: 'utf8',
  })
  assert.equal(status, 0)
  assert.match(stdout, /Usage: npx cablegram serve/)
  assert.equal(existsSync(join(clone, 'node_modules')), false)
})

test('an install that is ended leaves no npm behind, and no lock', { timeout: 600_000 }, async () => {
  const setup = spawn('node', ['setup.mjs', 'packages/cli/bin/cablegram.js', '--version'], {
    cwd: clone,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(setup, 'close')
  for await (const line of createInterface({ input: setup.stderr })) if (/installing/.test(line)) break
  setup.kill('SIGTERM')
  // The pipes close once nobody has them any more, npm included.
  assert.deepEqual(await closed, [128 + 15, null])
  assert.equal(existsSync(join(clone, '.setup.lock')), false)
})

test('npm start on a fresh clone installs, starts the server and stops cleanly', {
  timeout: 600_000,
}, async () => {
  assert.equal(existsSync(join(clone, 'node_modules')), false)
  const server = spawn('npm', SERVE, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { ready, said } = await readyLine(server)
  assert.match(said(), /installing what is missing/)
  const signedIn = execFileSync('npx', login(ready.console), { cwd: clone, env, encoding: 'utf8' })
  assert.match(signedIn, /Signed in as Ada \(\+9996621234/)
  server.kill('SIGTERM')
  const [code, signal] = await once(server, 'exit')
  assert.deepEqual([code, signal], [0, null], said())
  assert.doesNotMatch(said(), /npm error/)
  assert.equal(existsSync(join(clone, 'node_modules', 'typescript')), false)
})

test('the second npm start installs nothing', { timeout: 600_000 }, async () => {
  const server = spawn('npm', SERVE, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { said } = await readyLine(server)
  assert.doesNotMatch(said(), /installing/)
  server.kill('SIGINT')
  assert.deepEqual(await once(server, 'exit'), [0, null], said())
})

test('a program of one’s own installs nothing more, and runs in its folder', { timeout: 600_000 }, () => {
  const mine = join(folder, 'mine')
  mkdirSync(mine)
  writeFileSync(join(mine, 'where.mjs'), 'console.log(process.cwd())')
  const program = ['../cablegram/setup.mjs', 'where.mjs']
  const { stdout, stderr } = spawnSync('node', program, { cwd: mine, env, encoding: 'utf8' })
  assert.deepEqual([stdout.trim(), stderr], [realpathSync(mine), ''])
  assert.equal(existsSync(join(clone, 'node_modules', '@biomejs')), false)
})

test('a file that is not there, or none, is refused with a sentence', () => {
  const say = (...args: string[]) => {
    const { status, stderr } = spawnSync('node', ['setup.mjs', ...args], {
      cwd: clone,
      env,
      encoding: 'utf8',
    })
    return [status, stderr.trim()]
  }
  assert.deepEqual(say('nowhere.mjs'), [1, 'cablegram: there is no file nowhere.mjs.'])
  const usage = 'name the file to run: node setup.mjs FILE, or node setup.mjs --test FILE for a test.'
  assert.deepEqual(say(), [1, `cablegram: ${usage}`])
})

test('npm start downloads no development packages, and a command of a developer adds them beside it', {
  timeout: 600_000,
}, async () => {
  const linter = join(clone, 'node_modules', '@biomejs')
  assert.equal(existsSync(linter), false)
  const server = spawn('npm', SERVE, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { ready } = await readyLine(server)
  const { status, stderr } = spawnSync('node', ['setup.mjs', '--test', '--version'], {
    cwd: clone,
    env,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  assert.match(stderr, /installing what is missing \(npm install\)/)
  assert.equal(existsSync(linter), true)
  const signedIn = execFileSync('npx', login(ready.console), { cwd: clone, env, encoding: 'utf8' })
  assert.match(signedIn, /Signed in as Ada/)
  server.kill('SIGTERM')
  assert.deepEqual(await once(server, 'exit'), [0, null])
  assert.equal(git('status', '--porcelain'), '')
})

test('a failure passes its exit code and sentence through npm', { timeout: 600_000 }, () => {
  const { status, stderr } = spawnSync('npm', ['start', '--', '--no-such-option'], {
    cwd: clone,
    env,
    encoding: 'utf8',
  })
  assert.equal(status, 2)
  assert.match(stderr, /cablegram: Unknown option '--no-such-option'/)
})

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: clone, env, encoding: 'utf8' })
}

function login(console: string): string[] {
  return ['cablegram', 'login', '+9996621234', '--code', '22222', '--first-name', 'Ada', '--server', console]
}

/** The first line of JSON; npm's own lines before it are skipped. */
async function readyLine(server: ChildProcess): Promise<{ ready: { console: string }; said: () => string }> {
  let stderr = ''
  server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  assert.ok(server.stdout)
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.startsWith('{')) continue
    // The pipe must be read on, or the server would stop at a full one.
    server.stdout.resume()
    const ready = JSON.parse(line)
    assert.equal(ready.event, 'ready')
    return { ready, said: () => stderr }
  }
  throw new Error(`npm start ended without a ready line: ${stderr}`)
}
