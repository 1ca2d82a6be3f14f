import { DH_PRIME } from '../../../packages/mtproto/src/crypto/dh.ts'
import {
  concatBytes,
  deriveNewNonceHash,
  deriveTmpAes,
  encryptIge,
  encryptRsaPad,
  sha1,
} from '../../../packages/mtproto/src/crypto/index.ts'
import {
  type ClientExchange,
  type ClientExchangeSetup,
  type ClientStep,
  onExchangeMessage,
  startExchange,
} from '../../../packages/mtproto/src/exchange/index.ts'
import { decodeService, encodeService, type ServiceMessage } from '../../../packages/mtproto/src/service.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, type Op, pick, poolRandom, readOps, substitute, type Target, writeOps } from '../target.ts'
import { PQ, PUBLIC_KEY, patched } from './exchange-server.ts'
import { SERVICE_WORDS } from './service-messages.ts'

const SERVER_NONCE = new Uint8Array(16).fill(3)
const G_A = new Uint8Array(256).fill(0x6b)

/** A client's key exchange with a server that names any numbers. */
export const exchangeClient: Target = {
  name: 'exchange-client',
  words: SERVICE_WORDS,
  make(rng: Rng) {
    const patch = () => (rng.chance(0.6) ? new Uint8Array(0) : rng.bytes(3 * rng.between(1, 3)))
    const pq = rng.chance(0.5) ? new Uint8Array(0) : rng.bytes(rng.between(1, 9))
    const ops: Op[] = [{ kind: 1, payload: pq }]
    if (rng.chance(0.6)) ops.push({ kind: 2, payload: patch() })
    ops.push({
      kind: pick(rng, [0, 1, 3, 4, 5]),
      payload: rng.chance(0.3)
        ? encodeService({
            _: 'server_DH_params_fail',
            nonce: SERVER_NONCE,
            serverNonce: SERVER_NONCE,
            newNonceHash: SERVER_NONCE,
          })
        : patch(),
    })
    return writeOps(ops)
  },
  run(input) {
    const random = poolRandom()
    let newNonce = new Uint8Array(32)
    const setup: ClientExchangeSetup = {
      random: (length) => {
        const bytes = random(length)
        if (length === 32) newNonce = bytes.slice()
        return bytes
      },
      serverKeys: [PUBLIC_KEY],
      dcId: 2,
      expiresInS: undefined,
      encryptInnerData: (key, data, padding) => {
        // RSA_PAD also draws 32 bytes.
        const kept = newNonce
        const encrypted = encryptRsaPad(key, data, padding)
        newNonce = kept
        return encrypted
      },
    }
    const started = startExchange(setup)
    const first = decodeService(started.send)
    const nonce = first._ === 'req_pq_multi' ? first.nonce : SERVER_NONCE
    let state: ClientExchange | undefined = started.state
    for (const op of readOps(input).slice(0, 6)) {
      const before: ClientExchange | undefined = state
      if (!before) return
      const message: ServiceMessage | undefined = attempt(() =>
        decodeService(bodyFor(op, nonce, newNonce, before)),
      )
      const step: ClientStep | undefined = message && attempt(() => onExchangeMessage(before, message, setup))
      state = step && 'state' in step ? step.state : undefined
    }
  },
}

function bodyFor(
  { kind, payload }: Op,
  nonce: Uint8Array,
  newNonce: Uint8Array,
  state: ClientExchange,
): Uint8Array {
  const nonces = { nonce, serverNonce: SERVER_NONCE }
  switch (kind % 6) {
    case 1: {
      const pq = payload.length > 0 ? payload : PQ.pq
      return encodeService({
        _: 'resPQ',
        ...nonces,
        pq,
        serverPublicKeyFingerprints: [PUBLIC_KEY.fingerprint],
      })
    }
    case 2: {
      const inner = {
        _: 'server_DH_inner_data',
        ...nonces,
        g: 3,
        dhPrime: DH_PRIME,
        gA: G_A,
        serverTime: 1_750_000_000,
      } as const
      const data = patched(encodeService(inner), payload)
      const { key, iv } = deriveTmpAes(newNonce, SERVER_NONCE)
      const plaintext = concatBytes(sha1(data), data, new Uint8Array(-(20 + data.length) & 15))
      return encodeService({
        _: 'server_DH_params_ok',
        ...nonces,
        encryptedAnswer: encryptIge(key, iv, plaintext),
      })
    }
    case 3:
    case 4: {
      const auxHash = 'key' in state ? sha1(state.key).subarray(0, 8) : new Uint8Array(8)
      const hash = (number: 1 | 2) => patched(deriveNewNonceHash(newNonce, number, auxHash), payload)
      return kind % 6 === 3
        ? encodeService({ _: 'dh_gen_ok', ...nonces, newNonceHash1: hash(1) })
        : encodeService({ _: 'dh_gen_retry', ...nonces, newNonceHash2: hash(2) })
    }
    default:
      return substitute(payload, [nonce, SERVER_NONCE])
  }
}
