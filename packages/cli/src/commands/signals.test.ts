// Long form: signals end more commands, each a process.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { effort, sampled } from '../../../../test/effort.ts'

const COMMAND = fileURLToPath(new URL('../../bin/cablegram.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cablegram-signals-'))
after(() => rmSync(folder, { recursive: true }))
// `logout` needs a session; an empty file is a new one.
writeFileSync(join(folder, 'logout.session'), '')

const COMMANDS = [
  ['login', '+9996621234'],
  ['accept', 'tg://login?token=AQID'],
  ['call', 'help.getConfig'],
  ['logout'],
  ['codes', '--follow'],
]

type Start = (args: string[]) => [ChildProcess, () => number]

/**
 * Starts a command at a console that accepts requests and never answers, signals it, and returns how it
 * ended.
 */
async function endOf(args: readonly string[], signal: NodeJS.Signals, start: Start): Promise<unknown> {
  const silent = http.createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const session = args[0] === 'codes' ? [] : ['--session', join(folder, `${args[0]}.session`)]
  const asked = once(silent, 'request')
  const [child, pid] = start([COMMAND, ...args, '--server', server, ...session])
  const ended = once(child, 'exit')
  try {
    await Promise.race([asked, ended])
    process.kill(pid(), signal)
    const [status] = await ended
    return status
  } finally {
    silent.closeAllConnections()
    silent.close()
  }
}

function endsBy(
  signal: NodeJS.Signals,
  start: Start,
  commands: readonly (readonly string[])[],
): Promise<unknown[]> {
  return Promise.all(commands.map((args) => endOf(args, signal, start)))
}

const plain: Start = (args) => {
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  return [child, () => child.pid ?? assert.fail()]
}

/** The command as the first process of a process namespace, as in a container. */
const asFirst: Start = (args) => {
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', process.execPath, ...args], {
    stdio: 'ignore',
  })
  const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  return [child, () => Number(children().trim())]
}

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('SIGTERM ends every command with 143 and SIGINT with 130', async () => {
  const commands = sampled(COMMANDS, 2)
  assert.deepEqual(
    await endsBy('SIGTERM', plain, commands),
    commands.map(() => 143),
  )
  const count = effort(1, 2)
  assert.deepEqual(await endsBy('SIGINT', plain, COMMANDS.slice(1, 1 + count)), Array(count).fill(130))
})

test('both signals also end a command that runs as process 1 of a container', async () => {
  const start = canUnshare() ? asFirst : plain
  assert.deepEqual(await endsBy('SIGTERM', start, COMMANDS.slice(0, 1)), [143])
})

test('a server ends with the process that started it, also when that is killed', async () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const serve = ['serve', '--memory', '--json', '--port', '0', '--console-port', '0']
  const child = spawn(process.execPath, ['setup.mjs', 'packages/cli/bin/cablegram.js', ...serve], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  // The pipe closes once the server has let go of it, too.
  child.stdout.resume()
  await once(child.stdout, 'close')
})
