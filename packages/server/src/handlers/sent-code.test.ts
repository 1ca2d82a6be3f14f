import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import { CHANNELS } from '../courier/index.ts'
import { makeCodes } from '../domain/codes.ts'
import { createSentCodes } from '../domain/sent-code.ts'
import { createSettings } from '../domain/settings.ts'
import { seededRandom } from '../domain/test-world.ts'
import { channelsOf, sentCode } from './sent-code.ts'

const settings = createSettings()
const ref = { phoneCodeHash: 'a', phone: '14155552671', authKeyId: 1n, dcId: 2, apiId: 1 }
const loginEmails = { find: async () => ({ email: 'ada@example.org', resetAtMs: 5000 }) }
const sentCodeOf = createSentCodes({ store: { loginEmails }, clock: { nowMs: () => 0 }, settings })
const sent = { step: 0, email: 'ada@example.org', sentAtMs: 0, expiresAtMs: 1 }

test('in every layer a client is told of just the ways that the layer has a name for', async () => {
  for (const layer of [...LAYERS, 1000]) {
    const { encodeResult } = await loadLayer(Math.min(layer, 228))
    const channels = channelsOf(layer)
    for (const first of CHANNELS) {
      for (const next of ['sms', 'call', 'flashCall', 'missedCall', 'fragment'] as const) {
        const chain = [first, next] as const
        const codes = makeCodes(ref.phone, chain, settings, seededRandom('layers'))
        const told = await sentCodeOf({ ...ref, ...sent, chain, codes }, { channels })
        const answer = sentCode(told, 0)
        const encode = () => encodeResult('auth.sendCode', answer)
        if (channels.has(first)) assert.ok(encode().length > 0, `${first} in layer ${layer}`)
        else assert.throws(encode, { name: 'UsageError' }, `${first} in layer ${layer}`)
      }
    }
  }
})
