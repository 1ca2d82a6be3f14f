import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type CablegramServer, startServer } from '@cablegram/server'
import { CommandLines } from '../../../../test/e2e/command-lines.ts'

const COMMAND = fileURLToPath(new URL('../../bin/cablegram.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cablegram-cli-'))
let server: CablegramServer
let lines: CommandLines

before(async () => {
  server = await startServer({ store: 'memory' })
  lines = new CommandLines(server.info.console)
})
after(async () => {
  await lines.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

/** Runs a command against the server, with these lines on standard input, without a process. */
async function run(args: readonly string[], typed: readonly string[] = []) {
  const named = args.includes('--session') ? args : [...args, '--session', 'cablegram.session']
  const inFolder = named.map((word) => (word.endsWith('.session') ? join(folder, word) : word))
  const isOfLogin = args[0] !== 'codes'
  return await lines.runWords(isOfLogin ? inFolder : args, server.info.console, typed)
}

/** Runs a command in a process of its own, in the folder. */
async function cablegram(args: readonly string[], lines: readonly string[] = []) {
  const child = start(args)
  child.stdin?.end(lines.map((line) => `${line}\n`).join(''))
  const [stdout, stderr, [status]] = await Promise.all([
    text(child, 'stdout'),
    text(child, 'stderr'),
    once(child, 'close'),
  ])
  return { status, stdout, stderr }
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...args, '--server', server.info.console], { cwd: folder })
}

async function text(child: ChildProcess, name: 'stdout' | 'stderr'): Promise<string> {
  let said = ''
  for await (const chunk of child[name] ?? []) said += chunk
  return said
}

test('a user logs in, makes a call, reads the codes and logs out', async () => {
  const login = await cablegram(['login', '+9996621234'], ['22222', 'Ada', 'Lovelace'])
  assert.equal(login.status, 0, login.stderr)
  assert.match(
    login.stdout,
    /^Signed in as Ada Lovelace \(\+9996621234, user id \d+\)\. .*cablegram\.session/,
  )

  const again = await run(['login', '+999 662 1234'])
  assert.equal(again.exitCode, 0, again.complaint)
  const other = await run(['login', '+9996625678'])
  assert.equal(other.exitCode, 1)
  assert.match(other.complaint, /signed in as Ada Lovelace.* --session FILE/)

  for (const word of ['abc', '+9996625555x']) {
    const wrong = await run(['login', word])
    assert.equal(wrong.exitCode, 2)
    assert.equal(wrong.complaint, `PHONE is a number such as +9996621234, not "${word}".`)
  }

  const call = await run(['call', 'users.getUsers', '{"id":[{"_":"inputUserSelf"}]}'])
  const [user] = JSON.parse(call.out)
  assert.deepEqual([user._, user.firstName, typeof user.id], ['user', 'Ada', 'string'])

  const codes = await run(['codes', '--json', '--phone', '+9996621234'])
  const [entry] = codes.out.split('\n').map((line) => JSON.parse(line))
  assert.deepEqual([entry.phone, entry.code, entry.state], ['+9996621234', '22222', 'used'])

  assert.equal((await run(['logout'])).exitCode, 0)
  const refused = await run(['call', 'users.getUsers', '{"id":[{"_":"inputUserSelf"}]}'])
  assert.equal(refused.exitCode, 1)
  assert.match(
    refused.complaint,
    /^the server refused users\.getUsers: AUTH_KEY_UNREGISTERED .*npx cablegram login --session \S+ --server http/,
  )
  const twice = await run(['logout'])
  assert.equal(twice.exitCode, 1)
  assert.match(twice.complaint, /^nobody is signed in with \S+cablegram\.session/)
})

test('the next command uses the same session on the same server', async () => {
  const session = ['--session', "Ada's own.session"]
  const login = await run(['login', '+9996625555', '--code', '22222', '--first-name', 'Ada', ...session])
  assert.equal(login.exitCode, 0, login.complaint)
  const next = /^Next: npx cablegram (.*)$/m.exec(login.out)?.[1] ?? ''
  const shell = spawn('sh', ['-c', `'${process.execPath}' '${COMMAND}' ${next}`], { cwd: folder })
  const [said, [status]] = await Promise.all([text(shell, 'stdout'), once(shell, 'close')])
  assert.equal(status, 0)
  assert.equal(JSON.parse(said)[0].phone, '9996625555')
})

test('a wrong answer from the command line is not asked again', async () => {
  const session = ['--session', 'wrong.session']
  const code = await run(['login', '+9996621111', '--code', '11111', ...session], ['22222'])
  assert.equal(code.exitCode, 1)
  assert.match(code.complaint, /^the server refused --code: PHONE_CODE_INVALID/)
  const phone = await run(['login', '+12', ...session], ['+9996621111'])
  assert.equal(phone.exitCode, 1)
  assert.match(phone.complaint, /^the server refused PHONE: PHONE_NUMBER_INVALID/)
})

test('a login that ended after a wrong code goes on with the right one from the command line', async () => {
  const session = ['--session', 'again.session']
  const first = await run(['login', '+9996623333', ...session], ['11111'])
  assert.equal(first.exitCode, 1)
  const right = ['--code', '22222', '--first-name', 'Ada']
  const second = await run(['login', '+9996623333', ...right, ...session], [])
  assert.equal(second.exitCode, 0, second.complaint)
})

test('a number locked by too many guesses is refused with advice', async () => {
  const wrong = Array.from({ length: 12 }, (_, index) => String(10_000 + index))
  const { exitCode, complaint } = await run(['login', '+9996626666', '--session', 'guessed.session'], wrong)
  assert.equal(exitCode, 1)
  assert.match(complaint, /PHONE_PASSWORD_FLOOD \(406\)\. .* use another number, or wait a day\.$/)
})

test('standard input that ends before the last answer is reported in one sentence', async () => {
  const { exitCode, complaint } = await run(['login', '+9996622222', '--session', 'ended.session'])
  assert.equal(exitCode, 1)
  assert.match(complaint, /^[^\n]+$/)
})

test('codes --follow shows a new code, and Ctrl-C ends it with exit code 130', async () => {
  const follower = start(['codes', '--follow', '--phone', '+9996623333'])
  assert.ok(follower.stdout)
  const line = once(follower.stdout, 'data')
  await run(['login', '+9996623333', '--session', 'follow.session'])
  assert.match(String((await line)[0]), /\+9996623333 +22222/)
  follower.kill('SIGINT')
  assert.deepEqual(await once(follower, 'exit'), [130, null])
})

test('an interrupted login exits with 130 and releases its session', async () => {
  const session = ['--session', 'interrupted.session']
  const child = start(['login', '+9996624444', ...session])
  assert.ok(child.stderr)
  for await (const chunk of child.stderr) if (/Code/.test(String(chunk))) break
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'exit'), [130, null])
  const again = await run(['login', '+9996624444', '--code', '22222', '--first-name', 'Bo', ...session])
  assert.equal(again.exitCode, 0, again.complaint)
})

test('logout with the name of no session says so and makes no file', async () => {
  const before = readdirSync(folder).sort()
  const { exitCode, complaint } = await run(['logout', '--session', 'nope.session'])
  assert.equal(exitCode, 1)
  assert.match(
    complaint,
    /^there is no session \S+nope\.session: check --session, or sign in with `npx cablegram login --session \S+nope\.session --server http\S+`\.$/,
  )
  assert.deepEqual(readdirSync(folder).sort(), before)
})
