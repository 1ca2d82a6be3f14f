import { ok } from 'node:assert'
import { type ClientInput, type ClientOutput, createClientMachine } from '@cablegram/mtproto'
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
import { type Framing, makeServerFraming } from '../../../packages/mtproto/src/framing/index.ts'
import type { Rng } from '../../simulation/rng.ts'
import {
  join,
  mark,
  type Op,
  pick,
  poolRandom,
  readOps,
  substitute,
  type Target,
  word,
  writeOps,
} from '../target.ts'
import { bodyOf, containerOf, splitBodies } from './bodies.ts'
import { makeService, SERVICE_WORDS } from './service-messages.ts'

const START_MS = 1_750_000_000_000
const KEY = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 7 + 3) & 0xff))
const RPC_RESULT_ID = 0xf35c6d01
const MAX_REMEMBERED = 64
const MAX_OUTPUTS = 20_000
const CALL = word(0x1fb33026)

/** A client machine whose server says anything, well encrypted. */
export const sessionClient: Target = {
  name: 'session-client',
  words: [...SERVICE_WORDS, word(0xe317af7e)],
  make: (rng: Rng) =>
    writeOps(
      Array.from({ length: rng.between(1, 8) }, () => {
        const kind = pick(rng, [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        const isResult = rng.chance(0.3)
        return {
          kind,
          payload: isResult
            ? join(word(RPC_RESULT_ID), mark(rng.between(1, 9)), makeService(rng))
            : makeService(rng),
        }
      }),
    ),
  run(input) {
    const play = new Play()
    for (const op of readOps(input)) play.do(op)
  },
}

class Play {
  readonly #random = poolRandom()
  readonly #machine = createClientMachine({
    random: this.#random,
    serverKeys: [],
    dcId: 2,
    initPrefix: word(0xda9b0d0d),
    quickAcks: true,
    keys: {
      authKey: KEY,
      timeOffsetMs: 0,
      salts: [{ salt: 1n, validSinceS: 0, validUntilS: 2_000_000_000 }],
    },
    limits: { maxUnpackedBytes: 1 << 16 },
  })
  #framing: Framing = makeServerFraming({ random: this.#random })
  #isOpen = false
  #nowMs = START_MS
  #lastMsgId = 0n
  #sessionId = 0n
  #seqNo = 0
  #callId = 0
  #outputs = 0
  readonly #answered = new Set<number>()
  readonly #known: Uint8Array[] = [longToBytes(KEY.id)]

  constructor() {
    this.#open()
    this.#call(CALL)
    this.#call(CALL)
  }

  do({ kind, payload: raw }: Op): void {
    const payload = substitute(raw, this.#known)
    switch (kind % 12) {
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
          join(
            word(RPC_RESULT_ID),
            this.#known.at(-1) ?? CALL,
            pack(bodyOf(new Uint8Array([...payload, ...new Uint8Array(300)]))),
          ),
          true,
        )
        break
      case 5:
        this.#nowMs += (payload[0] ?? 0) * 10 ** ((payload[1] ?? 0) % 5)
        this.#step({ kind: 'wake' })
        break
      case 6:
        this.#step({ kind: 'closed' })
        this.#open()
        break
      case 7:
        this.#call(bodyOf(payload))
        break
      case 8:
        this.#frame(payload)
        break
      case 9:
        this.#step({ kind: 'cancel', callId: payload[0] ?? 1 })
        break
      case 10:
        this.#send(join(word(RPC_RESULT_ID), this.#known.at(-1) ?? CALL, bodyOf(payload)), true)
        break
      default:
        this.#step({ kind: 'bytes', chunk: payload })
    }
  }

  #open(): void {
    this.#framing = makeServerFraming({ random: this.#random })
    this.#isOpen = true
    this.#step({ kind: 'opened' })
  }

  #call(body: Uint8Array): void {
    this.#callId += 1
    this.#step({ kind: 'call', callId: this.#callId, body })
  }

  #send(body: Uint8Array, isContent: boolean): void {
    const message = {
      salt: 1n,
      sessionId: this.#sessionId,
      msgId: this.#nextMsgId(),
      seqNo: this.#nextSeqNo(isContent),
      body,
    }
    this.#frame(encryptMessage(KEY, 'server', message, this.#random))
  }

  #frame(packet: Uint8Array): void {
    this.#step({ kind: 'bytes', chunk: this.#framing.encodeFrame(packet) })
  }

  #nextMsgId(): bigint {
    const fromClock = (BigInt(Math.floor(this.#nowMs / 1000)) << 32n) + 1n
    this.#lastMsgId = this.#lastMsgId >= fromClock ? this.#lastMsgId + 4n : fromClock
    return this.#lastMsgId
  }

  #nextSeqNo(isContent: boolean): number {
    const seqNo = this.#seqNo * 2 + (isContent ? 1 : 0)
    if (isContent) this.#seqNo += 1
    return seqNo
  }

  #step(input: ClientInput): void {
    const outputs = this.#machine.step(input, this.#nowMs)
    this.#outputs += outputs.length
    ok(this.#outputs < MAX_OUTPUTS, 'too much comes out of one input')
    for (const output of outputs) this.#on(output)
  }

  #on(output: ClientOutput): void {
    switch (output.kind) {
      case 'send':
        if (this.#isOpen) this.#onSent(output.chunk)
        break
      case 'failed':
        // INTERNAL is a fault of ours that the machine has caught.
        if (output.error.code === 'INTERNAL') throw output.error.cause
        break
      case 'result':
      case 'refused':
        ok(!this.#answered.has(output.callId), 'a call was answered twice')
        this.#answered.add(output.callId)
        break
      case 'reconnect':
        this.#isOpen = false
        this.#step({ kind: 'closed' })
        this.#nowMs += 1000
        this.#open()
        break
    }
  }

  /** Everything a client sends is authentic and readable by its server. */
  #onSent(chunk: Uint8Array): void {
    for (const frame of this.#framing.push(chunk)) {
      ok(frame.kind !== 'failed', 'the client sent no frame')
      if (frame.kind !== 'payload' || readLong(frame.payload) === 0n) continue
      const decrypted = decryptMessage(KEY, 'server', frame.payload)
      ok(decrypted.ok, 'the client sent a packet that is not authentic')
      const { message } = decrypted
      this.#sessionId = message.sessionId
      const messages = isContainer(message.body) ? decodeContainer(message) : [message]
      ok(messages, 'the client sent an invalid container')
      for (const { msgId } of messages) this.#known.push(longToBytes(msgId))
      while (this.#known.length > MAX_REMEMBERED) this.#known.splice(1, 1)
    }
  }
}

/** A packet of any plaintext, with zeros up to the end of a block. */
function sealed(plaintext: Uint8Array): Uint8Array {
  const packet = new Uint8Array(PACKET_HEAD_BYTES + Math.max(16, (plaintext.length + 15) & ~15))
  packet.set(plaintext, PACKET_HEAD_BYTES)
  sealPacket(KEY, 8, packet)
  return packet
}
