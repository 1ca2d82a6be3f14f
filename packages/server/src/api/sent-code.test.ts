// Long form: three times the runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { LAYERS, loadLayer, servedLayer } from '@cablegram/tl/layers'
import fc from 'fast-check'
import { effort } from '../../../../test/effort.ts'
import { CHANNELS } from '../courier/index.ts'
import type { SentCode } from '../courier/port.ts'
import { openStore } from '../database/index.ts'
import type { Caller } from '../ground/caller.ts'
import { createSettings } from '../ground/settings.ts'
import { setLoginEmail } from '../rules/accounts/decide-login-emails.ts'
import { removePhoneRule } from '../rules/accounts/decide-phone-bans.ts'
import { createUser } from '../rules/accounts/decide-users.ts'
import { setPhoneRule } from '../rules/accounts/phone-bans.ts'
import { makeCodes } from '../rules/codes/codes.ts'
import { resendLoginCode } from '../rules/codes/resend-code.ts'
import { describeCode } from '../rules/codes/sent-code.ts'
import { requestEmailReset } from '../rules/emails/decide-email-resets.ts'
import type { AllowedChannels } from '../rules/logins/words.ts'
import { createWorld, seededRandom, type World } from '../rules/test-world.ts'
import { channelsOf, sentCode } from './sent-code.ts'

const PHONE = '+9996621234'
const settings = createSettings()
const ref = { phoneCodeHash: 'a', phone: '14155552671', authKeyId: 1n, dcId: 2, apiId: 1 }
const store = openStore({ random: seededRandom('sent codes') })
await store.decide(function* () {
  const ada = { accessHash: 7n, phone: ref.phone, firstName: 'Ada', lastName: '', createdAtS: 1 }
  const user = yield* createUser(ada)
  yield* setLoginEmail(user?.id ?? 0n, 'ada@example.org')
  yield* requestEmailReset(ref.phone, 5000, 0)
})
const on = { store, clock: { nowMs: () => 0 }, settings }
const sent = { step: 0, resends: 0, email: 'ada@example.org', sentAtMs: 0, expiresAtMs: 1 }

const RULE = fc
  .tuple(
    fc.boolean(),
    fc.constantFrom(...CHANNELS.filter((channel) => channel !== 'payment')),
    fc.shuffledSubarray(['sms', 'call', 'flashCall', 'missedCall', 'fragment'] as const),
  )
  .map(([isPaid, first, rest]) => {
    const ways = [first, ...rest.filter((channel) => channel !== first)]
    return isPaid ? (['payment', ...ways] as const) : ways
  })

test("the client's layer can carry every answer, whatever the rule", async () => {
  const world = await createWorld({ settings: { sendLimits: [] } })
  await world.signIn(await world.caller(), PHONE)
  await fc.assert(
    fc.asyncProperty(
      fc.option(RULE, { nil: undefined }),
      fc.integer({ min: 131, max: 228 }),
      fc.record({ flashCall: fc.boolean(), missedCall: fc.boolean() }),
      async (channels, layer, allowed) => {
        await world.rules.store.decide(() => removePhoneRule('999'))
        if (channels) {
          const rule = await setPhoneRule(world.rules, { digits: '999', rule: 'channels', channels })
          assert.notEqual(rule, 'channels')
        }
        const { encodeResult } = await loadLayer(servedLayer(layer) ?? 0)
        const caller = await world.caller({ layer, channels: channelsOf(layer) })
        const answers = await walk(world, caller, allowed)
        for (const answer of answers) assert.ok(encodeResult('auth.sendCode', sentCode(answer, 0)).length > 0)
      },
    ),
    { numRuns: effort(100, 300) },
  )
})

/** The answers a client gets until it is refused. */
async function walk({ rules, sendCode }: World, caller: Caller, allowed: AllowedChannels) {
  const answers: SentCode[] = []
  try {
    const sent = await sendCode(caller, PHONE, { allowed })
    const held = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
    for (answers.push(sent); answers.length < 9; ) answers.push(await resendLoginCode(rules, caller, held))
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    assert.match(
      error.type,
      /^(SEND_CODE_UNAVAILABLE|UPDATE_APP_TO_LOGIN|EMAIL_INSTALL_MISSING|PHONE_CODE_EMPTY)$/,
    )
  }
  return answers
}

test('a client of any layer is told exactly the channels its layer has', async () => {
  for (const layer of [...LAYERS, 1000]) {
    const { encodeResult } = await loadLayer(Math.min(layer, 228))
    const channels = channelsOf(layer)
    for (const first of CHANNELS) {
      for (const next of ['sms', 'call', 'flashCall', 'missedCall', 'fragment'] as const) {
        const chain = [first, next] as const
        const codes = makeCodes(ref.phone, chain, settings, seededRandom('layers'))
        const told = await describeCode(on, { ...ref, ...sent, chain, codes }, { channels })
        const answer = sentCode(told, 0)
        const encode = () => encodeResult('auth.sendCode', answer)
        if (channels.has(first)) assert.ok(encode().length > 0, `${first} in layer ${layer}`)
        else assert.throws(encode, { name: 'UsageError' }, `${first} in layer ${layer}`)
      }
    }
  }
})
