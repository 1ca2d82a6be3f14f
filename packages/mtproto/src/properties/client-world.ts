/** A client machine with a key, and a server that says what a test wants. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { makeAuthKey, parseRsaPublicKey, readLong } from '../crypto/index.ts'
import {
  decodeContainer,
  decryptMessage,
  encodeRpcResult,
  encryptMessage,
  type InnerMessage,
  isContainer,
} from '../envelope/index.ts'
import { encodeTransportError, type Framing, makeServerFraming } from '../framing/index.ts'
import { type ClientInput, type ClientLimits, type ClientOutput, createClientMachine } from '../index.ts'
import type { AuthKey, SizedMachine } from '../machine.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from '../service.ts'

const { rsa_key: rsa } = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PUBLIC_KEY = parseRsaPublicKey(rsa.public_pem_pkcs1)
export const KEY: AuthKey = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 31 + 1) & 0xff))
export const START_MS = 1_750_000_000_000
export const SALT = 5n
export const PREFIX: Uint8Array = Uint8Array.of(0xaa, 0xaa, 0xaa, 0xaa)
export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
export const call = (first: number): Uint8Array => new Uint8Array(8).fill(first)

/** A message the client has sent, and what carried it. */
export type Sent = InnerMessage & { outerId: bigint; sessionId: bigint; salt: bigint }

/** A client machine with a key, and a server that says what the test wants. */
export class World {
  nowMs: number = START_MS
  readonly machine: SizedMachine<ClientInput, ClientOutput>
  readonly outputs: ClientOutput[] = []
  readonly sent: Sent[] = []
  sessionId = 0n
  #framing: Framing = makeServerFraming({ random })
  #order = 0n

  constructor(limits: Partial<ClientLimits> = {}) {
    this.machine = createClientMachine({
      random,
      serverKeys: [PUBLIC_KEY],
      dcId: 2,
      initPrefix: PREFIX,
      keys: {
        authKey: KEY,
        timeOffsetMs: 0,
        salts: [{ salt: SALT, validSinceS: 0, validUntilS: 2e9 }],
      },
      limits: { futureSalts: 0, ...limits },
    })
    this.open()
  }

  open(): void {
    this.#framing = makeServerFraming({ random })
    this.step({ kind: 'opened' })
  }

  step(input: ClientInput): void {
    for (const output of this.machine.step(input, this.nowMs)) {
      if (output.kind !== 'send') this.outputs.push(output)
      else
        for (const frame of this.#framing.push(output.chunk))
          if (frame.kind === 'payload') this.#take(frame.payload)
    }
  }

  #take(packet: Uint8Array): void {
    if (readLong(packet) === 0n) return
    const decrypted = decryptMessage(KEY, 'server', packet)
    assert.ok(decrypted.ok)
    const { message } = decrypted
    this.sessionId = message.sessionId
    const inner = isContainer(message.body) ? decodeContainer(message) : [message]
    assert.ok(inner)
    const { msgId: outerId, sessionId, salt } = message
    for (const { msgId, seqNo, body } of inner)
      this.sent.push({ msgId, seqNo, body, outerId, sessionId, salt })
  }

  /** Sends a message of the server; `aheadS` by its clock. */
  send(body: Uint8Array, options: { seqNo?: number; msgId?: bigint; aheadS?: number } = {}): bigint {
    this.#order += 4n
    const seconds = Math.floor(this.nowMs / 1000) + (options.aheadS ?? 0)
    const { seqNo = 1, msgId = (BigInt(seconds) << 32n) + this.#order + 1n } = options
    const message = { msgId, seqNo, body, salt: SALT, sessionId: this.sessionId }
    const chunk = this.#framing.encodeFrame(encryptMessage(KEY, 'server', message, random))
    this.step({ kind: 'bytes', chunk })
    return msgId
  }

  service(message: ServiceMessage, options: Parameters<World['send']>[1] = {}): bigint {
    return this.send(encodeService(message), { seqNo: 0, ...options })
  }

  refuse(code: number): void {
    this.step({ kind: 'bytes', chunk: this.#framing.encodeFrame(encodeTransportError(code)) })
  }

  answer(msgId: bigint, result: Uint8Array): void {
    this.send(encodeRpcResult(msgId, result))
  }

  error(msgId: bigint, errorCode: number, errorMessage: string): void {
    this.answer(msgId, encodeService({ _: 'rpc_error', errorCode, errorMessage }))
  }

  later(ms: number): void {
    this.nowMs += ms
    this.step({ kind: 'wake' })
  }

  reconnect(): void {
    this.step({ kind: 'closed' })
    this.open()
  }

  /** The calls sent since the last look. */
  calls(): Sent[] {
    return this.sent.splice(0).filter(({ body }) => !isService(body))
  }

  /** The service messages sent since the last look. */
  services(): ServiceMessage[] {
    return this.sent.splice(0).flatMap(({ body }) => (isService(body) ? decodeService(body) : []))
  }

  kinds(): string[] {
    return this.outputs.splice(0).map(({ kind }) => kind)
  }
}

/** A world in which the call `callId` has been sent. */
export function withCall(callId = 1, limits: Partial<ClientLimits> = {}): { world: World; sent: Sent } {
  const world = new World(limits)
  world.calls()
  world.step({ kind: 'call', callId, body: call(callId) })
  const [sent] = world.calls()
  assert.ok(sent)
  return { world, sent }
}
