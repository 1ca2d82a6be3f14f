import { setTimeout as sleep } from 'node:timers/promises'
import type { TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import { type Sent, TEST_CODE } from '../e2e/logins.ts'
import { type Cause, cause } from './registry.ts'
import { type App, appOf, type World } from './world.ts'

const WRONG_CODE = '00000'
const NO_NUMBER = { phoneNumber: '+1', phoneCodeHash: 'a' }
const REFUSING = {
  send: async () => ({ kind: 'rejected', reason: 'no such number', retryable: false }) as const,
}

const ask = (client: TelegramClient, phoneNumber: string, app: App) =>
  client.auth.sendCode({ phoneNumber, ...app, settings: { _: 'codeSettings' } })

/** Each method that takes a number, called with an invalid one. */
const WITH_NUMBER: readonly (readonly [string, (client: TelegramClient, app: App) => Promise<unknown>])[] = [
  ['auth.sendCode', (client, app) => ask(client, NO_NUMBER.phoneNumber, app)],
  ['auth.resendCode', (client) => client.auth.resendCode(NO_NUMBER)],
  ['auth.cancelCode', (client) => client.auth.cancelCode(NO_NUMBER)],
  ['auth.signIn', (client) => client.auth.signIn({ ...NO_NUMBER, phoneCode: TEST_CODE })],
  ['auth.signUp', (client) => client.auth.signUp({ ...NO_NUMBER, firstName: 'Ada', lastName: '' })],
]

const ONLY_400: readonly (readonly [string, (client: TelegramClient) => Promise<unknown>])[] = [
  ['auth.reportMissingCode', (client) => client.auth.reportMissingCode({ ...NO_NUMBER, mnc: '01' })],
  ['auth.requestFirebaseSms', (client) => client.auth.requestFirebaseSms(NO_NUMBER)],
  ['auth.resetLoginEmail', (client) => client.auth.resetLoginEmail(NO_NUMBER)],
  ['auth.checkPaidAuth', (client) => client.auth.checkPaidAuth({ ...NO_NUMBER, formId: 1n })],
  [
    'account.sendVerifyEmailCode',
    (client) =>
      client.account.sendVerifyEmailCode({
        purpose: { _: 'emailVerifyPurposeLoginSetup', ...NO_NUMBER },
        email: 'ada@example.org',
      }),
  ],
  [
    'account.verifyEmail',
    (client) =>
      client.account.verifyEmail({
        purpose: { _: 'emailVerifyPurposeLoginSetup', ...NO_NUMBER },
        verification: { _: 'emailVerificationCode', code: '1' },
      }),
  ],
]

/** A sent code, and a guess at it. */
async function guessing(
  world: World,
): Promise<{ server: CablegramServer; client: TelegramClient; sent: Sent }> {
  const server = await world.server()
  const client = world.connect(server)
  return { server, client, sent: await world.sent(client, server) }
}

/** The calls that sign in for an app. */
const WITH_APP: readonly (readonly [string, (client: TelegramClient, app: App) => Promise<unknown>])[] = [
  ['auth.sendCode', (client, app) => ask(client, '+9996620000', app)],
  ['auth.exportLoginToken', (client, app) => client.auth.exportLoginToken({ ...app, exceptIds: [] })],
  [
    'auth.importBotAuthorization',
    (client, app) => client.auth.importBotAuthorization({ flags: 0, ...app, botAuthToken: '1:a' }),
  ],
  ['auth.initPasskeyLogin', (client, app) => client.auth.initPasskeyLogin(app)],
  [
    'auth.importWebTokenAuthorization',
    (client, app) => client.auth.importWebTokenAuthorization({ ...app, webAuthToken: 'a' }),
  ],
]

/** Makes the store refuse a write, as a failing disk would. */
const failing = (event: string) =>
  `CREATE TRIGGER out_of_order BEFORE ${event} BEGIN SELECT RAISE(ABORT, 'the disk is out of order'); END`

/** Causes of errors about codes, from the request to their use. */
export const PHONE_CODE_CAUSES: readonly Cause[] = [
  ...WITH_APP.flatMap(([method, call]) => [
    cause(method, '400 API_ID_INVALID', async (world) => {
      const server = await world.server()
      return call(await world.client(), { ...appOf(server), apiHash: '0'.repeat(32) })
    }),
    cause(method, '400 API_ID_PUBLISHED_FLOOD', async (world) => {
      const server = await world.server()
      const app = await server.apps.create({ title: 'Everybody’s' })
      await server.apps.change(app.apiId, { published: true })
      return call(await world.client(), { apiId: app.apiId, apiHash: app.apiHash })
    }),
  ]),
  cause('auth.sendCode', '400 PHONE_NUMBER_APP_SIGNUP_FORBIDDEN', async (world) => {
    const server = await world.server()
    const app = await server.apps.create({ title: 'For members' })
    await server.apps.change(app.apiId, { signupForbidden: true })
    return ask(await world.client(), world.phone(), { apiId: app.apiId, apiHash: app.apiHash })
  }),
  cause('auth.sendCode', '400 PHONE_NUMBER_BANNED', async (world) => {
    const server = await world.server()
    await server.phoneRules.put('447400', { rule: 'ban' })
    return ask(await world.client(), '+447400123456', appOf(server))
  }),
  cause('auth.sendCode', '400 PHONE_PASSWORD_PROTECTED', async (world) => {
    const server = await world.server()
    await server.phoneRules.put('447401', { rule: 'protect' })
    return ask(await world.client(), '+447401123456', appOf(server))
  }),
  cause('auth.sendCode', '400 PHONE_NUMBER_FLOOD', async (world) => {
    const sendLimits = [{ scope: 'phone', max: 1, windowS: 86_400, refusal: 'PHONE_NUMBER_FLOOD' }] as const
    const server = await world.start({ settings: { sendLimits } })
    const { phoneNumber } = await world.sent(world.connect(server), server)
    return ask(world.connect(server), phoneNumber, appOf(server))
  }),
  cause('auth.sendCode', '400 SMS_CODE_CREATE_FAILED', async (world) => {
    const server = await world.start({ courier: REFUSING })
    return ask(world.connect(server), world.phone(), appOf(server))
  }),
  ...WITH_NUMBER.flatMap(([method, call]) => [
    cause(method, '406 PHONE_NUMBER_INVALID', async (world) =>
      call(await world.client(), appOf(await world.server())),
    ),
    cause(method, '400 PHONE_NUMBER_INVALID', async (world) => {
      const server = await world.start({ phoneInvalidCode: 400 })
      return call(world.connect(server), appOf(server))
    }),
  ]),
  ...ONLY_400.map(([method, call]) =>
    cause(method, '400 PHONE_NUMBER_INVALID', async (world) => call(await world.client())),
  ),
  cause('auth.sendCode', '406 PHONE_PASSWORD_FLOOD', async (world) => {
    const server = await world.start({ settings: { failures: { max: 1, windowS: 86_400 } } })
    const client = world.connect(server)
    const sent = await world.sent(client, server)
    await client.auth.signIn({ ...sent, phoneCode: WRONG_CODE }).catch(() => undefined)
    return ask(client, sent.phoneNumber, appOf(server))
  }),
  cause('auth.sendCode', '406 UPDATE_APP_TO_LOGIN', async (world) => {
    const server = await world.server()
    const app = await server.apps.create({ title: 'Of tomorrow' })
    await server.apps.change(app.apiId, { minLayer: 999 })
    return ask(await world.client(), world.phone(), { apiId: app.apiId, apiHash: app.apiHash })
  }),
  cause('auth.signIn', '406 UPDATE_APP_TO_LOGIN', async (world) => {
    const server = await world.start({ settings: { minLayer: 999 } })
    return world
      .connect(server)
      .auth.signIn({ ...NO_NUMBER, phoneNumber: world.phone(), phoneCode: TEST_CODE })
  }),
  cause('auth.sendCode', '500 AUTH_RESTART', async (world) => {
    const phone = world.phone()
    const { server, client } = await world.damaged(async (first, asking) => {
      await world.sent(asking, first, phone)
    }, "UPDATE phone_codes SET chain = 'no list'")
    return ask(client, phone, appOf(server))
  }),
  cause('auth.sendCode', '500 AUTH_RESTART_X', async (world) => {
    const { server, client } = await world.damaged(
      async (_first, asking) => asking.connect(),
      failing('INSERT ON phone_codes'),
    )
    return ask(client, world.phone(), appOf(server))
  }),
  cause('auth.signIn', '500 AUTH_RESTART', async (world) => {
    let sent: Sent | undefined
    const { client } = await world.damaged(async (first, asking) => {
      await first.phoneRules.put('999662', { rule: 'channels', channels: ['sms'] })
      sent = await world.sent(asking, first)
    }, "UPDATE phone_rules SET channels = 'no list'")
    return client.auth.signIn({ ...(sent ?? NO_NUMBER), phoneCode: TEST_CODE })
  }),
  cause('auth.signIn', '500 SIGN_IN_FAILED', async (world) => {
    let sent: Sent | undefined
    const { client } = await world.damaged(async (first, asking) => {
      sent = await world.sent(asking, first)
    }, failing('UPDATE ON phone_codes'))
    return client.auth.signIn({ ...(sent ?? NO_NUMBER), phoneCode: TEST_CODE })
  }),
  cause('auth.exportLoginToken', '500 AUTH_RESTART', async (world) => {
    const { server, client } = await world.damaged(
      async (_first, asking) => asking.connect(),
      failing('INSERT ON login_tokens'),
    )
    return client.auth.exportLoginToken({ ...appOf(server), exceptIds: [] })
  }),
  cause('auth.initPasskeyLogin', '500 AUTH_RESTART', async (world) => {
    const { server, client } = await world.damaged(
      async (_first, asking) => asking.connect(),
      failing('INSERT ON passkey_challenges'),
    )
    return client.auth.initPasskeyLogin(appOf(server))
  }),
  cause('auth.resendCode', '400 PHONE_CODE_HASH_EMPTY', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.resendCode({ ...sent, phoneCodeHash: '' })
  }),
  cause('auth.resendCode', '400 PHONE_CODE_EXPIRED', async (world) => {
    const { client, sent } = await guessing(world)
    await client.auth.cancelCode(sent)
    return client.auth.resendCode(sent)
  }),
  cause('auth.cancelCode', '400 PHONE_CODE_EXPIRED', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.cancelCode({ ...sent, phoneCodeHash: 'f'.repeat(32) })
  }),
  cause('auth.resendCode', '406 SEND_CODE_UNAVAILABLE', async (world) => {
    const { client, sent } = await guessing(world)
    await client.auth.resendCode(sent)
    return client.auth.resendCode(sent)
  }),
  cause('auth.resendCode', '400 PHONE_CODE_EMPTY', async (world) => {
    const { client, sent } = await unpaid(world)
    return client.auth.resendCode(sent)
  }),
  cause('auth.requestFirebaseSms', '400 PHONE_CODE_EMPTY', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.requestFirebaseSms(sent)
  }),
  cause('auth.signIn', '400 PHONE_CODE_EMPTY', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.signIn(sent)
  }),
  cause('auth.signUp', '400 PHONE_CODE_EMPTY', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.signUp({ ...sent, phoneCodeHash: '', firstName: 'Ada', lastName: '' })
  }),
  cause('auth.signIn', '400 PHONE_CODE_INVALID', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.signIn({ ...sent, phoneCode: WRONG_CODE })
  }),
  cause('auth.signUp', '400 PHONE_CODE_INVALID', async (world) => {
    const { client, sent } = await guessing(world)
    return client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  }),
  cause('auth.signIn', '400 PHONE_CODE_EXPIRED', async (world) => {
    const server = await world.start()
    const client = world.connect(server)
    const sent = await world.sent(client, server)
    await server.clock.advance(300)
    return client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  }),
  cause('auth.signUp', '400 PHONE_CODE_EXPIRED', async (world) => {
    const server = await world.start()
    const client = world.connect(server)
    const sent = await world.sent(client, server)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    await server.clock.advance(600)
    return client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  }),
  cause('auth.signIn', '400 PHONE_NUMBER_UNOCCUPIED', async (world) => {
    const server = await world.start()
    const phone = world.phone()
    const { id } = await server.users.create({ phone, firstName: 'Ada' })
    await server.apps.change(appOf(server).apiId, { signupForbidden: true })
    const client = world.connect(server)
    const sent = await world.sent(client, server, phone)
    await server.users.remove(id)
    return client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  }),
  cause('auth.signUp', '400 PHONE_NUMBER_OCCUPIED', async (world) => {
    const { server, client, sent } = await guessing(world)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    await server.users.create({ phone: sent.phoneNumber, firstName: 'Grace' })
    return client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  }),
  cause('auth.signUp', '400 PHONE_NUMBER_FLOOD', async (world) => {
    const server = await world.start({ settings: { signUpLimit: { max: 1, windowS: 86_400 } } })
    const phone = world.phone()
    await world.user(server, {}, phone)
    const [user] = await server.users.list(phone.slice(1))
    await server.users.remove(user?.id ?? 0)
    return world.user(server, {}, phone)
  }),
  ...(['FIRSTNAME_INVALID', 'LASTNAME_INVALID'] as const).map((name) =>
    cause('auth.signUp', `400 ${name}`, async (world) => {
      const { client, sent } = await guessing(world)
      await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
      const isFirst = name === 'FIRSTNAME_INVALID'
      return client.auth.signUp({
        ...sent,
        firstName: isFirst ? '' : 'Ada',
        lastName: isFirst ? '' : 'L'.repeat(65),
      })
    }),
  ),
  cause('any', '-500 No workers running', async (world) => {
    const courier = { send: () => sleep(60_000, { kind: 'unknown' } as const, { ref: false }) }
    const server = await world.start({ courier, settings: { courierTimeoutMs: 50 } })
    return ask(world.connect(server), world.phone(), appOf(server))
  }),
  cause('any', '-503 Timeout', async (world) => {
    const courier = {
      send(_delivery: unknown, onTaken?: () => void) {
        onTaken?.()
        return sleep(60_000, { kind: 'unknown' } as const, { ref: false })
      },
    }
    const server = await world.start({ courier, settings: { courierTimeoutMs: 50 } })
    return ask(world.connect(server), world.phone(), appOf(server))
  }),
]

/** A code that nobody has paid for yet. */
export async function unpaid(
  world: World,
): Promise<{ server: CablegramServer; client: TelegramClient; sent: Sent }> {
  const server = await world.server()
  await server.phoneRules.put('447402', { rule: 'channels', channels: ['payment', 'sms'] })
  const client = world.connect(server)
  const phoneNumber = `+4474021${world.phone().slice(-5)}`
  const asked = await ask(client, phoneNumber, appOf(server))
  if (asked._ !== 'auth.sentCodePaymentRequired') throw new Error(`the server answered ${asked._}`)
  return { server, client, sent: { phoneNumber, phoneCodeHash: asked.phoneCodeHash } }
}
