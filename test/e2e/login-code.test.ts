/** The client's login by number and code, against our server. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { logOut, memorySession } from '@cablegram/client'
import { AheadClock, closeOpened, connect, isAt, serve, signedIn, testCode } from './login-steps.ts'
import { COMMAND } from './serve.ts'

after(closeOpened)

const folder = await mkdtemp(join(tmpdir(), 'cablegram-login-'))
after(() => rm(folder, { recursive: true }))

const phone = '+9996621234'

async function codesOf(console: string, number: string): Promise<{ code: string; state: string }[]> {
  const answer = await fetch(`${console}/api/codes?phone=${encodeURIComponent(number)}`)
  const { codes } = (await answer.json()) as { codes: { code: string; state: string }[] }
  return codes
}

test('a new user signs up after a wrong and a right code', async () => {
  const server = await serve()
  const client = connect(server)
  const login = await client.login()
  const sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  assert.deepEqual(sent.type, { _: 'auth.sentCodeTypeSms', length: 5 })
  assert.ok(sent.resendAtMs !== undefined && sent.resendAtMs > Date.now())
  const wrong = isAt(await login.act('signIn', { code: '11111' }), 'waitCode')
  assert.deepEqual([wrong.attempts, wrong.problem?.type, wrong.problem?.code], [1, 'PHONE_CODE_INVALID', 400])
  isAt(await login.act('signIn', { code: '222 22' }), 'waitSignUp')
  const done = isAt(await login.act('signUp', { firstName: 'Ada', lastName: 'L' }), 'authorized')
  assert.deepEqual([done.user.firstName, done.user.phone], ['Ada', phone.slice(1)])
  assert.equal(client.userId, BigInt(done.user.id))
  assert.equal(client.pendingLogin, undefined)
  isAt((await client.login()).state, 'authorized')
})

test('a user resends the code along the whole chain, each time after its timeout', async () => {
  const server = await serve()
  const clock = new AheadClock()
  const login = await connect(server).login({ clock })
  let sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  const hashes = [sent.phoneCodeHash]
  while (sent.nextType) {
    await assert.rejects(login.act('resendCode'), { code: 'LOGIN_ACTION_ILLEGAL' })
    assert.ok(sent.resendAtMs)
    clock.moveTo(sent.resendAtMs)
    sent = isAt(await login.act('resendCode'), 'waitCode')
    hashes.push(sent.phoneCodeHash)
    assert.ok(hashes.length < 9, 'the chain has an end')
  }
  assert.ok(hashes.length > 1)
  assert.ok(!login.actions.includes('resendCode'))
  isAt(await login.act('signIn', { code: testCode(phone) }), 'waitSignUp')
})

test('an expired code is replaced, and the new one signs in', async () => {
  const server = await serve()
  const login = await connect(server).login()
  const sent = isAt(await login.act('sendCode', { phoneNumber: '+447400123456' }), 'waitCode')
  const { code } = await server.codes.waitFor('+447400123456')
  await server.clock.advance(3600)
  const renewed = isAt(await login.act('signIn', { code }), 'waitCode')
  assert.equal(renewed.problem?.type, 'PHONE_CODE_EXPIRED')
  assert.notEqual(renewed.phoneCodeHash, sent.phoneCodeHash)
  const [newest] = await codesOf(server.info.console, '+447400123456')
  assert.ok(newest)
  isAt(await login.act('signIn', { code: newest.code }), 'waitSignUp')
})

test('giving up cancels the code on the server', async () => {
  const server = await serve()
  const client = connect(server)
  const login = await client.login()
  const { phoneCodeHash } = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  isAt(await login.act('cancel'), 'closed')
  const late = client.auth.signIn({ phoneNumber: phone, phoneCodeHash, phoneCode: testCode(phone) })
  await assert.rejects(late, { type: 'PHONE_CODE_EXPIRED' })
})

test('a login begun at another data centre moves home and continues there after a restart', async () => {
  const server = await serve({ dcs: 3 })
  const client = connect(server)
  const login = await client.login()
  isAt(await login.act('sendCode', { phoneNumber: '+9996631234' }), 'waitCode')
  assert.equal(client.dcId, 3)
  const session = await client.exportSession()
  await client.close()
  const again = await connect(server, { session: memorySession(session) }).login()
  isAt(again.state, 'waitCode')
  isAt(await again.act('signIn', { code: '33333' }), 'waitSignUp')
})

test('a login without its key is not resumed', async () => {
  const server = await serve()
  const client = connect(server)
  const login = await client.login()
  await login.act('sendCode', { phoneNumber: phone })
  await client.forgetKeys()
  isAt((await client.login()).state, 'waitPhone')
})

test('logging out keeps the token, and the next login sends it', async () => {
  const server = await serve()
  const client = await signedIn(server, phone)
  await logOut(client)
  const [token] = client.logoutTokens
  assert.ok(token)
  const session = await client.exportSession()
  const { length } = await codesOf(server.info.console, phone)
  const login = await client.login()
  isAt(await login.act('sendCode', { phoneNumber: '+9996621235' }), 'waitCode')
  isAt(await login.act('changeNumber'), 'waitPhone')
  const { user } = isAt(await login.act('sendCode', { phoneNumber: phone }), 'authorized')
  assert.deepEqual([user.phone, client.userId], [phone.slice(1), BigInt(user.id)])
  assert.equal((await codesOf(server.info.console, phone)).length, length)
  assert.deepEqual(client.logoutTokens, [], 'it is spent')

  await logOut(client)
  assert.equal(client.logoutTokens.length, 1)
  assert.notDeepEqual(client.logoutTokens, [token])
  const late = connect(server, { session: memorySession(session) })
  isAt(await (await late.login()).act('sendCode', { phoneNumber: phone }), 'waitCode')
})

test('a saved token leads straight to the password if there is one', async () => {
  const server = await serve()
  await server.users.create({ phone, firstName: 'Ada', password: 'secret' })
  const client = connect(server)
  const login = await client.login()
  await login.act('sendCode', { phoneNumber: phone })
  isAt(await login.act('signIn', { code: testCode(phone) }), 'waitPassword')
  isAt(await login.act('checkPassword', { password: 'secret' }), 'authorized')
  assert.equal(client.logoutTokens.length, 1, 'given with the login')
  const [first] = client.logoutTokens
  await logOut(client)
  assert.equal(client.logoutTokens.length, 1)
  assert.notDeepEqual(client.logoutTokens, [first])
  const { length } = await codesOf(server.info.console, phone)

  const again = await client.login()
  isAt(await again.act('sendCode', { phoneNumber: phone }), 'waitPassword')
  const wrong = isAt(await again.act('checkPassword', { password: 'wrong' }), 'waitPassword')
  assert.equal(wrong.problem?.type, 'PASSWORD_HASH_INVALID')
  isAt(await again.act('checkPassword', { password: 'secret' }), 'authorized')
  assert.equal((await codesOf(server.info.console, phone)).length, length)

  const [user] = await server.users.list(phone.slice(1))
  assert.ok(user?.sessions[0])
  await server.users.removeSession(user.id, user.sessions[0].hash)
  const ended = await client.login()
  isAt(ended.state, 'waitPhone')
  isAt(await ended.act('sendCode', { phoneNumber: phone }), 'waitCode')
})

test('one of eight clients that send the same token eight times each is signed in', async () => {
  const server = await serve()
  const client = await signedIn(server, phone)
  await logOut(client)
  const { logoutTokens, app } = client
  assert.ok(app)
  const clients = Array.from({ length: 8 }, () => connect(server))
  await Promise.all(clients.map((each) => each.connect()))
  const asks = clients.flatMap((each) =>
    Array.from({ length: 8 }, () =>
      each.auth.sendCode({
        phoneNumber: phone,
        ...app,
        settings: { _: 'codeSettings', logoutTokens: [...logoutTokens] },
      }),
    ),
  )
  const answers = (await Promise.all(asks)).map(({ _ }) => _)
  // One key is signed in, and each of its repeats gets the same answer.
  assert.deepEqual(answers.sort(), [
    ...Array.from({ length: 56 }, () => 'auth.sentCode'),
    ...Array.from({ length: 8 }, () => 'auth.sentCodeSuccess'),
  ])
})

test('the command resumes with the code already sent after its process was killed', async () => {
  const server = await serve()
  const file = join(folder, 'killed.session')
  const args = [COMMAND, 'login', '--session', file, '--server', server.info.console]
  const first = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  first.stdin.write(`${phone}\n`)
  for await (const chunk of first.stderr) if (/Code/.test(String(chunk))) break
  first.kill('SIGKILL')
  await once(first, 'close')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const { pendingLogin } = JSON.parse(await readFile(file, 'utf8'))
  assert.equal(pendingLogin.state.at, 'waitCode')

  const second = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  second.stdin.end(`${phone}\n22222\nAda\n\n`)
  let said = ''
  for await (const chunk of second.stdout) said += chunk
  assert.match(said, /^Signed in as Ada/)
  assert.equal((await codesOf(server.info.console, phone)).length, 1)
  assert.equal(JSON.parse(await readFile(file, 'utf8')).pendingLogin, undefined)
})

test('giving another number cancels the saved login', async () => {
  const server = await serve()
  const client = connect(server)
  await (await client.login()).act('sendCode', { phoneNumber: '+9996620001' })
  const user = await client.start({
    phone: async () => phone,
    code: async () => testCode(phone),
    name: async () => ({ firstName: 'Ada' }),
  })
  assert.equal(user._ === 'user' && user.phone, phone.slice(1))
  const [first] = await codesOf(server.info.console, '+9996620001')
  assert.equal(first?.state, 'cancelled')
})

test('aborting start() cancels its code', async () => {
  const server = await serve()
  const client = connect(server)
  const giveUp = new AbortController()
  const starting = client.start(
    {
      phone: async () => phone,
      code: () => {
        giveUp.abort()
        return new Promise(() => {})
      },
    },
    { signal: giveUp.signal },
  )
  await assert.rejects(starting, { name: 'AbortError' })
  const [code] = await codesOf(server.info.console, phone)
  assert.equal(code?.state, 'cancelled')
  assert.equal(client.pendingLogin, undefined)
})
