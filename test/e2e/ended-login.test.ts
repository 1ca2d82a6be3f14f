/** The server ends a login or revokes its key: what the session keeps, and how the next login works. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ConnectionError, logOut, memorySession, signedInUser, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const each of open.reverse()) await each.close()
})

async function start(dcs?: number): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', ...(dcs && { dcs }) })
  open.push(server)
  return server
}

function connect(server: CablegramServer, session = memorySession(), pfs = true): TelegramClient {
  const client = new TelegramClient(session, { server: server.info, pfs })
  open.push(client)
  return client
}

function signIn(client: TelegramClient, phone: string) {
  return client.start({
    phone: async () => phone,
    code: async ({ length = 5 }) => (phone[6] ?? '').repeat(length),
    name: async () => ({ firstName: 'Ada' }),
  })
}

/** A server error, and whether the session keeps its key afterwards. */
const ENDINGS = [
  [406, 'AUTH_KEY_DUPLICATED', false],
  [401, 'AUTH_KEY_INVALID', false],
  [401, 'SESSION_REVOKED', false],
  [401, 'SESSION_EXPIRED', false],
  [401, 'USER_DEACTIVATED', false],
  [401, 'USER_DEACTIVATED_BAN', false],
  [401, 'AUTH_KEY_UNREGISTERED', true],
] as const

/** Errors that leave the session unchanged. */
const NO_END = [
  [401, 'AUTH_KEY_PERM_EMPTY'],
  [401, 'SESSION_PASSWORD_NEEDED'],
  [406, 'PHONE_NUMBER_INVALID'],
  [500, 'INTERNAL'],
  // Longer than the client waits by itself. Later calls of the method are held up.
  [420, 'FLOOD_WAIT_60'],
] as const

const server = await start()

for (const [index, [code, type, keepsKey]] of ENDINGS.entries()) {
  test(`${type} at home: the login is forgotten, and the next login succeeds`, async () => {
    const session = memorySession()
    const client = connect(server, session)
    const { id } = await signIn(client, `+999662100${index}`)
    const key = client.authKeyId
    server.faults.add({ method: 'updates.getState', error: { code, type }, times: 1 })
    await assert.rejects(client.updates.getState(), { code, type })
    assert.equal(client.userId, undefined)
    assert.deepEqual(client.endedLogin, { userId: id, reason: type })
    await client.help.getNearestDc()
    assert.equal(client.authKeyId === key, keepsKey)
    await client.close()
    const later = connect(server, session)
    await later.connect()
    assert.deepEqual(later.endedLogin, { userId: id, reason: type })
    if (!keepsKey) assert.equal(await signedInUser(later), undefined)
    assert.equal((await signIn(later, `+999662100${index}`)).id, id)
    if (!keepsKey) assert.equal(later.endedLogin, undefined)
  })
}

for (const pfs of [true, false]) {
  test(`a client that only listens hears that its login has ended, with pfs ${pfs}`, async () => {
    const client = connect(server, memorySession(), pfs)
    client.on('message', () => {})
    const ended = new Promise<unknown>((resolve) => client.on('error', resolve))
    const { id } = await signIn(client, '+9996621020')
    const [account] = await server.users.list('+9996621020')
    for (const { hash } of account?.sessions ?? []) await server.users.removeSession(Number(id), hash)
    const error = await ended
    assert.ok(error instanceof ConnectionError && error.code === 'SESSION_ENDED')
    assert.deepEqual(client.endedLogin, { userId: id, reason: 'SESSION_REVOKED' })
  })
}

test('a program that logs out itself hears of no error', async () => {
  const client = connect(server)
  const [errors, updates]: [unknown[], string[]] = [[], []]
  client.on('message', () => {})
  client.on('error', (error) => void errors.push(error))
  client.onUpdate(({ _ }) => void updates.push(_))
  await signIn(client, '+9996621021')
  await client.auth.logOut()
  await client.help.getNearestDc()
  assert.ok(updates.includes('updatesTooLong'))
  assert.deepEqual([errors, client.userId, client.endedLogin], [[], undefined, undefined])
})

test('errors that do not end a login leave it as it is', async () => {
  // A client with temporary keys answers AUTH_KEY_PERM_EMPTY by binding another one.
  const client = connect(server, memorySession(), false)
  await signIn(client, '+9996621010')
  const { authKeyId, userId } = client
  for (const [code, type] of NO_END) {
    server.faults.add({ method: 'updates.getState', error: { code, type }, times: 1 })
    await assert.rejects(client.updates.getState(), { code })
    assert.deepEqual([client.authKeyId, client.userId, client.endedLogin], [authKeyId, userId, undefined])
  }
  await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
})

test('start() signs in even if its first call gets AUTH_KEY_DUPLICATED', async () => {
  const client = connect(server)
  server.faults.add({ method: 'users.getUsers', duplicateKey: true, times: 1 })
  const user = await signIn(client, '+9996621011')
  assert.equal(client.userId, user.id)
})

test('pending calls fail when a key is discarded, and the client continues with one new key', async () => {
  const client = connect(server)
  await signIn(client, '+9996621012')
  server.faults.add({ method: 'help.getConfig', drop: true, times: 1 })
  server.faults.add({ method: 'updates.getState', duplicateKey: true })
  const waiting = assert.rejects(client.help.getConfig(), {
    code: 'SESSION_ENDED',
    message: /AUTH_KEY_DUPLICATED/,
  })
  const refused = Array.from({ length: 3 }, () => client.updates.getState())
  for (const call of refused) await assert.rejects(call)
  await waiting
  for (const { id, method } of server.faults.list())
    if (method === 'updates.getState') server.faults.remove(id)
  const answers = await Promise.all([client.help.getNearestDc(), client.help.getNearestDc()])
  assert.equal(answers.length, 2)
  assert.equal(client.userId, undefined)
})

test('logOut() succeeds if the server has already ended the login', async () => {
  const client = connect(server)
  await signIn(client, '+9996621013')
  server.faults.add({ method: 'auth.logOut', duplicateKey: true, times: 1 })
  await logOut(client)
  assert.deepEqual([client.userId, client.endedLogin], [undefined, undefined])
  await assert.rejects(logOut(client), { type: 'AUTH_KEY_UNREGISTERED' })
})

for (const type of ['AUTH_KEY_DUPLICATED', 'SESSION_REVOKED', 'AUTH_KEY_UNREGISTERED'] as const) {
  test(`${type} away from home: the home login is imported there again`, async () => {
    const many = await start(3)
    const client = connect(many)
    await signIn(client, '+9996621234')
    const { userId, authKeyId } = client
    const away = (client.dcId ?? 0) === 1 ? 3 : 1
    await client.updates.getState({}, { dcId: away })
    const code = type === 'AUTH_KEY_DUPLICATED' ? 406 : 401
    many.faults.add({ method: 'updates.getState', error: { code, type }, times: 1 })
    await client.updates.getState({}, { dcId: away })
    many.faults.add({ method: 'updates.getState', error: { code, type }, times: 2 })
    await assert.rejects(client.updates.getState({}, { dcId: away }), { code, type })
    many.faults.add({ method: 'auth.importAuthorization', error: { code, type }, times: 1 })
    if (type === 'AUTH_KEY_DUPLICATED') await client.updates.getState({}, { dcId: away })
    assert.deepEqual([client.userId, client.authKeyId, client.endedLogin], [userId, authKeyId, undefined])
  })
}
