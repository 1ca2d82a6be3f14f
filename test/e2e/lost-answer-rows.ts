/**
 * The effect of each method and the answer to its repeat, for `lost-answers.test.ts`. A row prepares
 * everything up to the call; the answer of the call is lost with the server, and the client repeats it to
 * the next one.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { memorySession, newPasswordSettings, passwordProof, TelegramClient } from '@cablegram/client'
import { createTestPasskey, type TestPasskey } from '@cablegram/fixtures'
import type { DialogFilter, InputMedia } from '@cablegram/tl/api'
import { createUser, listCodes, listUsers, waitForCode } from './console.ts'
import { type Sent, sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'
import { IDLE_LOST_ANSWERS } from './lost-idle-answers.ts'
import type { ReadyLine } from './serve.ts'

/** A call whose answer will be lost. */
export interface LostCall {
  readonly client: TelegramClient
  /** Makes the call, once. */
  call(): Promise<unknown>
  /**
   * The expected answer to the repeat: `true`, the constructor of the answer, or `code TYPE` of a refusal.
   */
  readonly told: unknown
  /** Checks that the answer is true. */
  check?(answer: unknown): Promise<void> | void
}

/** `reads`: the method changes nothing. A text: the reason why nothing can be lost. */
export type LostAnswerRow = 'reads' | { readonly because: string } | ((world: LostWorld) => Promise<LostCall>)

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const EMPTY = { _: 'inputCheckPasswordEmpty' } as const
const PASSWORD = 'correct horse 12'
const EMAIL = 'ada@example.org'
const SELF = { _: 'inputPeerSelf' } as const
const DICE = { _: 'inputMediaDice', emoticon: '🎲' } as const
const POLL: InputMedia = {
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    question: { _: 'textWithEntities', text: 'Tea?', entities: [] },
    answers: [1, 2].map((option) => ({
      _: 'pollAnswer',
      text: { _: 'textWithEntities', text: String(option), entities: [] },
      option: Uint8Array.of(option),
    })),
  },
}

/** Users and clients of one server. */
export class LostWorld {
  readonly ready: ReadyLine
  readonly #clients: TelegramClient[] = []
  #phones = 0

  constructor(ready: ReadyLine) {
    this.ready = ready
  }

  get app(): { apiId: number; apiHash: string } {
    const [app] = this.ready.apps
    assert.ok(app)
    return { apiId: app.apiId, apiHash: app.apiHash }
  }

  phone(): string {
    return testPhone(++this.#phones)
  }

  client(dcId = 2): TelegramClient {
    const dcs = this.ready.dcs.filter(({ id }) => id === dcId)
    const client = new TelegramClient(memorySession(), { server: { ...this.ready, dcs }, pfs: false })
    this.#clients.push(client)
    return client
  }

  async user(phone: string = this.phone()): Promise<TelegramClient> {
    const client = this.client()
    await signUp(client, this.ready, phone)
    return client
  }

  async sent(client: TelegramClient, phone: string = this.phone()): Promise<Sent> {
    return await sendCode(client, this.ready, phone)
  }

  /** A second login of an account. */
  async again(phone: string): Promise<TelegramClient> {
    const client = this.client()
    const sent = await this.sent(client, phone)
    const [entry] = await listCodes(this.ready.console, phone)
    await client.auth.signIn({ ...sent, phoneCode: entry?.code ?? TEST_CODE })
    return client
  }

  /** A client that gave the right code for an account with a password. */
  async pending(phone: string = this.phone(), email?: string): Promise<TelegramClient> {
    await createUser(this.ready.console, {
      phone,
      firstName: 'Ada',
      password: PASSWORD,
      ...(email && { email }),
    })
    return await this.half(phone)
  }

  async half(phone: string): Promise<TelegramClient> {
    const client = this.client()
    const sent = await this.sent(client, phone)
    const [entry] = await listCodes(this.ready.console, phone)
    const signIn = client.auth.signIn({ ...sent, phoneCode: entry?.code ?? TEST_CODE })
    await assert.rejects(signIn, { type: 'SESSION_PASSWORD_NEEDED' })
    return client
  }

  async protected(phone: string = this.phone(), email?: string): Promise<TelegramClient> {
    const client = await this.pending(phone, email)
    await client.auth.checkPassword({ password: await proofOf(client) })
    return client
  }

  async http(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(this.ready.console + path, { method, headers, body: JSON.stringify(body) })
    assert.ok(response.ok, `${method} ${path}: ${response.status}`)
    return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>)
  }

  async channels(phone: string, ...channels: string[]): Promise<string> {
    await this.http('PUT', `/api/phone-rules/${phone.slice(1)}`, { rule: 'channels', channels })
    return phone
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }
}

async function proofOf(client: TelegramClient, password = PASSWORD) {
  return await passwordProof(await client.account.getPassword(), password, random)
}

async function settingsOf(client: TelegramClient, password: string) {
  return newPasswordSettings(await client.account.getPassword(), password, '', random)
}

async function phoneOf(client: TelegramClient): Promise<string> {
  const [self] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  return self?._ === 'user' ? `+${self.phone}` : 'nobody'
}

/** The repeat signed in, and the account has one login more than before. */
function signsIn(world: LostWorld, client: TelegramClient, phone: string, logins: number) {
  return async () => {
    assert.equal(await phoneOf(client), phone)
    const [user] = await listUsers(world.ready.console, phone)
    assert.equal(user?.sessions.length, logins)
  }
}

async function shownTo(world: LostWorld, screen: TelegramClient): Promise<Uint8Array> {
  const shown = await screen.auth.exportLoginToken({ ...world.app, exceptIds: [] })
  assert.equal(shown._, 'auth.loginToken')
  return shown.token
}

async function credentialFor(client: TelegramClient, passkey: TestPasskey) {
  const { options } = await client.account.initPasskeyRegistration()
  const { id, clientData, attestation } = passkey.create(options.data)
  const data = { _: 'dataJSON', data: clientData } as const
  const response = {
    _: 'inputPasskeyResponseRegister',
    clientData: data,
    attestationData: attestation,
  } as const
  return { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response } as const
}

/** A code that has to be paid for, and its payment. */
async function unpaid(world: LostWorld) {
  const phone = await world.channels(world.phone(), 'payment', 'sms')
  const client = world.client()
  const asked = await client.auth.sendCode({
    phoneNumber: phone,
    ...world.app,
    settings: { _: 'codeSettings' },
  })
  assert.equal(asked._, 'auth.sentCodePaymentRequired')
  const { phoneCodeHash, currency, amount, premiumDays } = asked
  const held = { phoneNumber: phone, phoneCodeHash }
  const purpose = { _: 'inputStorePaymentAuthCode', ...held, currency, amount, premiumDays } as const
  const check = async () => assert.equal((await listCodes(world.ready.console, phone)).length, 1)
  return { client, held, purpose, check }
}

/** A login that sets up its e-mail first. */
async function settingUp(world: LostWorld) {
  const phone = await world.channels(world.phone(), 'setUpEmail', 'sms')
  const client = world.client()
  const sent = await world.sent(client, phone)
  return { phone, client, sent, purpose: { _: 'emailVerifyPurposeLoginSetup', ...sent } as const }
}

const settings = async (world: LostWorld, change: (client: TelegramClient) => Promise<unknown>) => {
  const client = await world.user()
  return { client, call: () => change(client), told: true }
}

const NAMES = { firstName: 'Grace', lastName: '' } as const

/** Somebody who has found somebody else, by a username. */
async function knowing(world: LostWorld, username: string) {
  await createUser(world.ready.console, { phone: world.phone(), firstName: 'Grace', username })
  const client = await world.user()
  const { users } = await client.contacts.resolveUsername({ username })
  const [found] = users
  assert.ok(found?._ === 'user')
  return { client, id: { _: 'inputUser', userId: found.id, accessHash: found.accessHash ?? 0n } as const }
}

/** A user who has written a note to themselves. */
const noted = async (world: LostWorld, change: (client: TelegramClient) => Promise<unknown>) => {
  const client = await world.user()
  await client.messages.sendMessage({ peer: SELF, message: 'a note', randomId: 1n })
  return { client, call: () => change(client), told: true }
}
const SAVED_CHAT = { _: 'inputDialogPeer', peer: SELF } as const
const FRIENDS = {
  _: 'dialogFilter',
  contacts: true,
  id: 2,
  title: { _: 'textWithEntities', text: 'Friends', entities: [] },
  pinnedPeers: [],
  includePeers: [],
  excludePeers: [],
} satisfies DialogFilter

/** Every method that the server answers. */
export const LOST_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  ...IDLE_LOST_ANSWERS,
  'messages.saveDraft': async (world) => {
    const row = await settings(world, ({ messages }) => messages.saveDraft({ peer: SELF, message: 'Hello' }))
    const check = async () => {
      const drafts = await row.client.messages.getAllDrafts()
      assert.equal(drafts._ === 'updates' && drafts.updates.length, 1)
    }
    return { ...row, check }
  },
  'messages.clearAllDrafts': (world) => settings(world, async ({ messages }) => messages.clearAllDrafts()),
  'messages.toggleDialogPin': (world) =>
    noted(world, ({ messages }) => messages.toggleDialogPin({ pinned: true, peer: SAVED_CHAT })),
  'messages.reorderPinnedDialogs': (world) =>
    noted(world, ({ messages }) =>
      messages.reorderPinnedDialogs({ force: true, folderId: 0, order: [SAVED_CHAT] }),
    ),
  'messages.markDialogUnread': async (world) => {
    const row = await noted(world, ({ messages }) =>
      messages.markDialogUnread({ unread: true, peer: SAVED_CHAT }),
    )
    const check = async () => assert.equal((await row.client.messages.getDialogUnreadMarks({})).length, 1)
    return { ...row, check }
  },
  'folders.editPeerFolders': async (world) => {
    const folderPeers = [{ _: 'inputFolderPeer', peer: SELF, folderId: 1 } as const]
    const row = await noted(world, ({ folders }) => folders.editPeerFolders({ folderPeers }))
    return { ...row, told: 'updates' }
  },
  'messages.updateDialogFilter': async (world) => {
    const row = await settings(world, ({ messages }) =>
      messages.updateDialogFilter({ id: 2, filter: FRIENDS }),
    )
    const check = async () => assert.equal((await row.client.messages.getDialogFilters()).filters.length, 2)
    return { ...row, check }
  },
  'messages.updateDialogFiltersOrder': (world) =>
    settings(world, ({ messages }) => messages.updateDialogFiltersOrder({ order: [0] })),
  'account.updateNotifySettings': (world) =>
    settings(world, ({ account }) =>
      account.updateNotifySettings({
        peer: { _: 'inputNotifyUsers' },
        settings: { _: 'inputPeerNotifySettings', silent: true },
      }),
    ),
  'account.resetNotifySettings': (world) => settings(world, ({ account }) => account.resetNotifySettings()),
  'auth.sendCode': async (world) => {
    const [client, phoneNumber] = [world.client(), world.phone()]
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.sendCode({ phoneNumber, ...world.app, settings: { _: 'codeSettings' } }),
      told: 'auth.sentCode',
      check: async () => assert.equal((await listCodes(world.ready.console, phoneNumber)).length, 1),
    }
  },
  'auth.resendCode': async (world) => {
    const client = world.client()
    const phone = await world.channels(world.phone(), 'sms', 'call', 'fragment')
    const sent = await world.sent(client, phone)
    return {
      client,
      call: () => client.auth.resendCode(sent),
      told: 'auth.sentCode',
      async check(answer) {
        assert.equal((answer as { type: { _: string } }).type._, 'auth.sentCodeTypeCall')
        assert.equal((await listCodes(world.ready.console, phone)).length, 2, 'it was sent again once')
        const next = await client.auth.resendCode(sent)
        assert.equal(next._ === 'auth.sentCode' && next.type._, 'auth.sentCodeTypeFragmentSms')
      },
    }
  },
  'auth.requestFirebaseSms': async (world) => {
    const client = world.client()
    const sent = await world.sent(client, await world.channels(world.phone(), 'firebase', 'sms'))
    return {
      client,
      call: () => client.auth.requestFirebaseSms({ ...sent, playIntegrityToken: 'a' }),
      told: true,
    }
  },
  'auth.reportMissingCode': async (world) => {
    const client = world.client()
    const sent = await world.sent(client)
    return { client, call: () => client.auth.reportMissingCode({ ...sent, mnc: '' }), told: true }
  },
  'auth.cancelCode': async (world) => {
    const client = world.client()
    const sent = await world.sent(client)
    const check = () =>
      assert.rejects(client.auth.signIn({ ...sent, phoneCode: TEST_CODE }), { type: 'PHONE_CODE_EXPIRED' })
    return { client, call: () => client.auth.cancelCode(sent), told: true, check }
  },
  'auth.checkPaidAuth': 'reads',
  'auth.signIn': async (world) => {
    const phone = world.phone()
    await world.user(phone)
    const client = world.client()
    const sent = await world.sent(client, phone)
    const [entry] = await listCodes(world.ready.console, phone)
    return {
      client,
      call: () => client.auth.signIn({ ...sent, phoneCode: entry?.code ?? '' }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 2),
    }
  },
  'auth.signUp': async (world) => {
    const [client, phone] = [world.client(), world.phone()]
    const sent = await world.sent(client, phone)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    return {
      client,
      call: () => client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 1),
    }
  },
  'auth.logOut': async (world) => {
    const client = await world.user()
    // Nobody is signed in any more: every client takes that for success.
    return { client, call: () => client.auth.logOut(), told: '401 AUTH_KEY_UNREGISTERED' }
  },
  'auth.exportAuthorization': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.auth.exportAuthorization({ dcId: 1 }),
      told: 'auth.exportedAuthorization',
    }
  },
  'auth.importAuthorization': async (world) => {
    const phone = world.phone()
    const { id, bytes } = await (await world.user(phone)).auth.exportAuthorization({ dcId: 1 })
    const client = world.client(1)
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importAuthorization({ id, bytes }),
      told: 'auth.authorization',
      check: async () => assert.equal(await phoneOf(client), phone),
    }
  },
  'auth.dropTempAuthKeys': async (world) => {
    const client = await world.user()
    return { client, call: () => client.auth.dropTempAuthKeys({ exceptAuthKeys: [] }), told: true }
  },
  'account.sendVerifyEmailCode': async (world) => {
    const { client, purpose } = await settingUp(world)
    return {
      client,
      call: () => client.account.sendVerifyEmailCode({ purpose, email: EMAIL }),
      told: 'account.sentEmailCode',
    }
  },
  'account.verifyEmail': async (world) => {
    const { client, phone, purpose } = await settingUp(world)
    await client.account.sendVerifyEmailCode({ purpose, email: EMAIL })
    const { code } = await waitForCode(world.ready.console, phone)
    const verification = { _: 'emailVerificationCode', code } as const
    const call = () => client.account.verifyEmail({ purpose, verification })
    return { client, call, told: 'account.emailVerifiedLogin' }
  },
  'auth.resetLoginEmail': async (world) => {
    const phone = world.phone()
    await createUser(world.ready.console, { phone, firstName: 'Ada', loginEmail: EMAIL })
    const client = world.client()
    const sent = await world.sent(client, phone)
    // The reset has been requested: the repeat says so.
    return { client, call: () => client.auth.resetLoginEmail(sent), told: '400 TASK_ALREADY_EXISTS' }
  },
  'auth.exportLoginToken': async (world) => {
    const client = world.client()
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.exportLoginToken({ ...world.app, exceptIds: [] }),
      told: 'auth.loginToken',
    }
  },
  'auth.importLoginToken': async (world) => {
    const phone = world.phone()
    const [owner, screen, client] = [await world.user(phone), world.client(1), world.client()]
    await owner.auth.acceptLoginToken({ token: await shownTo(world, screen) })
    const moved = await screen.auth.exportLoginToken({ ...world.app, exceptIds: [] })
    assert.equal(moved._, 'auth.loginTokenMigrateTo')
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importLoginToken({ token: moved.token }),
      told: 'auth.loginTokenSuccess',
      check: signsIn(world, client, phone, 2),
    }
  },
  'auth.acceptLoginToken': async (world) => {
    const phone = world.phone()
    const [client, screen] = [await world.user(phone), world.client()]
    const token = await shownTo(world, screen)
    return {
      client,
      call: () => client.auth.acceptLoginToken({ token }),
      told: 'authorization',
      async check() {
        const done = await screen.auth.exportLoginToken({ ...world.app, exceptIds: [] })
        assert.equal(done._, 'auth.loginTokenSuccess')
        await signsIn(world, screen, phone, 2)()
      },
    }
  },
  'auth.importBotAuthorization': async (world) => {
    const { token } = await world.http('POST', '/api/bots', { username: 'lost_answer_bot' })
    const client = world.client()
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importBotAuthorization({ flags: 0, ...world.app, botAuthToken: String(token) }),
      told: 'auth.authorization',
    }
  },
  'auth.importWebTokenAuthorization': async (world) => {
    const phone = world.phone()
    await world.user(phone)
    const { token } = await world.http('POST', '/api/web-tokens', { phone })
    const client = world.client()
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.importWebTokenAuthorization({ ...world.app, webAuthToken: String(token) }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 2),
    }
  },
  'auth.initPasskeyLogin': async (world) => {
    const client = world.client()
    await client.help.getNearestDc()
    return { client, call: () => client.auth.initPasskeyLogin(world.app), told: 'auth.passkeyLoginOptions' }
  },
  'auth.finishPasskeyLogin': async (world) => {
    const phone = world.phone()
    const [owner, client, passkey] = [await world.user(phone), world.client(), createTestPasskey()]
    await owner.account.registerPasskey({ credential: await credentialFor(owner, passkey) })
    const { options } = await client.auth.initPasskeyLogin(world.app)
    const { id, clientData, ...signed } = passkey.get(options.data)
    const data = { _: 'dataJSON', data: clientData } as const
    const response = { _: 'inputPasskeyResponseLogin', clientData: data, ...signed } as const
    const credential = { _: 'inputPasskeyCredentialPublicKey', id, rawId: id, response } as const
    return {
      client,
      call: () => client.auth.finishPasskeyLogin({ credential }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 2),
    }
  },
  'account.initPasskeyRegistration': (world) =>
    world.user().then((client) => ({
      client,
      call: () => client.account.initPasskeyRegistration(),
      told: 'account.passkeyRegistrationOptions',
    })),
  'account.registerPasskey': async (world) => {
    const client = await world.user()
    const credential = await credentialFor(client, createTestPasskey())
    const check = async () => assert.equal((await client.account.getPasskeys()).passkeys.length, 1)
    return { client, call: () => client.account.registerPasskey({ credential }), told: 'passkey', check }
  },
  'account.getPasskeys': 'reads',
  'account.deletePasskey': async (world) => {
    const client = await world.user()
    const credential = await credentialFor(client, createTestPasskey())
    await client.account.registerPasskey({ credential })
    const check = async () => assert.equal((await client.account.getPasskeys()).passkeys.length, 0)
    return { client, call: () => client.account.deletePasskey({ id: credential.id }), told: true, check }
  },
  'auth.checkPassword': async (world) => {
    const phone = world.phone()
    const client = await world.pending(phone)
    const password = await proofOf(client)
    return {
      client,
      call: () => client.auth.checkPassword({ password }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 1),
    }
  },
  'account.getPassword': 'reads',
  'account.getPasswordSettings': async (world) => {
    const client = await world.protected()
    const password = await proofOf(client)
    // It changes nothing, but the challenge is spent.
    const call = () => client.account.getPasswordSettings({ password })
    return { client, call, told: 'account.passwordSettings' }
  },
  'account.updatePasswordSettings': async (world) => {
    const client = await world.protected()
    const [password, newSettings] = [await proofOf(client), await settingsOf(client, 'staple battery 34')]
    return {
      client,
      call: () => client.account.updatePasswordSettings({ password, newSettings }),
      told: true,
      async check() {
        const next = await proofOf(client, 'staple battery 34')
        assert.equal(
          (await client.account.getPasswordSettings({ password: next }))._,
          'account.passwordSettings',
        )
      },
    }
  },
  'account.getTmpPassword': async (world) => {
    const client = await world.protected()
    const password = await proofOf(client)
    const call = () => client.account.getTmpPassword({ password, period: 60 })
    return { client, call, told: '400 TMP_PASSWORD_DISABLED' }
  },
  'account.confirmPasswordEmail': async (world) => {
    const { client, phone } = await unconfirmed(world)
    const { code } = await waitForCode(world.ready.console, phone)
    const check = async () => assert.equal((await client.account.getPassword()).hasRecovery, true)
    return { client, call: () => client.account.confirmPasswordEmail({ code }), told: true, check }
  },
  'account.resendPasswordEmail': async (world) => {
    const { client } = await unconfirmed(world)
    return { client, call: () => client.account.resendPasswordEmail(), told: true }
  },
  'account.cancelPasswordEmail': async (world) => {
    const { client } = await unconfirmed(world)
    const check = async () =>
      assert.equal((await client.account.getPassword()).emailUnconfirmedPattern, undefined)
    return { client, call: () => client.account.cancelPasswordEmail(), told: true, check }
  },
  'account.resetPassword': async (world) => {
    const client = await world.pending()
    return { client, call: () => client.account.resetPassword(), told: 'account.resetPasswordRequestedWait' }
  },
  'account.declinePasswordReset': async (world) => {
    const phone = world.phone()
    const client = await world.protected(phone)
    await (await world.half(phone)).account.resetPassword()
    const check = async () => assert.equal((await client.account.getPassword()).pendingResetDate, undefined)
    return { client, call: () => client.account.declinePasswordReset(), told: true, check }
  },
  'account.deleteAccount': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    const check = async () => assert.deepEqual(await listUsers(world.ready.console, phone), [])
    // Nobody is signed in on the key any more, and no account has the number.
    return { client, call: () => client.account.deleteAccount({ reason: '' }), told: /^401 /, check }
  },
  'auth.requestPasswordRecovery': async (world) => {
    const client = await world.pending(world.phone(), EMAIL)
    return { client, call: () => client.auth.requestPasswordRecovery(), told: 'auth.passwordRecovery' }
  },
  'auth.checkRecoveryPassword': 'reads',
  'auth.recoverPassword': async (world) => {
    const phone = world.phone()
    const client = await world.pending(phone, EMAIL)
    await client.auth.requestPasswordRecovery()
    const { code } = await waitForCode(world.ready.console, phone)
    return {
      client,
      call: () => client.auth.recoverPassword({ code }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 1),
    }
  },
  'auth.resetAuthorizations': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.again(phone)
    const check = signsIn(world, client, phone, 1)
    return { client, call: () => client.auth.resetAuthorizations(), told: true, check }
  },
  'account.getAuthorizations': 'reads',
  'account.resetAuthorization': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.again(phone)
    const { authorizations } = await client.account.getAuthorizations()
    const hash = authorizations.find(({ current }) => !current)?.hash ?? 0n
    const check = signsIn(world, client, phone, 1)
    return { client, call: () => client.account.resetAuthorization({ hash }), told: true, check }
  },
  'account.changeAuthorizationSettings': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.again(phone)
    const { authorizations } = await client.account.getAuthorizations()
    const hash = authorizations.find(({ current }) => !current)?.hash ?? 0n
    const call = () => client.account.changeAuthorizationSettings({ hash, confirmed: true })
    return { client, call, told: true }
  },
  'account.setAuthorizationTTL': (world) =>
    settings(world, (client) => client.account.setAuthorizationTTL({ authorizationTtlDays: 7 })),
  'account.invalidateSignInCodes': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.sent(world.client(), phone)
    const call = () => client.account.invalidateSignInCodes({ codes: [TEST_CODE] })
    return { client, call, told: true }
  },
  'account.updateStatus': (world) =>
    settings(world, (client) => client.account.updateStatus({ offline: false })),
  'account.getWebAuthorizations': 'reads',
  'payments.canPurchaseStore': 'reads',
  'payments.assignAppStoreTransaction': async (world) => {
    const { client, purpose, check } = await unpaid(world)
    const call = () => client.payments.assignAppStoreTransaction({ receipt: new Uint8Array(4), purpose })
    return { client, call, told: 'updateShort', check }
  },
  'payments.assignPlayMarketTransaction': async (world) => {
    const { client, purpose, check } = await unpaid(world)
    const receipt = { _: 'dataJSON', data: '{}' } as const
    const call = () => client.payments.assignPlayMarketTransaction({ receipt, purpose })
    return { client, call, told: 'updateShort', check }
  },
  'payments.getPaymentForm': 'reads',
  'payments.sendPaymentForm': async (world) => {
    const { client, purpose, check } = await unpaid(world)
    const invoice = { _: 'inputInvoicePremiumAuthCode', purpose } as const
    const form = await client.payments.getPaymentForm({ invoice })
    const data = { _: 'dataJSON', data: '{}' } as const
    const credentials = { _: 'inputPaymentCredentials', data } as const
    const call = () => client.payments.sendPaymentForm({ formId: form.formId, invoice, credentials })
    return { client, call, told: 'payments.paymentResult', check }
  },
  'help.getConfig': 'reads',
  'help.getNearestDc': 'reads',
  'help.getAppConfig': 'reads',
  'help.getCountriesList': 'reads',
  'help.getTermsOfServiceUpdate': 'reads',
  'help.acceptTermsOfService': {
    because: 'it notes which terms were accepted; the same terms can be accepted again',
  },
  'users.getUsers': 'reads',
  'users.getFullUser': 'reads',
  'users.getRequirementsToContact': 'reads',
  'contacts.resolveUsername': 'reads',
  'contacts.resolvePhone': 'reads',
  'contacts.search': 'reads',
  'contacts.getContacts': 'reads',
  'contacts.getContactIDs': 'reads',
  'contacts.getStatuses': 'reads',
  'contacts.getSaved': 'reads',
  'contacts.getBlocked': 'reads',
  'contacts.getTopPeers': 'reads',
  'contacts.importContacts': async (world) => {
    const client = await world.user()
    const contact = { _: 'inputPhoneContact', clientId: 1n, phone: world.phone(), ...NAMES } as const
    return {
      client,
      call: () => client.contacts.importContacts({ contacts: [contact] }),
      told: 'contacts.importedContacts',
      check: async () => assert.equal((await client.contacts.getSaved()).length, 1),
    }
  },
  'contacts.addContact': async (world) => {
    const { client, id } = await knowing(world, 'lost_contact')
    return {
      client,
      call: () => client.contacts.addContact({ id, ...NAMES, phone: '' }),
      told: 'updates',
      async check() {
        const list = await client.contacts.getContacts({ hash: 0n })
        assert.equal(list._ === 'contacts.contacts' && list.contacts.length, 1)
      },
    }
  },
  'contacts.acceptContact': async (world) => {
    const { client, id } = await knowing(world, 'lost_request')
    const key = { _: 'inputPrivacyKeyPhoneNumber' } as const
    await client.account.setPrivacy({ key, rules: [{ _: 'inputPrivacyValueDisallowAll' }] })
    await client.contacts.addContact({ id, ...NAMES, phone: '' })
    // The number is shared by then: the refusal is true.
    return { client, call: () => client.contacts.acceptContact({ id }), told: '400 CONTACT_REQ_MISSING' }
  },
  'contacts.deleteContacts': async (world) => {
    const { client, id } = await knowing(world, 'lost_removal')
    await client.contacts.addContact({ id, ...NAMES, phone: '' })
    return { client, call: () => client.contacts.deleteContacts({ id: [id] }), told: 'updates' }
  },
  'contacts.deleteByPhones': (world) =>
    settings(world, (client) => client.contacts.deleteByPhones({ phones: ['+9996620000'] })),
  'contacts.resetSaved': (world) => settings(world, (client) => client.contacts.resetSaved()),
  'contacts.block': async (world) => {
    const { client, id } = await knowing(world, 'lost_block')
    return {
      client,
      call: () => client.contacts.block({ id: { ...id, _: 'inputPeerUser' } }),
      told: true,
      async check() {
        const { blocked } = await client.contacts.getBlocked({ offset: 0, limit: 10 })
        assert.equal(blocked.length, 1)
      },
    }
  },
  'contacts.setBlocked': async (world) => {
    const { client, id } = await knowing(world, 'lost_block_list')
    return {
      client,
      call: () => client.contacts.setBlocked({ id: [{ ...id, _: 'inputPeerUser' }], limit: 10 }),
      told: true,
      async check() {
        const { blocked } = await client.contacts.getBlocked({ offset: 0, limit: 10 })
        assert.equal(blocked.length, 1)
      },
    }
  },
  'contacts.updateContactNote': async (world) => {
    const { client, id } = await knowing(world, 'lost_note')
    await client.contacts.addContact({ id, firstName: 'Bob', lastName: '', phone: '' })
    const note = { _: 'textWithEntities' as const, text: 'a note', entities: [] }
    return {
      client,
      call: () => client.contacts.updateContactNote({ id, note }),
      told: true,
      async check() {
        const { fullUser } = await client.users.getFullUser({ id })
        assert.equal(fullUser.note?.text, 'a note')
      },
    }
  },
  'contacts.getBirthdays': 'reads',
  'contacts.getSponsoredPeers': 'reads',
  'contacts.toggleTopPeers': (world) =>
    settings(world, ({ contacts }) => contacts.toggleTopPeers({ enabled: false })),
  'contacts.resetTopPeerRating': (world) =>
    settings(world, ({ contacts }) =>
      contacts.resetTopPeerRating({ category: { _: 'topPeerCategoryGroups' }, peer: SELF }),
    ),
  'account.updateBirthday': (world) =>
    settings(world, ({ account }) =>
      account.updateBirthday({ birthday: { _: 'birthday', day: 10, month: 12 } }),
    ),
  'account.reportPeer': (world) =>
    settings(world, ({ account }) =>
      account.reportPeer({ peer: SELF, reason: { _: 'inputReportReasonSpam' }, message: '' }),
    ),
  'account.setContentSettings': (world) =>
    settings(world, ({ account }) => account.setContentSettings({ sensitiveEnabled: true })),
  'account.setReactionsNotifySettings': async (world) => {
    const client = await world.user()
    const call = () =>
      client.account.setReactionsNotifySettings({
        settings: {
          _: 'reactionsNotifySettings',
          sound: { _: 'notificationSoundNone' },
          showPreviews: false,
        },
      })
    return { client, call, told: 'reactionsNotifySettings' }
  },
  'messages.report': 'reads',
  'messages.reportSpam': (world) => settings(world, ({ messages }) => messages.reportSpam({ peer: SELF })),
  'messages.reportReaction': (world) =>
    noted(world, ({ messages }) => messages.reportReaction({ peer: SELF, id: 1, reactionPeer: SELF })),
  'messages.toggleDialogFilterTags': { because: 'nobody has Premium here, which the tags need' },
  'messages.getOutboxReadDate': 'reads',
  'messages.getMessageReadParticipants': 'reads',
  'messages.getMessagesViews': 'reads',
  'messages.getSearchCounters': 'reads',
  'messages.getSearchResultsCalendar': 'reads',
  'messages.getSearchResultsPositions': 'reads',
  'messages.getMessageEditData': 'reads',
  'users.getSavedMusic': 'reads',
  'contacts.unblock': async (world) => {
    const { client, id } = await knowing(world, 'lost_unblock')
    const peer = { ...id, _: 'inputPeerUser' } as const
    await client.contacts.block({ id: peer })
    return { client, call: () => client.contacts.unblock({ id: peer }), told: true }
  },
  'messages.getPeerSettings': 'reads',
  'messages.hidePeerSettingsBar': async (world) => {
    const { client, id } = await knowing(world, 'lost_bar')
    const peer = { ...id, _: 'inputPeerUser' } as const
    return {
      client,
      call: () => client.messages.hidePeerSettingsBar({ peer }),
      told: true,
      async check() {
        const { settings: bar } = await client.messages.getPeerSettings({ peer })
        assert.deepEqual(bar, { _: 'peerSettings' })
      },
    }
  },
  'photos.getUserPhotos': 'reads',
  'upload.getFile': 'reads',
  'account.updateProfile': async (world) => {
    const client = await world.user()
    return { client, call: () => client.account.updateProfile({ about: 'once' }), told: 'user' }
  },
  'account.checkUsername': 'reads',
  'account.updateUsername': async (world) => {
    const client = await world.user()
    const username = 'lost_username'
    return {
      client,
      // The name is the account's by then: the refusal is true.
      call: () => client.account.updateUsername({ username }),
      told: '400 USERNAME_NOT_MODIFIED',
    }
  },
  'account.getPrivacy': 'reads',
  'account.setPrivacy': async (world) => {
    const client = await world.user()
    const rules = [{ _: 'inputPrivacyValueAllowAll' as const }]
    const call = () => client.account.setPrivacy({ key: { _: 'inputPrivacyKeyAbout' }, rules })
    return { client, call, told: 'account.privacyRules' }
  },
  'account.getGlobalPrivacySettings': 'reads',
  'account.setGlobalPrivacySettings': async (world) => {
    const client = await world.user()
    const call = () =>
      client.account.setGlobalPrivacySettings({
        settings: { _: 'globalPrivacySettings', hideReadMarks: true },
      })
    return { client, call, told: 'globalPrivacySettings' }
  },
  'account.getAccountTTL': 'reads',
  'account.setAccountTTL': (world) =>
    settings(world, (client) => client.account.setAccountTTL({ ttl: { _: 'accountDaysTTL', days: 180 } })),
  'account.getContactSignUpNotification': 'reads',
  'account.setContactSignUpNotification': (world) =>
    settings(world, (client) => client.account.setContactSignUpNotification({ silent: true })),
  'messages.sendMessage': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.messages.sendMessage({ peer: SELF, message: 'once', randomId: 5n }),
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 1)
      },
    }
  },
  'messages.getDialogs': 'reads',
  'messages.getPeerDialogs': 'reads',
  'messages.getPinnedDialogs': 'reads',
  'messages.getHistory': 'reads',
  'messages.getMessages': 'reads',
  'messages.readHistory': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'read', randomId: 6n })
    const call = () => client.messages.readHistory({ peer: SELF, maxId: 1 })
    return { client, call, told: 'messages.affectedMessages' }
  },
  'messages.deleteMessages': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'gone', randomId: 7n })
    const call = () => client.messages.deleteMessages({ id: [1] })
    return { client, call, told: 'messages.affectedMessages' }
  },
  'messages.deleteHistory': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'gone', randomId: 8n })
    const call = () => client.messages.deleteHistory({ peer: SELF, maxId: 0 })
    return { client, call, told: 'messages.affectedHistory' }
  },
  'messages.editMessage': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'before', randomId: 9n })
    const call = () => client.messages.editMessage({ peer: SELF, id: 1, message: 'after' })
    return { client, call, told: '400 MESSAGE_NOT_MODIFIED' }
  },
  'messages.forwardMessages': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'again', randomId: 10n })
    const copy = { fromPeer: SELF, id: [1], randomId: [11n], toPeer: SELF }
    return {
      client,
      call: () => client.messages.forwardMessages(copy),
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 2)
      },
    }
  },
  'messages.updatePinnedMessage': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'pinned', randomId: 12n })
    const call = () => client.messages.updatePinnedMessage({ peer: SELF, id: 1 })
    return { client, call, told: '400 CHAT_NOT_MODIFIED' }
  },
  'messages.unpinAllMessages': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'pinned', randomId: 13n })
    await client.messages.updatePinnedMessage({ peer: SELF, id: 1 })
    const call = () => client.messages.unpinAllMessages({ peer: SELF })
    return { client, call, told: 'messages.affectedHistory' }
  },
  'messages.search': 'reads',
  'messages.searchGlobal': 'reads',
  'messages.getUnreadMentions': 'reads',
  'messages.readMessageContents': async (world) => {
    const client = await world.user()
    const call = () => client.messages.readMessageContents({ id: [1] })
    return { client, call, told: 'messages.affectedMessages' }
  },
  'messages.readMentions': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.messages.readMentions({ peer: SELF }),
      told: 'messages.affectedHistory',
    }
  },
  'messages.setTyping': { because: 'what somebody does now is kept nowhere, and is told again' },
  'messages.sendMedia': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.messages.sendMedia({ peer: SELF, media: DICE, message: '', randomId: 14n }),
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 1)
      },
    }
  },
  'messages.sendVote': async (world) => {
    const client = await world.user()
    await client.messages.sendMedia({ peer: SELF, media: POLL, message: '', randomId: 15n })
    const call = () => client.messages.sendVote({ peer: SELF, msgId: 1, options: [Uint8Array.of(1)] })
    return { client, call, told: 'updates' }
  },
  'messages.sendReaction': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'good', randomId: 16n })
    const reaction = [{ _: 'reactionEmoji', emoticon: '👍' } as const]
    const call = () => client.messages.sendReaction({ peer: SELF, msgId: 1, reaction })
    return { client, call, told: '400 MESSAGE_NOT_MODIFIED' }
  },
  'messages.readReactions': async (world) => {
    const client = await world.user()
    const call = () => client.messages.readReactions({ peer: SELF })
    return { client, call, told: 'messages.affectedHistory' }
  },
  'messages.clearRecentReactions': { because: 'the server keeps no such list' },
  'messages.getAvailableReactions': 'reads',
  'messages.getMessageReactionsList': 'reads',
  'messages.getMessagesReactions': 'reads',
  'messages.getPollResults': 'reads',
  'messages.getPollVotes': 'reads',
  'messages.getRecentReactions': 'reads',
  'messages.getTopReactions': 'reads',
  'messages.getUnreadReactions': 'reads',
  'messages.receivedMessages': 'reads',
  'updates.getState': 'reads',
  'updates.getDifference': 'reads',
  'langpack.getLangPack': 'reads',
  'langpack.getDifference': 'reads',
  'langpack.getStrings': 'reads',
  'langpack.getLanguages': 'reads',
  'langpack.getLanguage': 'reads',
  'auth.bindTempAuthKey': {
    because:
      'a temporary key lives in memory: the killed server has forgotten it, and the client makes another',
  },
}

/** A user whose recovery address waits for its code. */
async function unconfirmed(world: LostWorld) {
  const phone = world.phone()
  const client = await world.user(phone)
  const newSettings = { ...(await settingsOf(client, PASSWORD)), email: EMAIL }
  const update = client.account.updatePasswordSettings({ password: EMPTY, newSettings })
  await assert.rejects(update, { type: 'EMAIL_UNCONFIRMED' })
  return { client, phone }
}
