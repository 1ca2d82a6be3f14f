// Long form: each row against all that come after it, where the short one takes the next three.
/** The order in which auth.sendCode checks its causes, as far as the rules decide: the earlier row wins. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { effort } from '../../../../../test/effort.ts'
import type { Courier } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import { changeApp } from '../accounts/decide-apps.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { logOutKey } from '../logins/log-out.ts'
import { sendLoginCode } from '../logins/send-code.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { signUpWithCode } from '../logins/sign-up.ts'
import type { SendCode } from '../logins/words.ts'
import { createWorld, type World } from '../test-world.ts'
import type { CodeHash } from './words.ts'

const PHONE = '9996621234'
const DAY_S = 86_400
/** The daily limits of a number and of an address. */
const MAX_SENDS = 4

interface Scene {
  readonly world: World
  /** A caller that has been sent a code, and the code's hash. */
  readonly guesser: Caller
  readonly sent: CodeHash
  /** The final caller and its request. */
  caller: Caller
  request: SendCode
  /** True if the courier refuses permanently. */
  refuses: boolean
}

interface Row {
  readonly row: number
  readonly outcome: string
  cause(scene: Scene): unknown
}

const ROWS: readonly Row[] = [
  {
    row: 4,
    outcome: '400 API_ID_INVALID',
    cause(scene) {
      scene.request = { ...scene.request, apiHash: 'wrong' }
    },
  },
  {
    row: 5,
    outcome: '400 API_ID_PUBLISHED_FLOOD',
    cause: ({ world: { rules, app } }) => rules.store.decide(() => changeApp(app.apiId, { published: true })),
  },
  {
    row: 6,
    outcome: '406 UPDATE_APP_TO_LOGIN',
    cause: ({ world: { rules, app } }) => rules.store.decide(() => changeApp(app.apiId, { minLayer: 300 })),
  },
  {
    row: 7,
    outcome: '406 PHONE_NUMBER_INVALID',
    cause(scene) {
      scene.request = { ...scene.request, phoneNumber: '+1' }
    },
  },
  {
    row: 8,
    outcome: '303 PHONE_MIGRATE_2',
    async cause(scene) {
      scene.caller = await scene.world.caller({ ip: scene.caller.ip, dcId: 3 })
    },
  },
  {
    row: 9,
    outcome: '400 PHONE_NUMBER_BANNED',
    cause: ({ world }) => setPhoneRule(world.rules, { digits: PHONE, rule: 'ban' }),
  },
  {
    row: 10,
    outcome: '400 PHONE_PASSWORD_PROTECTED',
    cause: ({ world }) => setPhoneRule(world.rules, { digits: PHONE.slice(0, -1), rule: 'protect' }),
  },
  {
    row: 11,
    outcome: '400 PHONE_NUMBER_APP_SIGNUP_FORBIDDEN',
    cause: ({ world: { rules, app } }) =>
      rules.store.decide(() => changeApp(app.apiId, { signupForbidden: true })),
  },
  {
    row: 12,
    outcome: '406 PHONE_PASSWORD_FLOOD',
    async cause({ world, guesser, sent }) {
      for (let guesses = 0; guesses < 10; guesses++) {
        const guess = signInWithCode(world.rules, guesser, { ...sent, phoneCode: '00000' })
        await assert.rejects(guess, { message: 'PHONE_CODE_INVALID' })
      }
    },
  },
  {
    row: 13,
    outcome: '400 PHONE_NUMBER_FLOOD',
    async cause({ world }) {
      const callers = await Promise.all(
        Array.from({ length: MAX_SENDS }, (_, sends) => world.caller({ ip: `198.51.100.${sends}` })),
      )
      await Promise.allSettled(callers.map((caller) => world.sendCode(caller, PHONE)))
    },
  },
  {
    row: 14,
    outcome: `420 FLOOD_WAIT_${DAY_S}`,
    async cause({ world, caller: { ip } }) {
      for (let sends = 0; sends < MAX_SENDS; sends++) {
        await world.sendCode(await world.caller({ ip }), `999662000${sends}`)
      }
    },
  },
  {
    row: 15,
    outcome: 'authorized',
    async cause(scene) {
      const { world } = scene
      const anonymous = await world.caller({ ip: '198.51.100.9' })
      const { phoneCodeHash } = await world.sendCode(anonymous, PHONE)
      const held = { phoneNumber: PHONE, phoneCodeHash }
      await signInWithCode(world.rules, anonymous, { ...held, phoneCode: '22222' })
      await signUpWithCode(world.rules, anonymous, { ...held, firstName: 'Ada', lastName: '' })
      const token = await logOutKey(world.rules, await world.again(anonymous))
      scene.request = { ...scene.request, logoutTokens: token === undefined ? [] : [token] }
    },
  },
  {
    row: 17,
    outcome: '400 SMS_CODE_CREATE_FAILED',
    cause(scene) {
      scene.refuses = true
    },
  },
]

async function outcomeOf(causes: readonly Row[]): Promise<string> {
  let isRefusing = (): boolean => false
  const courier: Courier = {
    async send() {
      return isRefusing()
        ? { kind: 'rejected', reason: 'no such number', retryable: false }
        : { kind: 'accepted', reference: '' }
    },
  }
  const world = await createWorld({
    courier,
    settings: {
      dcs: 3,
      channels: ['sms'],
      maxAttempts: 10,
      sendLimits: [
        { scope: 'phone', max: MAX_SENDS, windowS: DAY_S, refusal: 'PHONE_NUMBER_FLOOD' },
        { scope: 'address', max: MAX_SENDS, windowS: DAY_S },
      ],
    },
  })
  const { apiId, apiHash } = world.app
  const guesser = await world.caller({ ip: '198.51.100.8' })
  const { phoneCodeHash } = await world.sendCode(guesser, PHONE)
  const scene: Scene = {
    world,
    guesser,
    sent: { phoneNumber: PHONE, phoneCodeHash },
    caller: await world.caller({ ip: '192.0.2.1' }),
    request: { phoneNumber: PHONE, apiId, apiHash, logoutTokens: [], allowed: {} },
    refuses: false,
  }
  for (const { cause } of causes) await cause(scene)
  isRefusing = () => scene.refuses
  try {
    return (await sendLoginCode(world.rules, scene.caller, scene.request)).kind
  } catch (error) {
    return error instanceof RpcError ? `${error.code} ${error.message}` : assert.fail(String(error))
  }
}

test('a code is sent if nothing prevents it', async () => {
  assert.equal(await outcomeOf([]), 'sent')
})

for (const [place, earlier] of ROWS.entries()) {
  test(`row ${earlier.row}, ${earlier.outcome}, takes precedence over later rows`, async () => {
    assert.equal(await outcomeOf([earlier]), earlier.outcome)
    for (const later of ROWS.slice(place + 1, place + 1 + effort(3, ROWS.length))) {
      // A token belongs to an account, and an existing account cannot sign up.
      if (earlier.row === 11 && later.row === 15) continue
      // The later cause first: it may need a sent code.
      assert.equal(await outcomeOf([later, earlier]), earlier.outcome, `with row ${later.row}`)
    }
  })
}
