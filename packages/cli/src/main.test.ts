import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { renderServeHelp, SERVE_HELP } from '../../../scripts/serve-help.ts'
import { CommandLines } from '../../../test/e2e/command-lines.ts'
import { outcomeOf } from './main.ts'

const MAX_RUN_MS = 60_000
const COMMAND = fileURLToPath(new URL('../bin/cablegram.js', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'cablegram-cli-'))
after(() => rmSync(folder, { recursive: true }))

function cablegram(...args: string[]): Promise<{ status: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const done = (error: { code?: unknown } | null, stdout: string, stderr: string) =>
      resolve({ status: error === null ? 0 : error.code, stdout, stderr })
    // A command that should have ended and serves instead is stopped, and fails its test.
    execFile(process.execPath, [COMMAND, ...args], { timeout: MAX_RUN_MS }, done).stdin?.end()
  })
}

async function each<T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map(check))
}

test('npm start shows the help of serve before anything is installed', () => {
  assert.equal(
    readFileSync(SERVE_HELP, 'utf8'),
    renderServeHelp(),
    'run: node setup.mjs scripts/serve-help.ts',
  )
})

test('--help lists the commands, and each command has help with examples', async () => {
  const { status, stdout } = await cablegram('--help')
  assert.equal(status, 0)
  const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name)
  assert.deepEqual(names, [
    'serve',
    'login',
    'accept',
    'call',
    'lua',
    'codes',
    'user',
    'rule',
    'fault',
    'clock',
    'app',
    'bot',
    'people',
    'pay',
    'reset',
    'store',
    'connect',
    'docs',
    'session',
    'trace',
    'logout',
  ])
  const lines = new CommandLines('none')
  for (const name of names) {
    const help = await lines.runWords([name, '--help'])
    assert.equal(help.exitCode, 0)
    assert.match(help.out, /^Examples:\n {2}npx cablegram /m)
  }
  await lines.close()
})

test('errors go to standard error', async () => {
  const { status, stdout, stderr } = await cablegram('fly')
  assert.deepEqual([status, stdout], [2, ''])
  assert.match(stderr, /^cablegram: there is no command "fly"[^\n]+\n$/)
})

test('wrong usage gives one sentence and exit code 2', async () => {
  const wrong = [
    [],
    ['fly'],
    ['login', '--fast'],
    ['login', '+1', '+2'],
    ['login', '--server', 'production'],
    ['login', '--server', 'nowhere'],
    ['login', '--api-id', '1'],
    ['call'],
    ['call', 'help.getConfg'],
    ['call', 'help.getConfig', '{'],
    ['call', 'users.getUsers', '{"id":7}'],
    ['codes', '--server', 'nowhere'],
    ['codes', '--server', 'localhost:10081'],
    ['serve', '--port', 'high'],
    ['serve', '--port', '65536'],
    ['serve', '--console-port', '10080'],
    ['serve', '--console-port', '6000'],
    ['serve', '--memory', '--data', 'x'],
    ['serve', '--limits', 'none'],
    ['serve', '--terms-popup'],
    ['serve', '--phone-invalid-code', '404'],
  ]
  await each(wrong, async (args) => {
    const { exitCode, complaint } = await outcomeOf(args)
    assert.equal(exitCode, 2, `${args.join(' ')}: ${complaint}`)
    assert.match(complaint ?? '', /^[^\n]+[.?]$/)
  })
})

test('a failure gives one sentence with the next step and exit code 1', async () => {
  // Nothing listens on port 1.
  const session = ['--session', join(folder, 'a.session')]
  await each([['codes'], ['login', '+9996621234', ...session]], async (args) => {
    const { exitCode, complaint = '' } = await outcomeOf([...args, '--server', 'http://127.0.0.1:1'])
    assert.equal(exitCode, 1, complaint)
    assert.match(complaint, /^[^\n]*npx cablegram serve[^\n]*$/)
  })
})

test('serve refuses an address that is not of PostgreSQL, and one without a secret', async () => {
  const args = ['serve', '--port', '0', '--console-port', '0', '--store']
  const bare = await outcomeOf([...args, 'postgres://127.0.0.1/x'])
  assert.equal(bare.exitCode, 1, bare.complaint)
  assert.match(bare.complaint ?? '', /^[^\n]+--secret-file[^\n]+$/)
  const wrong = await outcomeOf([...args, 'mysql://127.0.0.1/x', '--secret-file', '/nowhere/secret.key'])
  assert.equal(wrong.exitCode, 1, wrong.complaint)
  assert.match(wrong.complaint ?? '', /^[^\n]+postgres:\/\/USER:PASSWORD@HOST:5432\/DATABASE[^\n]*$/)
})
