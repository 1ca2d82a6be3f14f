/** The client's logins without a code, against our server: QR codes and bots. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { acceptLogin, type LoginPrompts, memorySession, TelegramClient } from '@cablegram/client'
import { CommandLines, type CommandOutcome } from './command-lines.ts'
import { closeOpened, comesTo, connect, isAt, serve, signedIn } from './login-steps.ts'
import { beginMoment } from './moment.ts'
import { COMMAND } from './serve.ts'

after(closeOpened)

const folder = await mkdtemp(join(tmpdir(), 'cablegram-qr-'))
after(() => rm(folder, { recursive: true }))

for (const pfs of [false, true]) {
  test(`a QR code of one client is accepted by another${pfs ? ', with temporary keys' : ''}`, async () => {
    const server = await serve()
    const phone = await signedIn(server, '+9996621234', { pfs })
    const screen = connect(server, { pfs })
    const login = await screen.login()
    const moment = beginMoment()
    const { url, expiresAtS } = isAt(await login.act('exportLoginToken'), 'waitQr')
    moment.assertHolds(expiresAtS - 30)
    await acceptLogin(phone, url)
    const done = isAt(await comesTo(login, 'authorized'), 'authorized')
    assert.equal(done.user.phone, '9996621234')
    await screen.updates.getState()
  })
}

test('a scan by a user of another data centre moves the client there', async () => {
  const server = await serve({ dcs: 3 })
  const phone = await signedIn(server, '+9996631234')
  assert.equal(phone.dcId, 3)
  const screen = connect(server)
  const login = await screen.login()
  const { url } = isAt(await login.act('exportLoginToken'), 'waitQr')
  assert.notEqual(screen.dcId, 3)
  await acceptLogin(phone, url)
  isAt(await comesTo(login, 'authorized'), 'authorized')
  assert.equal(screen.dcId, 3)
  await screen.updates.getState()
})

test('start() shows a QR code beside the phone question, and a scan ends the question', async () => {
  const server = await serve()
  const phone = await signedIn(server, '+9996621234')
  let ended = false
  const prompts: Partial<LoginPrompts> = {
    qr: ({ url }) => {
      acceptLogin(phone, url).catch(assert.fail)
    },
    phone: ({ signal }) => {
      signal?.addEventListener('abort', () => {
        ended = true
      })
      return new Promise(() => {})
    },
  }
  const user = await connect(server).start(prompts)
  assert.equal(user._ === 'user' && user.phone, '9996621234')
  assert.ok(ended)
})

test('a number typed beside the QR code signs in as usual', async () => {
  const server = await serve()
  const shown: string[] = []
  const user = await connect(server).start({
    qr: ({ url }) => shown.push(url),
    phone: async () => '+9996621234',
    code: async () => '22222',
    name: async () => ({ firstName: 'Ada' }),
  })
  assert.equal(user._, 'user')
  assert.equal(shown.length, 1)
})

test('a bot signs in with its token, and a wrong token is refused', async () => {
  const server = await serve()
  const { token, id } = await server.bots.create({ username: 'echo_bot' })
  const login = await connect(server).login()
  const wrong = isAt(await login.act('importBotAuthorization', { botAuthToken: `${id}:AAAA` }), 'waitPhone')
  assert.equal(wrong.problem?.type, 'ACCESS_TOKEN_INVALID')
  const done = isAt(await login.act('importBotAuthorization', { botAuthToken: token }), 'authorized')
  assert.deepEqual([done.user.isBot, done.user.id, done.user.username], [true, String(id), 'echo_bot'])
  const user = await connect(server).start({ phone: async () => token })
  assert.equal(user.id, BigInt(id))
})

/** `cablegram login --qr` in a process of its own, because other commands run meanwhile. */
async function showQr(args: readonly string[], onSaid: (said: string) => void) {
  const child = spawn(process.execPath, [COMMAND, 'login', '--qr', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    onSaid(stderr)
  })
  const status = await new Promise((resolve) => child.once('close', resolve))
  return { status, stdout, stderr }
}

test('one command shows the QR code, another accepts it, and a third signs in a bot', async () => {
  const server = await serve()
  await using lines = new CommandLines(server.info.console)
  const at = (name: string) => ['--session', join(folder, name)]
  await lines.runWords([
    'login',
    '+9996621234',
    '--code',
    '22222',
    '--first-name',
    'Ada',
    ...at('phone.session'),
  ])
  let url: string | undefined
  let accepting: Promise<CommandOutcome> | undefined
  const shown = await showQr(['--server', server.info.console, ...at('screen.session')], (said) => {
    if (url !== undefined) return
    url = /tg:\/\/login\?token=[\w-]+(?=\n)/.exec(said)?.[0]
    if (url !== undefined) accepting = lines.runWords(['accept', url, ...at('phone.session')])
  })
  assert.equal(shown.status, 0, shown.stderr)
  assert.match(shown.stderr, /▀|▄|█/)
  assert.match(shown.stdout, /^Signed in as Ada \(\+9996621234/)
  const accepted = (await accepting) ?? assert.fail('no QR code was shown')
  assert.match(accepted.out, /^Confirmed: .* signs in as the user of \S+phone\.session/)

  const { token } = await server.bots.create({ username: 'echo_bot' })
  const bot = await lines.runWords(['login', '--bot-token', token, ...at('bot.session')])
  assert.match(bot.out, /^Signed in as .*\(@echo_bot, bot id \d+\)/)
  const both = await lines.runWords(['login', '+9996621234', '--qr'])
  assert.deepEqual([both.exitCode, both.complaint.split('\n').length], [2, 1])
})

test('a terminal shows a QR code beside the question only if a phone can scan it', async () => {
  const server = await serve()
  const drawn: string[] = []
  const options = {
    drawQr: (url: string) => {
      drawn.push(url)
      return 'a QR code'
    },
  }
  const prompts = {
    phone: async () => '+9996629001',
    code: async () => '22222',
    name: async () => ({ firstName: 'Ada' }),
  }
  await connect(server).start(prompts, options)
  assert.deepEqual(drawn, [])
  // A server without a console belongs to somebody else, as Telegram's do.
  const { console: _, ...theirs } = server.info
  const client = new TelegramClient(memorySession(), { server: theirs })
  await client.start(prompts, options)
  assert.match(drawn.join(' '), /^tg:\/\/login\?token=\S+$/)
  await client.close()
})
