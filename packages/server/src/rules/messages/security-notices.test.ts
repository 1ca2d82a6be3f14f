import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestPasskey } from '@cablegram/fixtures'
import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import type { EmailPurpose } from '../emails/email-proofs.ts'
import { requestEmailCode, verifyEmailAddress } from '../emails/email-proofs.ts'
import { setLoginEmailOf, takeOffLoginEmail } from '../emails/login-emails.ts'
import { addPasskey, beginPasskeyRegistration, passkeysOf, takePasskeyAway } from '../logins/passkeys.ts'
import { confirmRecoveryEmail, replaceLostPassword, sendRecoveryCode } from '../passwords/password-emails.ts'
import { askForPasswordReset } from '../passwords/password-resets.ts'
import { getPasswordInfo, setPasswordOf, updatePassword } from '../passwords/passwords.ts'
import { giveTo, newPassword, pendingCaller } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'
import { historyOf } from './messages.ts'

const PHONE = '+9996621234'
const DIGITS = '9996621234'
const EMAIL = 'ada@example.org'
const PASSWORD = 'correct horse'
const STRANGER_IP = '192.0.2.7'
const WHOLE = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }

/** An account with a login e-mail, signed in twice. */
interface Scene extends World {
  readonly owner: Caller
  readonly userId: bigint
  /** The newest texts of the service chat, without earlier ones. */
  heard(): Promise<string[]>
}

async function createScene(before?: (world: World, owner: Caller) => Promise<unknown>): Promise<Scene> {
  const world = await createWorld()
  const first = await world.caller()
  await world.signIn(first, PHONE)
  const owner = await world.again(first)
  const userId = (await listAccounts(world.rules, DIGITS))[0]?.id ?? 0n
  await before?.(world, owner)
  const history = async () => (await historyOf(world.rules, owner, { ...WHOLE, peerId: 777000n })).messages
  const known = (await history()).length
  const heard = async () => {
    const messages = await history()
    return messages.slice(0, messages.length - known).map(({ text }) => text)
  }
  return { ...world, owner, userId, heard }
}

const withEmail = async ({ rules }: World) =>
  setLoginEmailOf(rules, (await listAccounts(rules, DIGITS))[0]?.id ?? 0n, EMAIL)

async function setPassword(world: World, owner: Caller, password: string | null, old?: string) {
  const info = await getPasswordInfo(world.rules, owner)
  const answer = old === undefined ? undefined : await giveTo(world, owner, old)
  const changed = password === null ? null : newPassword(info, password)
  await updatePassword(world.rules, owner, answer, { password: changed, email: undefined })
}
const withPassword = async (world: World, owner: Caller) => setPassword(world, owner, PASSWORD)
const recoveryEmail = async ({ rules }: World) =>
  setPasswordOf(rules, (await listAccounts(rules, DIGITS))[0]?.id ?? 0n, {
    password: PASSWORD,
    email: EMAIL,
  })

/** Requests a code for the number by e-mail, from somebody else. */
async function byStranger(world: World) {
  await setPhoneRule(world.rules, { digits: DIGITS, rule: 'channels', channels: ['email', 'sms'] })
  const stranger = await world.caller({ ip: STRANGER_IP })
  const { phoneCodeHash } = await world.sendCode(stranger, PHONE)
  return { stranger, held: { phoneNumber: PHONE, phoneCodeHash } }
}

async function withPasskey({ rules }: World, owner: Caller) {
  const passkey = createTestPasskey()
  return addPasskey(rules, owner, passkey.create(await beginPasskeyRegistration(rules, owner)))
}

interface Told {
  readonly event: string
  readonly before?: (world: World, owner: Caller) => Promise<unknown>
  readonly act: (scene: Scene) => Promise<unknown>
  readonly text: RegExp
}

const TOLD: readonly Told[] = [
  {
    event: 'a stranger asks for the login e-mail to be removed',
    before: withEmail,
    async act(scene) {
      const { stranger, held } = await byStranger(scene)
      await takeOffLoginEmail(scene.rules, stranger, held)
      await assert.rejects(takeOffLoginEmail(scene.rules, stranger, held), {
        message: 'TASK_ALREADY_EXISTS',
      })
    },
    text: /^Somebody asked to remove the login e-mail a\*\*\*a@e\*\*\*\.org .* in 7 days.* 192\.0\.2\.7/s,
  },
  {
    event: 'the login e-mail is changed',
    before: withEmail,
    async act({ rules, owner, inbox }) {
      const change: EmailPurpose = { kind: 'change' }
      await requestEmailCode(rules, owner, change, 'eve@example.org')
      const [entry] = await inbox.list(PHONE)
      await verifyEmailAddress(rules, owner, change, { code: entry?.code ?? '' })
    },
    text: /^Login codes of your account go to e\*\*\*e@e\*\*\*\.org now/,
  },
  {
    event: 'a password is set',
    act: (scene) => setPassword(scene, scene.owner, PASSWORD),
    text: /^Two-step verification is on/,
  },
  {
    event: 'the password is changed',
    before: withPassword,
    act: (scene) => setPassword(scene, scene.owner, 'another', PASSWORD),
    text: /^The password of your account was changed/,
  },
  {
    event: 'the password is removed',
    before: withPassword,
    act: (scene) => setPassword(scene, scene.owner, null, PASSWORD),
    text: /^Two-step verification is off/,
  },
  {
    event: 'somebody with the login code asks for a recovery mail',
    before: recoveryEmail,
    async act(scene) {
      const pending = await pendingCaller(scene, PHONE)
      await sendRecoveryCode(scene.rules, pending)
      await sendRecoveryCode(scene.rules, pending)
    },
    text: /^Somebody asked for a code to recover the password of your account, at a\*\*\*a@/,
  },
  {
    event: 'the password is recovered',
    before: recoveryEmail,
    async act({ rules, owner, inbox }) {
      await sendRecoveryCode(rules, owner)
      const [entry] = await inbox.list(PHONE)
      await replaceLostPassword(rules, owner, entry?.code ?? '', null)
    },
    text: /^The password of your account was replaced by a code/,
  },
  {
    event: 'the password is reset after its week',
    before: withPassword,
    async act({ rules, owner, clock }) {
      await askForPasswordReset(rules, owner)
      clock.advance(8 * 86_400_000)
      await askForPasswordReset(rules, owner)
    },
    text: /^The password of your account was removed, as was asked for/,
  },
  {
    event: 'a recovery e-mail is confirmed',
    before: withPassword,
    async act(scene) {
      const { rules, owner, inbox } = scene
      const answer = await giveTo(scene, owner, PASSWORD)
      const update = { password: undefined, email: EMAIL }
      await assert.rejects(updatePassword(rules, owner, answer, update), { message: 'EMAIL_UNCONFIRMED_6' })
      const [entry] = await inbox.list(PHONE)
      await confirmRecoveryEmail(rules, owner, entry?.code ?? '')
    },
    text: /^The recovery e-mail of your account was changed/,
  },
  {
    event: 'a passkey is added',
    act: (scene) => withPasskey(scene, scene.owner),
    text: /^A passkey was added to your account/,
  },
  {
    event: 'a passkey is deleted',
    before: withPasskey,
    async act({ rules, owner }) {
      const [passkey] = await passkeysOf(rules, owner)
      await takePasskeyAway(rules, owner, passkey?.id ?? '')
    },
    text: /^A passkey of your account was deleted/,
  },
]

const OF_MESSAGES = /^\s*(INSERT INTO|UPDATE|DELETE FROM) (boxes|bodies|messages|box_log)\b/
const WRITE = /^\s*(INSERT|UPDATE|DELETE)\b/

/** The same decision; `onWrite` is told of each statement that writes. */
function* watched<T>(decision: Decision<T>, onWrite: (text: string) => void): Decision<T> {
  let next = decision.next()
  while (!next.done) {
    if ('statement' in next.value && WRITE.test(next.value.statement.text)) onWrite(next.value.statement.text)
    next = decision.next(yield next.value)
  }
  return next.value
}

/** Asserts of each decision of a scene that writes a message that it writes something else, too. */
function withWatchedStore(scene: Scene): Scene {
  const { store } = scene
  const decide = async <T>(run: () => Decision<T>): Promise<T> => {
    let writes: string[] = []
    const outcome = await store.decide(() => {
      writes = []
      return watched(run(), (text) => writes.push(text))
    })
    if (writes.some((text) => OF_MESSAGES.test(text)))
      assert.ok(!writes.every((text) => OF_MESSAGES.test(text)), 'a notice was written on its own')
    return outcome
  }
  return { ...scene, rules: { ...scene.rules, store: { ...store, decide } } }
}

for (const { event, before, act, text } of TOLD) {
  test(`the owner is told once, with the change, in the service chat and all sessions: ${event}`, async () => {
    const scene = await createScene(before)
    const events = scene.hearEvents()
    await act(withWatchedStore(scene))
    const told = (await scene.heard()).filter((each) => text.test(each))
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /If it was not you: /)
    const pushed = events.filter(({ event }) => event.kind === 'newMessage' && text.test(event.message.text))
    assert.deepEqual(
      pushed.map(({ boxId, event }) => [boxId, event.causedBy]),
      [[scene.userId, undefined]],
    )
  })
}

test('a repeated request reports its change once', async () => {
  const { rules, owner, heard } = await createScene(withPasskey)
  const digest = new Uint8Array(32).fill(1)
  const again = { ...owner, digest: () => digest }
  const [passkey] = await passkeysOf(rules, owner)
  for (let times = 0; times < 2; times++) {
    assert.equal(await takePasskeyAway(rules, again, passkey?.id ?? ''), true)
  }
  assert.equal((await heard()).length, 1)
})

test('a login e-mail that is removed at once is reported as well', async () => {
  const world = await createWorld({
    settings: {
      loginEmail: {
        required: false,
        codeLength: 6,
        codeLifetimeS: 600,
        resetAfterS: 0,
        domains: undefined,
        testTokens: false,
      },
    },
  })
  const first = await world.caller()
  await world.signIn(first, PHONE)
  await withEmail(world)
  const { stranger, held } = await byStranger(world)
  await takeOffLoginEmail(world.rules, stranger, held)
  const owner = await world.again(first)
  const { messages } = await historyOf(world.rules, owner, { ...WHOLE, peerId: 777000n })
  assert.match(messages[0]?.text ?? '', /^The login e-mail a\*\*\*a@e\*\*\*\.org was removed/)
})
