import type { ServerOptions } from '@cablegram/server'
import { createSettings } from '../../packages/server/src/rules/index.ts'
import { TEST_CODE } from '../e2e/logins.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const EMAIL = 'ada@example.org'

/** A login that asks for an e-mail first. */
async function settingUp(world: World, changes: Partial<ReturnType<typeof loginEmail>> = {}) {
  const server = await world.start({ settings: { loginEmail: { ...loginEmail(), ...changes } } })
  const phone = world.phone()
  await server.phoneRules.put(phone.slice(1), { rule: 'channels', channels: ['setUpEmail', 'sms'] })
  const client = world.connect(server)
  const sent = await world.sent(client, server, phone)
  const purpose = { _: 'emailVerifyPurposeLoginSetup', ...sent } as const
  const send = (email: string) => client.account.sendVerifyEmailCode({ purpose, email })
  const verify = (code: string) =>
    client.account.verifyEmail({ purpose, verification: { _: 'emailVerificationCode', code } })
  const vouched = (email: string) =>
    client.account.verifyEmail({
      purpose,
      verification: { _: 'emailVerificationGoogle', token: `test:${email}` },
    })
  return { server, client, phone, sent, purpose, send, verify, vouched }
}

function loginEmail(): Required<NonNullable<ServerOptions['settings']>>['loginEmail'] {
  return createSettings().loginEmail
}

/** A login whose code went to the account's e-mail. */
async function byEmail(world: World) {
  const { server, client, phone, sent, send, verify } = await settingUp(world)
  await send(EMAIL)
  const { code } = await server.codes.waitFor(phone)
  await verify(code)
  await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  await client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  const other = world.connect(server)
  return { client: other, sent: await world.sent(other, server, phone) }
}

/** Causes of login e-mail errors. */
export const EMAIL_CAUSES: readonly Cause[] = [
  cause('auth.resendCode', '400 EMAIL_INSTALL_MISSING', async (world) => {
    const { client, sent } = await settingUp(world)
    return client.auth.resendCode(sent)
  }),
  cause('auth.resetLoginEmail', '400 EMAIL_INSTALL_MISSING', async (world) => {
    const server = await world.server()
    const client = world.connect(server)
    return client.auth.resetLoginEmail(await world.sent(client, server))
  }),
  cause('auth.resetLoginEmail', '400 PHONE_CODE_EXPIRED', async (world) => {
    const { client, sent } = await byEmail(world)
    await client.auth.cancelCode(sent)
    return client.auth.resetLoginEmail(sent)
  }),
  cause('auth.resetLoginEmail', '400 TASK_ALREADY_EXISTS', async (world) => {
    const { client, sent } = await byEmail(world)
    await client.auth.resetLoginEmail(sent)
    return client.auth.resetLoginEmail(sent)
  }),
  cause('account.sendVerifyEmailCode', '400 EMAIL_INVALID', async (world) =>
    (await settingUp(world)).send('nowhere'),
  ),
  cause('account.sendVerifyEmailCode', '400 EMAIL_NOT_ALLOWED', async (world) =>
    (await settingUp(world, { domains: ['example.com'] })).send(EMAIL),
  ),
  cause('account.sendVerifyEmailCode', '400 EMAIL_NOT_SETUP', async (world) => {
    const server = await world.server()
    const client = world.connect(server)
    const purpose = { _: 'emailVerifyPurposeLoginSetup', ...(await world.sent(client, server)) } as const
    return client.account.sendVerifyEmailCode({ purpose, email: EMAIL })
  }),
  cause('account.sendVerifyEmailCode', '400 PHONE_CODE_EMPTY', async (world) => {
    const { client, purpose } = await settingUp(world)
    return client.account.sendVerifyEmailCode({ purpose: { ...purpose, phoneCodeHash: '' }, email: EMAIL })
  }),
  cause('account.sendVerifyEmailCode', '400 PHONE_HASH_EXPIRED', async (world) => {
    const { client, sent, send } = await settingUp(world)
    await client.auth.cancelCode(sent)
    return send(EMAIL)
  }),
  cause('account.verifyEmail', '400 CODE_INVALID', async (world) => {
    const { send, verify } = await settingUp(world)
    await send(EMAIL)
    return verify('no')
  }),
  cause('account.verifyEmail', '400 EMAIL_INVALID', async (world) =>
    (await settingUp(world, { testTokens: true })).vouched('nowhere'),
  ),
  cause('account.verifyEmail', '400 EMAIL_NOT_ALLOWED', async (world) =>
    (await settingUp(world, { testTokens: true, domains: ['example.com'] })).vouched(EMAIL),
  ),
  cause('account.verifyEmail', '400 EMAIL_VERIFY_EXPIRED', async (world) =>
    (await settingUp(world)).verify(TEST_CODE),
  ),
  cause('account.verifyEmail', '400 PHONE_CODE_EXPIRED', async (world) => {
    const { client, sent, send, verify } = await settingUp(world)
    await send(EMAIL)
    await client.auth.cancelCode(sent)
    return verify(TEST_CODE)
  }),
]
