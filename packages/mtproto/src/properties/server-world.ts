import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { makeAuthKey } from '../crypto/index.ts'
import {
  decodeContainer,
  decryptMessage,
  encryptMessage,
  type InnerMessage,
  isContainer,
  readAuthKeyId,
  unpackBody,
} from '../envelope/index.ts'
import { type Framing, makeClientFraming } from '../framing/index.ts'
import {
  createServerMachine,
  type ServerInput,
  type ServerKey,
  type ServerLimits,
  type ServerMachineOptions,
  type ServerOutput,
  type SizedMachine,
} from '../index.ts'
import { importRsaPrivateKey } from '../private-keys.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from '../service.ts'

const { rsa_key: rsa } = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PRIVATE_KEY = importRsaPrivateKey(rsa.private_pem_pkcs1)
/** When it begins. */
export const START_S = 1_750_000_000
/** The key that it knows. */
export const KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).map((_, i) => (i * 31 + 1) & 0xff)),
  expiresAtS: undefined,
  firstSalt: 5n,
  createdAtS: START_S,
}
/** Bytes from the system. */
export const random = (length: number): Uint8Array => randomBytes(length)
/** A request: eight times the same byte. */
export const request = (first: number): Uint8Array => new Uint8Array(8).fill(first)

/** A received message: of the service, an rpc_result, or any other. */
export type Seen = {
  msgId: bigint
  seqNo: number
  service?: ServiceMessage
  rpc?: { reqMsgId: bigint; result: Uint8Array }
}

/** A server machine, and a peer on it that says what the test wants, in whatever order and under whatever ids. */
export class World {
  nowMs: number = START_S * 1000
  readonly machine: SizedMachine<ServerInput, ServerOutput>
  readonly keys: Map<bigint, ServerKey> = new Map([[KEY.authKey.id, KEY]])
  /** Outputs of the machine, except bytes. */
  readonly outputs: ServerOutput[] = []
  /** The number of bytes that the machine has sent. */
  sentBytes = 0
  readonly #sent = new Map<number, Framing>()
  readonly #received = new Map<number, Seen[]>()
  /** The connection of each frame. */
  readonly #chunks: number[] = []
  #order = 0n

  constructor(
    limits: Partial<ServerLimits> = {},
    options: Pick<ServerMachineOptions, 'offloadsCiphersFrom'> = {},
  ) {
    const saltSecret = new Uint8Array(32).fill(9)
    this.machine = createServerMachine({ random, rsaKeys: [PRIVATE_KEY], saltSecret, limits, ...options })
    // It has run for a while.
    this.machine.step({ kind: 'wake' }, this.nowMs - 60_000)
  }

  step(input: ServerInput): void {
    for (const output of this.machine.step(input, this.nowMs)) {
      if (output.kind === 'send') {
        this.#chunks.push(output.connection)
        this.sentBytes += output.chunk.length
      }
      if (output.kind === 'send') this.#receive(output.connection, output.chunk)
      else this.outputs.push(output)
      if (output.kind !== 'needKey') continue
      this.step({ kind: 'key', authKeyId: output.authKeyId, key: this.keys.get(output.authKeyId) })
    }
  }

  open(connection: number): void {
    this.#sent.set(connection, makeClientFraming('intermediate', { random }))
    this.#received.set(connection, [])
    this.step({ kind: 'opened', connection })
  }

  nextId(): bigint {
    this.#order += 4n
    return (BigInt(Math.floor(this.nowMs / 1000)) << 32n) + this.#order
  }

  send(
    body: Uint8Array,
    options: { connection?: number; msgId?: bigint; seqNo?: number; salt?: bigint; sessionId?: bigint } = {},
  ): bigint {
    const { connection = 1, msgId = this.nextId(), seqNo = 1, salt = KEY.firstSalt, sessionId = 1n } = options
    const packet = encryptMessage(KEY.authKey, 'client', { msgId, seqNo, salt, sessionId, body }, random)
    this.sendPacket(packet, connection)
    return msgId
  }

  sendPacket(packet: Uint8Array, connection = 1): void {
    const chunk = this.#sent.get(connection)?.encodeFrame(packet)
    if (chunk) this.step({ kind: 'bytes', connection, chunk })
  }

  service(message: ServiceMessage, options: Parameters<World['send']>[1] = {}): bigint {
    return this.send(encodeService(message), { seqNo: 0, ...options })
  }

  answer(msgId: bigint, body: Uint8Array, sessionId = 1n): void {
    this.step({ kind: 'answer', session: { authKeyId: KEY.authKey.id, sessionId }, msgId, body })
  }

  /** Answers with bytes of a file: a head, and the rest in two pieces. @returns the memory that the machine has taken over */
  answerFile(msgId: bigint, body: Uint8Array): Uint8Array[] {
    const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
    const half = body.length >> 1
    const [head, ...rest] = [body.slice(0, 100), body.slice(100, half), body.slice(half)] as const
    this.step({ kind: 'answer', session, msgId, body: head, isFile: true, rest })
    return [head, ...rest]
  }

  later(seconds: number): void {
    this.nowMs += seconds * 1000
    this.step({ kind: 'wake' })
  }

  #receive(connection: number, chunk: Uint8Array): void {
    const seen = this.#received.get(connection) ?? []
    for (const frame of makeClientFraming('intermediate', { random }).push(chunk)) {
      if (frame.kind !== 'payload') {
        seen.push({ msgId: 0n, seqNo: frame.kind === 'transportError' ? frame.code : 0 })
        continue
      }
      if (readAuthKeyId(frame.payload) === 0n) continue
      const decrypted = decryptMessage(KEY.authKey, 'client', frame.payload)
      assert.ok(decrypted.ok)
      const { message } = decrypted
      const inner = isContainer(message.body) ? decodeContainer(message) : [message]
      assert.ok(inner)
      seen.push(...inner.map(see))
    }
  }

  /** Messages that came on a connection since the last look. */
  seen(connection = 1): Seen[] {
    return this.#received.get(connection)?.splice(0) ?? []
  }

  /** The number of frames since the last look, whatever is in them. */
  frames(connection = 1): number {
    return this.#chunks.splice(0).filter((from) => from === connection).length
  }

  /** The same as `seen`, the names alone. */
  names(connection = 1): string[] {
    this.#chunks.length = 0
    return this.seen(connection).map(
      ({ service, rpc, seqNo }) => service?._ ?? (rpc ? 'rpc_result' : String(seqNo)),
    )
  }

  requests(): bigint[] {
    return this.outputs.flatMap((output) => (output.kind === 'request' ? output.msgId : []))
  }

  closed(): (string | undefined)[] {
    return this.outputs.flatMap((output) => (output.kind === 'close' ? String(output.reason?.code) : []))
  }
}

function see({ msgId, seqNo, body }: InnerMessage): Seen {
  if (isService(body)) return { msgId, seqNo, service: decodeService(body) }
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  if (view.getUint32(0, true) !== 0xf35c6d01) return { msgId, seqNo }
  const result = unpackBody(body.subarray(12), 1e7)
  return { msgId, seqNo, rpc: { reqMsgId: view.getBigInt64(4, true), result } }
}

/** A world with a session whose first messages were seen. */
export function inSession(...setup: ConstructorParameters<typeof World>): World {
  const world = new World(...setup)
  world.open(1)
  world.service({ _: 'ping', pingId: 1n })
  assert.deepEqual(world.names(), ['new_session_created', 'pong'])
  return world
}
