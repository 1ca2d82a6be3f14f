import { ok } from 'node:assert'
import {
  createServerMachine,
  type ServerInput,
  type ServerKey,
  type ServerOutput,
  type SessionRef,
} from '@cablegram/mtproto'
import {
  longToBytes,
  makeAuthKey,
  PACKET_HEAD_BYTES,
  readLong,
  sealPacket,
} from '../../../packages/mtproto/src/crypto/index.ts'
import {
  decodeContainer,
  decryptMessage,
  encryptMessage,
  isContainer,
  pack,
} from '../../../packages/mtproto/src/envelope/index.ts'
import { type Framing, makeClientFraming } from '../../../packages/mtproto/src/framing/index.ts'
import type { Rng } from '../../simulation/rng.ts'
import { type Op, pick, poolRandom, readOps, substitute, type Target, writeOps } from '../target.ts'
import { bodyOf, containerOf, splitBodies } from './bodies.ts'
import { makeService, SERVICE_WORDS } from './service-messages.ts'

const START_MS = 1_750_000_000_000
const KEY = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 7 + 3) & 0xff))
const SERVER_KEY: ServerKey = {
  authKey: KEY,
  expiresAtS: undefined,
  firstSalt: 1n,
  createdAtS: START_MS / 1000 - 60,
}
const SESSION_ID = 77n
const MAX_REMEMBERED = 64
const MAX_OUTPUTS = 50_000

/** A server machine whose client says anything, well encrypted: service messages, containers, scripts of both. */
export const sessionServer: Target = {
  name: 'session-server',
  words: SERVICE_WORDS,
  make: (rng: Rng) =>
    writeOps(
      Array.from({ length: rng.between(1, 8) }, () => ({
        kind: pick(rng, [0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8, 9, 10]),
        payload: makeService(rng),
      })),
    ),
  run(input) {
    const play = new Play()
    for (const op of readOps(input)) play.do(op)
    play.end()
  },
}

class Play {
  readonly #random = poolRandom()
  readonly #machine = createServerMachine({
    random: this.#random,
    rsaKeys: [],
    saltSecret: new Uint8Array(32),
    limits: { maxUnpackedBytes: 1 << 16 },
  })
  #framing: Framing = this.#newFraming()
  /** These bytes may have begun another transport than the expected one. */
  #isRaw = false
  #connection = 0
  #nowMs = START_MS
  #lastMsgId = 0n
  #seqNo = 0
  #outputs = 0
  readonly #known: Uint8Array[] = [longToBytes(SESSION_ID), longToBytes(KEY.id), longToBytes(1n)]
  readonly #requests: { session: SessionRef; msgId: bigint }[] = []

  constructor() {
    this.#open()
  }

  do({ kind, payload: raw }: Op): void {
    const payload = substitute(raw, this.#known)
    switch (kind % 11) {
      case 0:
        this.#send(bodyOf(payload), true)
        break
      case 1:
        this.#send(bodyOf(payload), false)
        break
      case 2:
        this.#frame(sealed(payload))
        break
      case 3:
        this.#send(
          containerOf(
            splitBodies(payload),
            () => this.#nextMsgId(),
            () => this.#nextSeqNo(true),
          ),
          false,
        )
        break
      case 4:
        this.#send(
          pack(
            payload.length < 300
              ? bodyOf(new Uint8Array([...payload, ...new Uint8Array(300)]))
              : bodyOf(payload),
          ),
          true,
        )
        break
      case 5:
        this.#nowMs += (payload[0] ?? 0) * 10 ** ((payload[1] ?? 0) % 5)
        this.#step({ kind: 'wake' })
        break
      case 6:
        this.#step({ kind: 'closed', connection: this.#connection })
        this.#open()
        break
      case 7:
        this.#answer(payload)
        break
      case 8:
        this.#frame(payload)
        break
      case 9:
        this.#step({
          kind: 'push',
          session: { authKeyId: KEY.id, sessionId: SESSION_ID },
          body: bodyOf(payload),
        })
        break
      default:
        this.#isRaw = true
        this.#step({ kind: 'bytes', connection: this.#connection, chunk: payload })
    }
  }

  /** All clients leave and more than an hour passes: nothing may still wait. */
  end(): void {
    this.#step({ kind: 'closed', connection: this.#connection })
    this.#nowMs += 4_000_000
    for (let i = 0; i < 8 && this.#machine.wakeAtMs !== undefined; i++) this.#step({ kind: 'wake' })
    ok(this.#machine.wakeAtMs === undefined, 'something is left after every client has gone')
  }

  #newFraming(): Framing {
    return makeClientFraming('intermediate', { random: this.#random })
  }

  #open(): void {
    this.#connection += 1
    this.#isRaw = false
    this.#framing = this.#newFraming()
    this.#step({ kind: 'opened', connection: this.#connection })
  }

  #send(body: Uint8Array, isContent: boolean): void {
    const message = {
      salt: 1n,
      sessionId: SESSION_ID,
      msgId: this.#nextMsgId(),
      seqNo: this.#nextSeqNo(isContent),
      body,
    }
    this.#frame(encryptMessage(KEY, 'client', message, this.#random))
  }

  #frame(packet: Uint8Array): void {
    this.#step({
      kind: 'bytes',
      connection: this.#connection,
      chunk: this.#framing.encodeFrame(packet, (packet[20] ?? 0) > 200),
    })
  }

  #answer(body: Uint8Array): void {
    const request = this.#requests.pop()
    if (request) this.#step({ kind: 'answer', ...request, body: bodyOf(body) })
  }

  #nextMsgId(): bigint {
    const fromClock = (BigInt(Math.floor(this.#nowMs / 1000)) << 32n) & ~3n
    this.#lastMsgId = this.#lastMsgId >= fromClock ? this.#lastMsgId + 4n : fromClock
    this.#remember(this.#lastMsgId)
    return this.#lastMsgId
  }

  #nextSeqNo(isContent: boolean): number {
    const seqNo = this.#seqNo * 2 + (isContent ? 1 : 0)
    if (isContent) this.#seqNo += 1
    return seqNo
  }

  #remember(id: bigint): void {
    this.#known.push(longToBytes(id))
    if (this.#known.length > MAX_REMEMBERED) this.#known.splice(3, 1)
  }

  #step(input: ServerInput): void {
    const outputs = this.#machine.step(input, this.#nowMs)
    this.#outputs += outputs.length
    ok(this.#outputs < MAX_OUTPUTS, 'too much comes out of one input')
    for (const output of outputs) this.#on(output)
  }

  #on(output: ServerOutput): void {
    if (output.kind === 'send' && output.connection === this.#connection) this.#onSent(output.chunk)
    else if (output.kind === 'needKey')
      this.#step({
        kind: 'key',
        authKeyId: output.authKeyId,
        key: output.authKeyId === KEY.id ? SERVER_KEY : undefined,
      })
    else if (output.kind === 'destroyKey') {
      const outcome = (['ok', 'none', 'fail'] as const)[this.#outputs % 3] ?? 'ok'
      this.#step({ kind: 'keyDestroyed', session: output.session, outcome })
    } else if (output.kind === 'request')
      this.#requests.push({ session: output.session, msgId: output.msgId })
    else if (output.kind === 'close' && output.connection === this.#connection) this.#open()
  }

  /** Everything a server sends is authentic and readable by its client. */
  #onSent(chunk: Uint8Array): void {
    for (const frame of this.#isRaw ? [] : this.#framing.push(chunk)) {
      ok(frame.kind !== 'failed', 'the server sent no frame')
      if (frame.kind !== 'payload' || readLong(frame.payload) === 0n) continue
      const decrypted = decryptMessage(KEY, 'client', frame.payload)
      ok(decrypted.ok, 'the server sent a packet that is not authentic')
      const { message } = decrypted
      const messages = isContainer(message.body) ? decodeContainer(message) : [message]
      ok(messages, 'the server sent an invalid container')
      for (const { msgId } of messages) this.#remember(msgId)
    }
  }
}

/** A packet of any plaintext, with zeros up to the end of a block. */
function sealed(plaintext: Uint8Array): Uint8Array {
  const packet = new Uint8Array(PACKET_HEAD_BYTES + Math.max(16, (plaintext.length + 15) & ~15))
  packet.set(plaintext, PACKET_HEAD_BYTES)
  sealPacket(KEY, 0, packet)
  return packet
}
