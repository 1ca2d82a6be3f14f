import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeAuthKey } from './crypto/index.ts'
import {
  decodeContainer,
  decodePlain,
  decryptMessage,
  encodeContainer,
  encodePlain,
  encryptMessage,
  type InnerMessage,
  isContainer,
  isContentRelated,
  readConstructorId,
} from './envelope/index.ts'
import { createServerMachine, type ServerInput, type ServerKey, type ServerOutput } from './index.ts'
import { importRsaPrivateKey } from './private-keys.ts'
import { decodeService, encodeService, isService, type ServiceMessage } from './service.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PRIVATE_KEY = importRsaPrivateKey(vectors.rsa_key.private_pem_pkcs1)
const START_S = 1_750_000_000
const KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).fill(3)),
  expiresAtS: undefined,
  firstSalt: 5n,
  createdAtS: START_S,
}
const SESSION = { authKeyId: KEY.authKey.id, sessionId: 77n }
const RPC_RESULT_ID = 0xf35c6d01
const UPDATE = new Uint8Array(12).fill(0x55)
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

type Said = ServiceMessage | 'request'

/** A server machine, and a client that posts packets on HTTP connections. */
class Web {
  nowMs = START_S * 1000
  readonly #machine = createServerMachine({
    random,
    rsaKeys: [PRIVATE_KEY],
    saltSecret: new Uint8Array(32),
  })
  readonly #open = new Set<number>()
  #lastMsgId = 0n
  #contentRelated = 0
  /** Received messages to acknowledge with the next packet. */
  #acks: bigint[] = []
  acknowledges = true
  /** The running requests. */
  readonly running: bigint[] = []

  constructor() {
    // The server has run for a while.
    this.#machine.step({ kind: 'wake' }, this.nowMs - 60_000)
  }

  /** The machine's reaction to an input: answers by connection, with the names of their contents. */
  step(input: ServerInput): string[] {
    return this.#machine.step(input, this.nowMs).flatMap((output) => this.#describe(output))
  }

  post(connection: number, ...messages: Said[]): string[] {
    if (!this.#open.has(connection)) this.step({ kind: 'opened', connection, framing: 'bare' })
    this.#open.add(connection)
    return this.step({ kind: 'bytes', connection, chunk: this.#pack(messages) })
  }

  after(ms: number): string[] {
    this.nowMs += ms
    return this.step({ kind: 'wake' })
  }

  answer(): string[] {
    const msgId = this.running.shift() ?? assert.fail('nothing runs')
    return this.step({ kind: 'answer', session: SESSION, msgId, body: new Uint8Array(8).fill(0x11) })
  }

  push(): string[] {
    return this.step({ kind: 'push', session: SESSION, body: UPDATE })
  }

  /** When the machine wants to wake, from now. */
  get dueInMs(): number {
    return (this.#machine.wakeAtMs ?? 0) - this.nowMs
  }

  #pack(said: readonly Said[]): Uint8Array {
    const msgIds = this.#acks
    this.#acks = []
    const messages: readonly Said[] = msgIds.length > 0 ? [{ _: 'msgs_ack', msgIds }, ...said] : said
    const inner = messages.map((message): InnerMessage => {
      const isRequest = message === 'request'
      const body = isRequest ? new Uint8Array(8).fill(0x22) : encodeService(message)
      const seqNo = this.#contentRelated * 2 + (isRequest ? 1 : 0)
      if (isRequest) this.#contentRelated += 1
      return { msgId: this.#nextId(), seqNo, body }
    })
    const outer = { msgId: this.#nextId(), seqNo: this.#contentRelated * 2, body: encodeContainer(inner) }
    const message = { ...outer, salt: KEY.firstSalt, sessionId: SESSION.sessionId }
    return encryptMessage(KEY.authKey, 'client', message, random)
  }

  #nextId(): bigint {
    const now = BigInt(Math.floor(this.nowMs / 1000)) << 32n
    this.#lastMsgId = (this.#lastMsgId > now ? this.#lastMsgId : now) + 4n
    return this.#lastMsgId
  }

  #describe(output: ServerOutput): string[] {
    switch (output.kind) {
      case 'needKey':
        return this.step({ kind: 'key', authKeyId: output.authKeyId, key: KEY })
      case 'request':
        this.running.push(output.msgId)
        return []
      case 'send':
        return [`${output.connection}: ${this.#namesOf(output.chunk)}`]
      case 'transportError':
        return [`${output.connection}: ${output.code}`]
      case 'close':
        return [`${output.connection}: closed`]
      default:
        return []
    }
  }

  #namesOf(packet: Uint8Array): string {
    const decrypted = decryptMessage(KEY.authKey, 'client', packet)
    assert.ok(decrypted.ok)
    const { message } = decrypted
    const messages = (isContainer(message.body) ? decodeContainer(message) : [message]) ?? []
    for (const { msgId, seqNo } of messages) {
      if (this.acknowledges && isContentRelated(seqNo)) this.#acks.push(msgId)
    }
    return messages.map(({ body }) => nameOf(body)).join(', ') || 'nothing'
  }
}

function nameOf(body: Uint8Array): string {
  if (readConstructorId(body) === RPC_RESULT_ID) return 'result'
  return isService(body) ? decodeService(body)._ : 'update'
}

const wait = (maxDelay: number, waitAfter: number, maxWait: number): ServiceMessage => ({
  _: 'http_wait',
  maxDelay,
  waitAfter,
  maxWait,
})
const PING: ServiceMessage = { _: 'ping', pingId: 1n }

test('a request is answered with its result, and new_session_created waits for it', () => {
  const web = new Web()
  assert.deepEqual(web.post(1, 'request'), [])
  assert.deepEqual(web.answer(), ['1: new_session_created, result'])
})

test('an empty answer is held for 25 s, or as long as http_wait asks', () => {
  const web = new Web()
  web.post(1, PING)
  const acknowledgement: ServiceMessage = { _: 'msgs_ack', msgIds: [1n] }
  assert.deepEqual(web.post(1, acknowledgement), [])
  assert.equal(web.dueInMs, 25_000)
  assert.deepEqual(web.after(24_999), [])
  assert.deepEqual(web.after(1), ['1: nothing'])
  assert.deepEqual(web.post(1, wait(0, 0, 100)), [])
  assert.deepEqual(web.after(100), ['1: nothing'])
  assert.deepEqual(web.post(1, wait(0, 0, 0)), ['1: nothing'])
  assert.deepEqual(web.post(1, wait(0, 0, 3_600_000)), [])
  assert.deepEqual(web.after(60_000), ['1: nothing'])
})

test('an answer waits for more messages: wait_after each, max_delay in all, max_wait at most', () => {
  const web = new Web()
  web.post(1, PING)
  web.post(1, wait(100, 30, 10_000))
  assert.deepEqual(web.after(1_000), [])
  assert.deepEqual(web.push(), [])
  assert.deepEqual(web.after(29), [])
  assert.deepEqual(web.push(), [])
  assert.deepEqual(web.after(29), [])
  assert.deepEqual(web.after(1), ['1: update, update'])

  web.post(1, wait(50, 30, 10_000))
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(web.push(), [])
    assert.deepEqual(web.after(25), i === 1 ? ['1: update, update'] : [])
  }

  web.post(1, wait(10_000, 10_000, 60))
  web.push()
  assert.deepEqual(web.after(59), [])
  assert.deepEqual(web.after(1), ['1: update'])
})

test('a message leaves with the newest waiting request, and each request is answered once', () => {
  const web = new Web()
  web.post(1, PING)
  assert.deepEqual(web.post(1, wait(0, 0, 25_000)), [])
  assert.deepEqual(web.post(2, 'request', wait(0, 0, 1_000)), [])
  assert.deepEqual(web.answer(), ['2: result'])
  assert.deepEqual(web.push(), ['1: update'])
  assert.deepEqual(web.push(), [])
  assert.deepEqual(web.post(3, wait(0, 0, 25_000)), ['3: update'])
})

test('a slow result leaves with another request if its own had to be answered', () => {
  const web = new Web()
  web.post(1, PING)
  web.post(1, wait(0, 0, 25_000))
  web.post(2, 'request', wait(0, 0, 1_000))
  assert.deepEqual(web.after(1_000), ['2: msgs_ack'])
  assert.deepEqual(web.answer(), ['1: result'])
})

test('a lost connection loses no message', () => {
  const web = new Web()
  web.post(1, PING)
  web.post(1, wait(0, 0, 25_000))
  web.step({ kind: 'closed', connection: 1 })
  assert.deepEqual(web.push(), [])
  assert.deepEqual(web.post(2, wait(0, 0, 25_000)), ['2: update'])
})

test('an unacknowledged message is resent on the next connection and not on this one', () => {
  const web = new Web()
  web.post(1, PING)
  web.acknowledges = false
  web.push()
  assert.deepEqual(web.post(1, wait(0, 0, 0)), ['1: update'])
  assert.deepEqual(web.post(1, wait(0, 0, 0)), ['1: nothing'])
  const [again] = web.post(2, wait(0, 0, 0))
  assert.match(again ?? '', /^2: .*update/)
})

test('a second request before the answer to the first ends the connection', () => {
  const web = new Web()
  web.post(1, PING)
  web.post(1, wait(0, 0, 25_000))
  assert.deepEqual(web.post(1, PING), ['1: closed'])
})

test('a key exchange may continue over another connection, and a message without an answer gets an empty one', () => {
  const machine = createServerMachine({ random, rsaKeys: [PRIVATE_KEY], saltSecret: new Uint8Array(32) })
  let lastMsgId = BigInt(START_S) << 32n
  const post = (connection: number, message: ServiceMessage): ServerOutput[] => {
    lastMsgId += 4n
    const chunk = encodePlain(lastMsgId, encodeService(message))
    machine.step({ kind: 'opened', connection, framing: 'bare' }, START_S * 1000)
    const said = machine.step({ kind: 'bytes', connection, chunk }, START_S * 1000)
    machine.step({ kind: 'closed', connection }, START_S * 1000)
    return said
  }
  const nonce = new Uint8Array(16).fill(1)
  const [asked] = post(1, { _: 'req_pq_multi', nonce })
  assert.ok(asked?.kind === 'send')
  const resPq = decodeService(decodePlain(asked.chunk, 4096).body)
  assert.ok(resPq._ === 'resPQ')
  assert.deepEqual(post(2, { _: 'msgs_ack', msgIds: [lastMsgId] }), [
    { kind: 'send', connection: 2, chunk: new Uint8Array(0) },
  ])
  const wrong = { p: Uint8Array.of(1), q: Uint8Array.of(1), publicKeyFingerprint: 1n, encryptedData: nonce }
  const next = { _: 'req_DH_params', nonce, serverNonce: resPq.serverNonce, ...wrong } as const
  // Noticed on connection 3, which is refused and then closed.
  assert.deepEqual(post(3, next), [{ kind: 'transportError', connection: 3, code: -404 }])
})
