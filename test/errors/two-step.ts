import { randomBytes } from 'node:crypto'
import { newPasswordSettings, type TelegramClient } from '@cablegram/client'
import type { Params } from '@cablegram/tl/api'
import { TEST_CODE } from '../e2e/logins.ts'
import { type Cause, cause } from './registry.ts'
import { proof, type World } from './world.ts'

type Proof = Awaited<ReturnType<typeof proof>>
type Settings = Params<'account.updatePasswordSettings'>['newSettings']

/** The password of everybody who has one. */
export const PASSWORD = 'secret'
const EMPTY = { _: 'inputCheckPasswordEmpty' } as const
const NO_PASSWORD = {
  _: 'account.passwordInputSettings',
  newAlgo: { _: 'passwordKdfAlgoUnknown' },
  newPasswordHash: new Uint8Array(0),
  hint: '',
} as const
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const protectedUser = async (world: World) => world.protectedUser(await world.server(), PASSWORD)
const pending = async (world: World) => world.pending(await world.server(), PASSWORD)

/** The purpose of a password, and the caller that gives it. */
const GIVEN: readonly (readonly [
  string,
  (world: World) => Promise<TelegramClient>,
  (client: TelegramClient, password: Proof) => Promise<unknown>,
])[] = [
  ['auth.checkPassword', pending, (client, password) => client.auth.checkPassword({ password })],
  [
    'account.getPasswordSettings',
    protectedUser,
    (client, password) => client.account.getPasswordSettings({ password }),
  ],
  [
    'account.getTmpPassword',
    protectedUser,
    (client, password) => client.account.getTmpPassword({ password, period: 60 }),
  ],
  [
    'account.updatePasswordSettings',
    protectedUser,
    (client, password) => client.account.updatePasswordSettings({ password, newSettings: NO_PASSWORD }),
  ],
  [
    'account.deleteAccount',
    protectedUser,
    (client, password) => client.account.deleteAccount({ reason: '', password }),
  ],
  [
    'messages.editChatCreator',
    protectedUser,
    (client, password) =>
      client.messages.editChatCreator({
        peer: { _: 'inputPeerEmpty' },
        userId: { _: 'inputUserEmpty' },
        password,
      }),
  ],
]

async function newSettings(client: TelegramClient, password: string): Promise<Settings> {
  return newPasswordSettings(await client.account.getPassword(), password, undefined, random)
}

/** Settings with an invalid salt. */
function wrongSalt(settings: Settings): Settings {
  const { newAlgo } = settings
  if (newAlgo?._ !== 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow') return settings
  return { ...settings, newAlgo: { ...newAlgo, salt2: new Uint8Array(16) } }
}

/** A change that waits for its address to be confirmed, and the code sent there. */
async function unconfirmed(world: World): Promise<TelegramClient> {
  const client = await world.user(await world.server())
  const settings = { ...(await newSettings(client, PASSWORD)), email: 'ada@example.org' }
  await client.account
    .updatePasswordSettings({ password: EMPTY, newSettings: settings })
    .catch((error: Error) => {
      if (!error.message.startsWith('EMAIL_UNCONFIRMED_')) throw error
    })
  return client
}

/** A login whose password is being recovered, with the code from the mail. */
async function recovering(world: World): Promise<{ client: TelegramClient; code: string; wrong: string }> {
  const server = await world.start()
  const phone = world.phone()
  await server.users.create({ phone, firstName: 'Ada', password: PASSWORD, email: 'ada@example.org' })
  const client = world.connect(server)
  const sent = await world.sent(client, server, phone)
  await client.auth.signIn({ ...sent, phoneCode: TEST_CODE }).catch(() => undefined)
  await client.auth.requestPasswordRecovery()
  const { code } = await server.codes.waitFor(phone)
  return { client, code, wrong: code === '000000' ? '000001' : '000000' }
}

/** A client that is asked for the password, and the call that gives it. */
export interface Asked {
  readonly client: TelegramClient
  readonly give: (password: Proof) => Promise<unknown>
}

/** Causes of the errors of a method that takes the password: it is wrong, for another question, or changed since. */
export function passwordCauses(method: string, ask: (world: World) => Promise<Asked>): readonly Cause[] {
  return [
    cause(method, '400 PASSWORD_HASH_INVALID', async (world) => {
      const { client, give } = await ask(world)
      return give(await proof(client, 'another'))
    }),
    cause(method, '400 SRP_ID_INVALID', async (world) => {
      const { client, give } = await ask(world)
      const answer = await proof(client, PASSWORD)
      if (answer._ !== 'inputCheckPasswordSRP') throw new Error('nothing was asked')
      return give({ ...answer, srpId: answer.srpId + 1n })
    }),
    cause(method, '400 SRP_PASSWORD_CHANGED', async (world) => {
      const { client, give } = await ask(world)
      const answer = await proof(client, PASSWORD)
      await changePassword(world, client)
      return give(answer)
    }),
  ]
}

/** Causes of errors about passwords: given, changed, recovered, done without. */
export const TWO_STEP_CAUSES: readonly Cause[] = [
  ...GIVEN.flatMap(([method, asked, give]) =>
    passwordCauses(method, async (world) => {
      const client = await asked(world)
      return { client, give: (password) => give(client, password) }
    }),
  ),
  cause('auth.checkPassword', '500 AUTH_KEY_UNSYNCHRONIZED', async (world) => {
    const phone = world.phone()
    const { client } = await world.damaged(async (first, asking) => {
      await first.users.create({ phone, firstName: 'Ada', password: PASSWORD })
      const sent = await world.sent(asking, first, phone)
      await asking.auth.signIn({ ...sent, phoneCode: TEST_CODE }).catch(() => undefined)
    }, "CREATE TRIGGER out_of_order BEFORE INSERT ON authorizations BEGIN SELECT RAISE(ABORT, 'out of order'); END")
    return client.auth.checkPassword({ password: await proof(client, PASSWORD) })
  }),
  cause('account.getTmpPassword', '400 TMP_PASSWORD_DISABLED', async (world) => {
    const client = await protectedUser(world)
    return client.account.getTmpPassword({ password: await proof(client, PASSWORD), period: 60 })
  }),
  cause('account.updatePasswordSettings', '400 NEW_SETTINGS_EMPTY', async (world) => {
    const client = await world.user(await world.server())
    return client.account.updatePasswordSettings({
      password: EMPTY,
      newSettings: { _: 'account.passwordInputSettings' },
    })
  }),
  cause('account.updatePasswordSettings', '400 NEW_SETTINGS_INVALID', async (world) => {
    const client = await world.user(await world.server())
    const settings = await newSettings(client, PASSWORD)
    const newPasswordHash = new Uint8Array(256)
    return client.account.updatePasswordSettings({
      password: EMPTY,
      newSettings: { ...settings, newPasswordHash },
    })
  }),
  cause('account.updatePasswordSettings', '400 NEW_SALT_INVALID', async (world) => {
    const client = await world.user(await world.server())
    const settings = wrongSalt(await newSettings(client, PASSWORD))
    return client.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })
  }),
  cause('account.updatePasswordSettings', '400 EMAIL_INVALID', async (world) => {
    const client = await world.user(await world.server())
    const settings = { ...(await newSettings(client, PASSWORD)), email: 'nowhere' }
    return client.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })
  }),
  cause('account.updatePasswordSettings', '400 EMAIL_UNCONFIRMED_X', async (world) => {
    const client = await world.user(await world.server())
    const settings = { ...(await newSettings(client, PASSWORD)), email: 'ada@example.org' }
    return client.account.updatePasswordSettings({ password: EMPTY, newSettings: settings })
  }),
  cause('account.confirmPasswordEmail', '400 CODE_INVALID', async (world) =>
    (await unconfirmed(world)).account.confirmPasswordEmail({ code: 'no' }),
  ),
  ...(['confirmPasswordEmail', 'resendPasswordEmail', 'cancelPasswordEmail'] as const).map((method) =>
    cause(`account.${method}`, '400 EMAIL_HASH_EXPIRED', async (world) => {
      const { account } = await world.user(await world.server())
      if (method === 'confirmPasswordEmail') return account.confirmPasswordEmail({ code: '123456' })
      return method === 'resendPasswordEmail' ? account.resendPasswordEmail() : account.cancelPasswordEmail()
    }),
  ),
  cause('account.resendPasswordEmail', '400 EMAIL_INVALID', async (world) => {
    let taken = 0
    const courier = {
      async send({ channel }: { channel: string }) {
        // The first mail arrives; then the mailbox disappears.
        if (channel !== 'email' || ++taken === 1) return { kind: 'accepted', reference: '' } as const
        return { kind: 'rejected', reason: 'no such mailbox', retryable: false } as const
      },
    }
    const server = await world.start({ courier })
    const client = await world.user(server)
    const settings = { ...(await newSettings(client, PASSWORD)), email: 'ada@example.org' }
    await client.account
      .updatePasswordSettings({ password: EMPTY, newSettings: settings })
      .catch(() => undefined)
    await server.clock.advance(120)
    return client.account.resendPasswordEmail()
  }),
  cause('auth.requestPasswordRecovery', '400 EMAIL_INVALID', async (world) => {
    const courier = {
      async send({ channel }: { channel: string }) {
        if (channel !== 'email') return { kind: 'accepted', reference: '' } as const
        return { kind: 'rejected', reason: 'no such mailbox', retryable: false } as const
      },
    }
    const server = await world.start({ courier })
    const phone = world.phone()
    await server.users.create({ phone, firstName: 'Ada', password: PASSWORD, email: 'ada@example.org' })
    const client = world.connect(server)
    const sent = await world.sent(client, server, phone)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE }).catch(() => undefined)
    return client.auth.requestPasswordRecovery()
  }),
  cause('auth.requestPasswordRecovery', '400 PASSWORD_EMPTY', async (world) =>
    (await world.user(await world.server())).auth.requestPasswordRecovery(),
  ),
  cause('auth.requestPasswordRecovery', '400 PASSWORD_RECOVERY_NA', async (world) =>
    (await pending(world)).auth.requestPasswordRecovery(),
  ),
  ...(['checkRecoveryPassword', 'recoverPassword'] as const).flatMap((method) => [
    cause(`auth.${method}`, '400 CODE_EMPTY', async (world) => {
      const { client } = await recovering(world)
      return client.auth[method]({ code: '' })
    }),
    cause(`auth.${method}`, '400 CODE_INVALID', async (world) => {
      const { client, wrong } = await recovering(world)
      return client.auth[method]({ code: wrong })
    }),
    cause(`auth.${method}`, '400 PASSWORD_RECOVERY_EXPIRED', async (world) => {
      const { client, code, wrong } = await recovering(world)
      for (let count = 0; count < 5; count++)
        await client.auth[method]({ code: wrong }).catch(() => undefined)
      return client.auth[method]({ code })
    }),
  ]),
  cause('auth.recoverPassword', '400 NEW_SETTINGS_INVALID', async (world) => {
    const { client, code } = await recovering(world)
    const settings = { ...(await newSettings(client, 'new')), newPasswordHash: new Uint8Array(256) }
    return client.auth.recoverPassword({ code, newSettings: settings })
  }),
  cause('auth.recoverPassword', '400 NEW_SALT_INVALID', async (world) => {
    const { client, code } = await recovering(world)
    return client.auth.recoverPassword({ code, newSettings: wrongSalt(await newSettings(client, 'new')) })
  }),
  cause('account.resetPassword', '400 PASSWORD_EMPTY', async (world) =>
    (await world.user(await world.server())).account.resetPassword(),
  ),
  cause('account.declinePasswordReset', '400 RESET_REQUEST_MISSING', async (world) =>
    (await protectedUser(world)).account.declinePasswordReset(),
  ),
  cause('account.deleteAccount', '420 2FA_CONFIRM_WAIT_X', async (world) =>
    (await pending(world)).account.deleteAccount({ reason: 'lost' }),
  ),
]

/** Somebody else who is signed in changes the password of the account that `client` uses. */
async function changePassword(world: World, client: TelegramClient): Promise<void> {
  const server = await world.server()
  const other = world.connect(server)
  const sent = await world.sent(other, server, world.phoneOf(client))
  await other.auth.signIn({ ...sent, phoneCode: TEST_CODE }).catch(() => undefined)
  await other.auth.checkPassword({ password: await proof(other, PASSWORD) })
  await other.account.updatePasswordSettings({
    password: await proof(other, PASSWORD),
    newSettings: await newSettings(other, 'changed'),
  })
}
