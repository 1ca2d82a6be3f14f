import { readFileSync } from 'node:fs'
import { createServerMachine, type ServerInput } from '@cablegram/mtproto'
import {
  concatBytes,
  deriveTmpAes,
  encryptIge,
  encryptRsaPad,
  parseRsaPublicKey,
  sha1,
} from '../../../packages/mtproto/src/crypto/index.ts'
import { decodePlain, encodePlain } from '../../../packages/mtproto/src/envelope/index.ts'
import { makeClientFraming } from '../../../packages/mtproto/src/framing/index.ts'
import { importRsaPrivateKey } from '../../../packages/mtproto/src/private-keys.ts'
import { decodeService, encodeService } from '../../../packages/mtproto/src/service.ts'
import { encryptRsaOld } from '../../../packages/mtproto/src/testing/index.ts'
import type { Rng } from '../../simulation/rng.ts'
import { Bytes, type Op, pick, poolRandom, readOps, substitute, type Target, writeOps } from '../target.ts'
import { bodyOf } from './bodies.ts'
import { SERVICE_WORDS } from './service-messages.ts'

const vectors = JSON.parse(readFileSync(new URL('../../vectors/auth-key.json', import.meta.url), 'utf8'))
const PRIVATE_KEY = importRsaPrivateKey(vectors.rsa_key.private_pem_pkcs1)
/** The key of the exchanges under test. */
export const PUBLIC_KEY: ReturnType<typeof parseRsaPublicKey> = parseRsaPublicKey(
  vectors.rsa_key.public_pem_pkcs1,
)
const [transcript] = vectors.transcripts
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
/** A pq and its factors. */
export const PQ: { pq: Uint8Array; p: Uint8Array; q: Uint8Array } = {
  pq: bytesOf(transcript.pq),
  p: bytesOf(transcript.p),
  q: bytesOf(transcript.q),
}
const NEW_NONCE = new Uint8Array(32).fill(9)
const NONCE = new Uint8Array(16).fill(5)
const G_B = new Uint8Array(256).fill(0x5a)
const START_MS = 1_750_000_000_000

/** A server's key exchanges: any message at any time, and right ones changed inside the encryption. */
export const exchangeServer: Target = {
  name: 'exchange-server',
  words: SERVICE_WORDS,
  make(rng: Rng) {
    const patch = () => (rng.chance(0.6) ? new Uint8Array(0) : rng.bytes(3 * rng.between(1, 3)))
    const ops: Op[] = [{ kind: 1, payload: patch() }]
    if (rng.chance(0.5)) ops.push({ kind: 0, payload: encodeService({ _: 'req_pq', nonce: NONCE }) })
    if (rng.chance(0.5)) ops.push({ kind: pick(rng, [2, 2, 3]), payload: patch() })
    if (rng.chance(0.7)) ops.push({ kind: 4, payload: patch() })
    ops.push({ kind: rng.between(0, 7), payload: patch() })
    return writeOps(ops)
  },
  run(input) {
    const play = new Play()
    for (const op of readOps(input).slice(0, 8)) play.do(op)
  },
}

class Play {
  readonly #random = poolRandom()
  readonly #machine = createServerMachine({
    random: this.#random,
    rsaKeys: [PRIVATE_KEY],
    saltSecret: new Uint8Array(32),
    makePq: () => PQ,
    limits: { maxDhRetries: 1 },
  })
  readonly #framing = makeClientFraming('abridged', { random: this.#random })
  #nowMs = START_MS
  #serverNonce: Uint8Array = new Uint8Array(16)
  #exchange = 1

  constructor() {
    this.#step({ kind: 'opened', connection: 1 })
  }

  do({ kind, payload }: Op): void {
    const nonces = { nonce: NONCE, serverNonce: this.#serverNonce }
    switch (kind % 8) {
      case 0:
        this.#say(substitute(payload, [NONCE, this.#serverNonce]))
        break
      case 1:
        this.#say(patched(encodeService({ _: 'req_pq_multi', nonce: NONCE }), payload))
        break
      case 2:
      case 3: {
        const inner = patched(
          encodeService({
            _: 'p_q_inner_data_temp_dc',
            ...PQ,
            ...nonces,
            newNonce: NEW_NONCE,
            dc: 2,
            expiresIn: 3600,
          }),
          payload,
        )
        const encrypt = kind % 8 === 2 ? encryptRsaPad : encryptRsaOld
        this.#dhParams(encrypt(PUBLIC_KEY, inner, this.#random))
        break
      }
      case 4: {
        const data = patched(
          encodeService({ _: 'client_DH_inner_data', ...nonces, retryId: 0n, gB: G_B }),
          payload,
        )
        const { key, iv } = deriveTmpAes(NEW_NONCE, this.#serverNonce)
        const plaintext = concatBytes(sha1(data), data, new Uint8Array(-(20 + data.length) & 15))
        this.#say(
          encodeService({
            _: 'set_client_DH_params',
            ...nonces,
            encryptedData: encryptIge(key, iv, plaintext),
          }),
        )
        break
      }
      case 5:
        this.#step({ kind: 'keyKept', exchange: this.#exchange, kept: (payload[0] ?? 0) % 2 === 0 })
        break
      case 6:
        this.#nowMs += (payload[0] ?? 0) * 10_000
        break
      default:
        this.#dhParams(payload)
    }
  }

  #dhParams(encryptedData: Uint8Array): void {
    const { p, q } = PQ
    this.#say(
      encodeService({
        _: 'req_DH_params',
        nonce: NONCE,
        serverNonce: this.#serverNonce,
        p,
        q,
        publicKeyFingerprint: PUBLIC_KEY.fingerprint,
        encryptedData,
      }),
    )
  }

  #say(body: Uint8Array): void {
    const chunk = this.#framing.encodeFrame(encodePlain(4n, bodyOf(body)))
    this.#step({ kind: 'bytes', connection: 1, chunk })
  }

  #step(input: ServerInput): void {
    for (const output of this.#machine.step(input, this.#nowMs)) {
      if (output.kind === 'keyMade') this.#exchange = output.exchange
      else if (output.kind === 'send') this.#onSent(output.chunk)
    }
  }

  #onSent(chunk: Uint8Array): void {
    for (const frame of this.#framing.push(chunk)) {
      if (frame.kind !== 'payload') continue
      const answer = decodeService(decodePlain(frame.payload, 4096).body)
      if (answer._ === 'resPQ') this.#serverNonce = answer.serverNonce
    }
  }
}

/** `bytes` with changes: each patch is a position (two bytes) and a value. */
export function patched(bytes: Uint8Array, patches: Uint8Array): Uint8Array {
  const patch = new Bytes(patches)
  const changed = bytes.slice()
  while (patch.left >= 3) changed[patch.short() % changed.length] = patch.byte()
  return changed
}
