/**
 * Two-step verification between our client and our server: passwords, their recovery, and actions without
 * them.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  acceptLogin,
  type Login,
  newPasswordSettings,
  passwordProof,
  type TelegramClient,
} from '@cablegram/client'
import { createTestPasskey } from '@cablegram/fixtures'
import type { CablegramServer } from '@cablegram/server'
import { createUser, listUsers } from './console.ts'
import { closeOpened, comesTo, connect, isAt, serve, signedIn, testCode } from './login-steps.ts'
import { beginMoment } from './moment.ts'

after(closeOpened)

const PHONE = '+9996621234'
const PASSWORD = 'correct horse é 12'
const NEXT = 'staple battery 34'
const EMAIL = 'ada@example.org'
const ADA = { phone: PHONE, firstName: 'Ada' }
const DAY_S = 86_400
const WEEK_S = 7 * DAY_S
const EMPTY = { _: 'inputCheckPasswordEmpty' } as const

const folder = await mkdtemp(join(tmpdir(), 'cablegram-two-step-'))
after(() => rm(folder, { recursive: true }))
const random = (length: number) => new Uint8Array(randomBytes(length))

/** A login that has given the right code and waits for its password. */
async function pending(
  server: CablegramServer,
  options = {},
): Promise<{ client: TelegramClient; login: Login }> {
  const client = connect(server, options)
  const login = await client.login()
  isAt(await login.act('sendCode', { phoneNumber: PHONE }), 'waitCode')
  isAt(await login.act('signIn', { code: testCode(PHONE) }), 'waitPassword')
  return { client, login }
}

async function give(client: TelegramClient, password: string) {
  return passwordProof(await client.account.getPassword(), password, random)
}

const refused = (code: number, message: string) => ({ code, message })

for (const pfs of [false, true]) {
  test(`a password set by the console is asked for after the code${pfs ? ', with temporary keys' : ''}`, async () => {
    const server = await serve()
    await createUser(server.info.console, { ...ADA, password: PASSWORD })
    const { client, login } = await pending(server, { pfs })
    const question = await client.account.getPassword()
    assert.equal(question.hasPassword, true)
    assert.equal(question.secureRandom.length, 256)
    await assert.rejects(client.updates.getState(), refused(401, 'SESSION_PASSWORD_NEEDED'))
    const again = isAt(await login.act('checkPassword', { password: 'another horse 3' }), 'waitPassword')
    assert.equal(again.problem?.type, 'PASSWORD_HASH_INVALID')
    const done = isAt(await login.act('checkPassword', { password: PASSWORD }), 'authorized')
    assert.equal(done.user.phone, PHONE.slice(1))
    await client.updates.getState()
  })
}

test('a key that has not given the first factor cannot ask about a password', async () => {
  const server = await serve()
  const client = connect(server)
  await client.connect()
  const unregistered = refused(401, 'AUTH_KEY_UNREGISTERED')
  await assert.rejects(client.account.getPassword(), unregistered)
  await assert.rejects(client.auth.checkPassword({ password: EMPTY }), unregistered)
  await assert.rejects(client.auth.requestPasswordRecovery(), unregistered)
  await assert.rejects(client.auth.checkRecoveryPassword({ code: '1' }), unregistered)
  await assert.rejects(client.auth.recoverPassword({ code: '1' }), unregistered)
  await assert.rejects(client.account.deleteAccount({ reason: '' }), unregistered)
})

test('a client sets a password with an address, changes it and removes it', async () => {
  const server = await serve()
  const client = await signedIn(server, PHONE)
  const settings = newPasswordSettings(await client.account.getPassword(), PASSWORD, 'a horse', random)
  const newSettings = { ...settings, email: EMAIL }
  await assert.rejects(
    client.account.updatePasswordSettings({ password: EMPTY, newSettings }),
    refused(400, 'EMAIL_UNCONFIRMED_6'),
  )
  const waiting = await client.account.getPassword()
  assert.deepEqual([waiting.hasPassword, waiting.emailUnconfirmedPattern], [undefined, 'a***a@e***.org'])
  await client.account.resendPasswordEmail()
  const { code, channel, to } = await server.codes.waitFor(PHONE)
  assert.deepEqual([channel, to], ['email', EMAIL])
  await client.account.confirmPasswordEmail({ code })
  const set = await client.account.getPassword()
  assert.deepEqual([set.hasPassword, set.hasRecovery, set.hint], [true, true, 'a horse'])
  const [user] = await server.users.list(PHONE.slice(1))
  assert.equal(user?.hasPassword, true)
  const shown = await client.account.getPasswordSettings({ password: await give(client, PASSWORD) })
  assert.equal(shown.email, EMAIL)
  await assert.rejects(
    client.account.getTmpPassword({ password: await give(client, PASSWORD), period: 60 }),
    refused(400, 'TMP_PASSWORD_DISABLED'),
  )

  const next = newPasswordSettings(set, NEXT, undefined, random)
  await client.account.updatePasswordSettings({ password: await give(client, PASSWORD), newSettings: next })
  await assert.rejects(
    client.account.getPasswordSettings({ password: await give(client, PASSWORD) }),
    refused(400, 'PASSWORD_HASH_INVALID'),
  )
  const none = {
    _: 'account.passwordInputSettings',
    newAlgo: { _: 'passwordKdfAlgoUnknown' },
    newPasswordHash: new Uint8Array(0),
    hint: '',
  } as const
  await client.account.updatePasswordSettings({ password: await give(client, NEXT), newSettings: none })
  assert.equal((await client.account.getPassword()).hasPassword, undefined)
  await assert.rejects(client.account.cancelPasswordEmail(), refused(400, 'EMAIL_HASH_EXPIRED'))
})

test('a lost password is recovered by e-mail, and the login continues', async () => {
  const server = await serve()
  await createUser(server.info.console, { ...ADA, password: PASSWORD, email: EMAIL })
  const { login } = await pending(server)
  const asked = isAt(await login.act('requestPasswordRecovery'), 'waitRecoveryCode')
  assert.equal(asked.emailPattern, 'a***a@e***.org')
  const { code, type } = await server.codes.waitFor(PHONE)
  assert.equal(type, 'auth.passwordRecovery')
  const wrong = code === '000000' ? '000001' : '000000'
  const told = isAt(await login.act('checkRecoveryPassword', { code: wrong }), 'waitRecoveryCode')
  assert.equal(told.problem?.type, 'CODE_INVALID')
  const checked = isAt(await login.act('checkRecoveryPassword', { code }), 'waitRecoveryCode')
  assert.equal(checked.isCodeChecked, true)
  isAt(await login.act('recoverPassword', { code, newPassword: NEXT }), 'authorized')
  const later = await pending(server)
  isAt(await later.login.act('checkPassword', { password: NEXT }), 'authorized')
})

test('an unknown password is removed after a week, unless a signed-in session declines', async () => {
  const server = await serve()
  const owner = await signedIn(server, PHONE)
  const settings = newPasswordSettings(await owner.account.getPassword(), PASSWORD, undefined, random)
  await owner.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })
  const first = await pending(server)
  const moment = beginMoment()
  const asked = isAt(await first.login.act('resetPassword'), 'waitPassword')
  moment.assertHolds((asked.pendingResetAtS ?? 0) - WEEK_S)
  const seen = await owner.account.getPassword()
  moment.assertHolds((seen.pendingResetDate ?? 0) - WEEK_S)
  await owner.account.declinePasswordReset()
  const told = isAt(await first.login.act('resetPassword'), 'waitPassword')
  moment.assertHolds((told.resetRetryAtS ?? 0) - DAY_S)
  // For five minutes it would count as the repeat of a call whose answer was lost.
  await server.clock.advance(300)
  await assert.rejects(owner.account.declinePasswordReset(), refused(400, 'RESET_REQUEST_MISSING'))

  await server.clock.advance(DAY_S)
  const second = await pending(server)
  isAt(await second.login.act('resetPassword'), 'waitPassword')
  await server.clock.advance(WEEK_S)
  const third = await pending(server)
  isAt(await third.login.act('resetPassword'), 'authorized')
  assert.equal((await third.client.account.getPassword()).hasPassword, undefined)
})

test('an account whose password is lost is deleted after a week, and its sessions are told', async () => {
  const server = await serve()
  const owner = await signedIn(server, PHONE)
  const settings = newPasswordSettings(await owner.account.getPassword(), PASSWORD, undefined, random)
  await owner.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })
  const { login } = await pending(server)
  await assert.rejects(login.act('deleteAccount', { reason: 'lost' }), {
    code: 420,
    type: '2FA_CONFIRM_WAIT',
    argument: WEEK_S,
  })
  await server.clock.advance(WEEK_S)
  const late = await pending(server)
  isAt(await late.login.act('deleteAccount', { reason: 'lost' }), 'waitPhone')
  await assert.rejects(owner.updates.getState(), refused(401, 'USER_DEACTIVATED'))
  await assert.rejects(late.client.updates.getState(), refused(401, 'AUTH_KEY_UNREGISTERED'))
  assert.deepEqual(await server.users.list(undefined), [])
})

test('an account is deleted at once with its password', async () => {
  const server = await serve()
  await createUser(server.info.console, { ...ADA, password: PASSWORD })
  const { client, login } = await pending(server)
  isAt(await login.act('checkPassword', { password: PASSWORD }), 'authorized')
  await client.account.deleteAccount({ reason: '', password: await give(client, PASSWORD) })
  assert.deepEqual(await server.users.list(undefined), [])
})

test('QR codes, passkeys and web tokens also lead to the password', async () => {
  const server = await serve()
  const owner = await signedIn(server, PHONE)
  const passkey = createTestPasskey()
  const { options } = await owner.account.initPasskeyRegistration()
  const made = passkey.create(options.data)
  await owner.account.registerPasskey({
    credential: {
      _: 'inputPasskeyCredentialPublicKey',
      id: made.id,
      rawId: made.id,
      response: {
        _: 'inputPasskeyResponseRegister',
        clientData: { _: 'dataJSON', data: made.clientData },
        attestationData: made.attestation,
      },
    },
  })
  const settings = newPasswordSettings(await owner.account.getPassword(), PASSWORD, undefined, random)
  await owner.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })

  const byQr = await connect(server).login()
  const { url } = isAt(await byQr.act('exportLoginToken'), 'waitQr')
  await acceptLogin(owner, url)
  await comesTo(byQr, 'waitPassword')
  isAt(await byQr.act('checkPassword', { password: PASSWORD }), 'authorized')

  const byPasskey = await connect(server).login()
  const asked = isAt(await byPasskey.act('initPasskeyLogin'), 'waitPasskey')
  const { id, clientData, authenticatorData, signature, userHandle } = passkey.get(asked.options)
  const response = {
    _: 'inputPasskeyResponseLogin',
    clientData: { _: 'dataJSON', data: clientData },
    authenticatorData,
    signature,
    userHandle,
  } as const
  const credential = { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response } as const
  isAt(await byPasskey.act('finishPasskeyLogin', { credential }), 'waitPassword')
  isAt(await byPasskey.act('checkPassword', { password: PASSWORD }), 'authorized')

  const client = connect(server)
  const { token } = await server.webTokens.create({ phone: PHONE })
  const [app] = server.info.apps
  assert.ok(app)
  const { apiId, apiHash } = app
  await assert.rejects(
    client.auth.importWebTokenAuthorization({ apiId, apiHash, webAuthToken: token }),
    refused(401, 'SESSION_PASSWORD_NEEDED'),
  )
  const answer = await client.auth.checkPassword({ password: await give(client, PASSWORD) })
  assert.equal(answer._, 'auth.authorization')
  const { authorizations } = await owner.account.getAuthorizations()
  assert.equal(authorizations.length, 4)
})

test("the password is asked for at the account's home", async () => {
  const server = await serve({ dcs: 3 })
  const phone = '+9996631234'
  const owner = await signedIn(server, phone)
  const settings = newPasswordSettings(await owner.account.getPassword(), PASSWORD, undefined, random)
  await owner.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })
  const screen = connect(server)
  const login = await screen.login()
  const { url } = isAt(await login.act('exportLoginToken'), 'waitQr')
  assert.notEqual(screen.dcId, 3)
  await acceptLogin(owner, url)
  await comesTo(login, 'waitPassword')
  isAt(await login.act('checkPassword', { password: PASSWORD }), 'authorized')
  assert.equal(screen.dcId, 3)
})

test('passwords survive the server and cannot be read from its data', async () => {
  const data = join(folder, 'data')
  const first = await serve({ store: undefined, data })
  await createUser(first.info.console, { ...ADA, password: PASSWORD, email: EMAIL })
  await first.close()
  const second = await serve({ store: undefined, data })
  const [user] = await listUsers(second.info.console, PHONE)
  assert.equal(user?.hasPassword, true)
  const { login } = await pending(second)
  isAt(await login.act('requestPasswordRecovery'), 'waitRecoveryCode')
  const { code } = await second.codes.waitFor(PHONE)
  isAt(await login.act('getPassword'), 'waitPassword')
  isAt(await login.act('checkPassword', { password: PASSWORD }), 'authorized')
  await second.close()
  const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((each) =>
    each.isFile(),
  )
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name))
    for (const secret of [EMAIL, PASSWORD, code]) assert.equal(bytes.includes(secret), false, name)
  }
})
