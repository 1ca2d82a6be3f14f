import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { computeCipher, createServerMachine, type ServerKey } from '@cablegram/mtproto'
import { pino } from 'pino'
import { makeAuthKey } from '../../../mtproto/src/crypto/index.ts'
import {
  decodeContainer,
  decryptMessage,
  encodeContainer,
  encryptMessage,
  type InnerMessage,
  isContainer,
} from '../../../mtproto/src/envelope/index.ts'
import {
  encodeMaskedWebSocketFrame,
  type Framing,
  makeClientFraming,
  WebSocketReader,
} from '../../../mtproto/src/framing/index.ts'
import { random } from '../../../mtproto/src/properties/server-world.ts'
import { decodeService, encodeService, isService } from '../../../mtproto/src/service.ts'
import { RSA_KEY } from '../../../mtproto/src/testing/index.ts'
import type { Outcome } from '../rpc/apply-fault.ts'
import { Driver, type GatewayRequest } from './driver.ts'
import { Entrance } from './entrance.ts'
import { listen } from './listener.ts'
import { Strangers } from './strangers.ts'

const MIB = 1024 * 1024
const KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).map((_, i) => (i * 31 + 1) & 0xff)),
  expiresAtS: undefined,
  firstSalt: 5n,
  createdAtS: Math.floor(Date.now() / 1000),
}
const RPC_RESULT = 0xf35c6d01

/** A server whose only method answers with a mebibyte of a file, and what it has made so far. */
async function serverOfParts(t: TestContext) {
  const made: number[] = []
  let sealed = 0
  const offloadsCiphersFrom = MIB
  const machine = createServerMachine({
    ...{ random, rsaKeys: [RSA_KEY], saltSecret: new Uint8Array(32) },
    offloadsCiphersFrom,
  })
  // It has run for longer than the key exists, or it would refuse the key's first salt.
  machine.step({ kind: 'wake' }, KEY.createdAtS * 1000 - 60_000)
  const run = async ({ body: request, askRoom }: GatewayRequest): Promise<Outcome> => {
    if (!(await askRoom?.(MIB))) {
      return { kind: 'withheld', wasRun: false, hasSucceeded: false, instead: undefined }
    }
    const part = request[4] ?? 0
    made.push(part)
    const body = new Uint8Array(MIB).fill(part)
    if (part % 2 === 0) return { kind: 'answered', body, isFile: true }
    return { kind: 'answered', body: body.slice(0, 16), isFile: true, rest: [body.slice(16)] }
  }
  const logger = pino({ level: 'silent' })
  const driver = new Driver({
    machine,
    nowMs: Date.now,
    keys: { find: async () => KEY, keep: async () => true, destroy: async () => true },
    compute: async () => undefined,
    // Later, and every other one before the one in front of it.
    cipher: async (task) => {
      await pause(sealed++ % 2 === 0 ? 4 : 1)
      return computeCipher(task)
    },
    run,
    logger,
  })
  const strangers = new Strangers({ maxPerAddress: 100, limitsLoopback: false, nowMs: Date.now })
  const entrance = new Entrance({
    ...{ tls: undefined, proxyProtocol: false, strangers, logger, hint: () => 'Elsewhere.' },
    onChannel: (channel, origin) => driver.accept(channel, origin),
  })
  const listener = await listen(
    { host: '127.0.0.1', port: 0, maxConnections: 80 },
    (socket) => void entrance.accept(socket, undefined),
    (error) => assert.fail(error),
  )
  t.after(async () => {
    entrance.stop()
    listener.stop()
    await driver.close(1000)
    entrance.close()
    await listener.closed
  })
  return { driver, port: listener.port, made }
}

type Link = 'TCP' | 'WebSocket'

const UPGRADE = [
  'GET /apiws HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: binary',
].join('\r\n')

/** A client that asks for parts, and reads when the test wants it to. */
class PartsClient {
  /** First bytes of the parts that have come, by request. */
  readonly parts = new Map<bigint, number>()
  readonly pongs: bigint[] = []
  readonly socket: Socket
  readonly #framing: Framing
  readonly #sessionId: bigint
  readonly #frames: WebSocketReader | undefined
  #isUpgraded = false
  #order = 0n
  #seqNo = 0
  #wake = (): void => undefined

  constructor(port: number, sessionId: bigint, link: Link = 'TCP') {
    this.#sessionId = sessionId
    const isWeb = link === 'WebSocket'
    this.#framing = makeClientFraming('intermediate', { random, ...(isWeb && { obfuscation: {} }) })
    this.#frames = isWeb ? new WebSocketReader({ isMasked: false, maxMessageBytes: 32 * MIB }) : undefined
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.socket.on('error', () => undefined)
    this.socket.on('data', (chunk) => this.#onData(chunk))
    if (isWeb) this.socket.write(`${UPGRADE}\r\n\r\n`)
  }

  nextId(): bigint {
    this.#order += 4n
    return (BigInt(Math.floor(Date.now() / 1000)) << 32n) + this.#order
  }

  /** Asks for parts in one container. */
  ask(count: number, msgIds: bigint[] = Array.from({ length: count }, () => this.nextId())): bigint[] {
    const messages = msgIds.map((msgId, part): InnerMessage => {
      this.#seqNo += 2
      return { msgId, seqNo: this.#seqNo - 1, body: Uint8Array.of(1, 2, 3, 4, part, 0, 0, 0) }
    })
    this.#send(encodeContainer(messages))
    return msgIds
  }

  ping(pingId: bigint): void {
    this.#send(encodeService({ _: 'ping', pingId }))
  }

  #send(body: Uint8Array): void {
    const message = { msgId: this.nextId(), seqNo: this.#seqNo, body }
    const packet = encryptMessage(
      KEY.authKey,
      'client',
      { ...message, salt: KEY.firstSalt, sessionId: this.#sessionId },
      random,
    )
    const frame = this.#framing.encodeFrame(packet)
    this.socket.write(this.#frames ? encodeMaskedWebSocketFrame('binary', frame, random(4)) : frame)
  }

  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#frames === undefined) {
      this.#onBytes(chunk)
      return
    }
    const head = this.#isUpgraded ? 0 : chunk.indexOf('\r\n\r\n') + 4
    this.#isUpgraded = true
    for (const event of this.#frames.push(chunk.subarray(head))) {
      if (event.kind === 'bytes') this.#onBytes(event.bytes)
    }
  }

  #onBytes(chunk: Uint8Array): void {
    for (const frame of this.#framing.push(chunk)) {
      assert.equal(frame.kind, 'payload')
      if (frame.kind !== 'payload') continue
      const decrypted = decryptMessage(KEY.authKey, 'client', frame.payload)
      assert.ok(decrypted.ok)
      const { message } = decrypted
      for (const inner of isContainer(message.body) ? (decodeContainer(message) ?? []) : [message])
        this.#onMessage(inner)
    }
    this.#wake()
  }

  #onMessage({ body }: InnerMessage): void {
    if (isService(body)) {
      const service = decodeService(body)
      if (service._ === 'pong') this.pongs.push(service.pingId)
      return
    }
    const view = new DataView(body.buffer, body.byteOffset, body.length)
    assert.equal(view.getUint32(0, true), RPC_RESULT)
    assert.equal(body.length, 12 + MIB, 'a whole part, not packed')
    const part = view.getUint8(12)
    assert.ok(Buffer.alloc(MIB, part).equals(body.subarray(12)), 'bytes of one part, and of no other')
    this.parts.set(view.getBigInt64(4, true), part)
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

for (const link of ['TCP', 'WebSocket'] as const)
  test(`of 20 parts of 1 MiB in flight over ${link} those are made that the client reads, pings are read behind them, and all arrive`, async (t) => {
    const { port, made } = await serverOfParts(t)
    const client = new PartsClient(port, 1n, link)
    client.ask(1)
    await client.until(() => client.parts.size === 1)
    client.socket.pause()
    const asked = client.ask(20)
    client.ping(7n)
    let before = -1
    while (before !== made.length) {
      before = made.length
      await pause(200)
    }
    // Beside 4 MiB the system itself keeps some.
    assert.ok(made.length >= 5 && made.length < 18, `${made.length}`)
    client.socket.resume()
    await client.until(() => client.pongs.length === 1)
    assert.ok(client.parts.size < 20, `the pong came after ${client.parts.size} parts`)
    await client.until(() => client.parts.size === 21)
    assert.deepEqual(
      asked.map((msgId) => client.parts.get(msgId)),
      [...asked.keys()],
    )
    assert.equal(made.length, 21)
    client.socket.destroy()
  })

test('requests whose connection ends are run again when they come again, and none runs for nobody', async (t) => {
  const { port, made } = await serverOfParts(t)
  const before = new PartsClient(port, 1n)
  before.ask(1)
  await before.until(() => before.parts.size === 1)
  before.socket.pause()
  const asked = before.ask(20)
  while (made.length < 5) await pause(5)
  before.socket.destroy()
  await pause(50)
  const madeForNobody = made.length
  assert.ok(madeForNobody < 18, `${madeForNobody}`)
  const after = new PartsClient(port, 1n)
  // The next one of the same session has later ids.
  while (after.nextId() <= (asked.at(-1) ?? 0n) + 8n);
  after.ping(1n)
  await after.until(() => after.pongs.length === 1)
  after.ask(20, asked)
  await after.until(() => after.parts.size === 20)
  after.socket.destroy()
})

test('a server that stops makes the parts that wait for a reader, and does not wait for its deadline', async (t) => {
  const { driver, port, made } = await serverOfParts(t)
  const client = new PartsClient(port, 1n)
  client.ask(8)
  await client.until(() => client.parts.size > 0)
  // Three weeks.
  await driver.close(2 ** 31 - 1)
  assert.equal(made.length, 8)
})

/** Sends a packet over HTTP. @returns the messages of the answer */
async function post(port: number, body: Uint8Array): Promise<readonly InnerMessage[]> {
  const message = { msgId: httpIds.nextId(), seqNo: httpIds.nextSeqNo(), body }
  const packet = encryptMessage(
    KEY.authKey,
    'client',
    { ...message, salt: KEY.firstSalt, sessionId: 9n },
    random,
  )
  const answer = await fetch(`http://127.0.0.1:${port}/api`, {
    method: 'POST',
    body: Uint8Array.from(packet),
  })
  assert.equal(answer.status, 200)
  const decrypted = decryptMessage(KEY.authKey, 'client', new Uint8Array(await answer.arrayBuffer()))
  assert.ok(decrypted.ok)
  return isContainer(decrypted.message.body)
    ? (decodeContainer(decrypted.message) ?? [])
    : [decrypted.message]
}

/** The numbers of the messages of the client over HTTP. */
const httpIds = {
  order: 0n,
  seqNo: 1,
  nextId(): bigint {
    this.order += 4n
    return (BigInt(Math.floor(Date.now() / 1000)) << 32n) + this.order
  },
  nextSeqNo(): number {
    this.seqNo += 2
    return this.seqNo
  },
}

test('parts that are asked for over HTTP, one in a request, all arrive, eight at a time', async (t) => {
  const { port, made } = await serverOfParts(t)
  const parts: number[] = []
  const ask = async (part: number): Promise<void> => {
    let messages = await post(port, Uint8Array.of(1, 2, 3, 4, part, 0, 0, 0))
    const isResult = ({ body }: InnerMessage): boolean => !isService(body) && body.length === 12 + MIB
    // Another request may bring the answer of this one along.
    for (const { body } of messages.filter(isResult)) parts.push(body[12] ?? -1)
    while (parts.length < made.length) {
      messages = await post(port, encodeService({ _: 'http_wait', maxDelay: 0, waitAfter: 0, maxWait: 10 }))
      for (const { body } of messages.filter(isResult)) parts.push(body[12] ?? -1)
    }
  }
  for (let first = 0; first < 24; first += 8) {
    await Promise.all(Array.from({ length: 8 }, (_, n) => ask(first + n)))
  }
  assert.deepEqual(
    parts.toSorted((one, two) => one - two),
    [...Array(24).keys()],
  )
})

test('of 20 parts in one request over HTTP those are made that the client takes, and all arrive', async (t) => {
  const { port, made } = await serverOfParts(t)
  const messages = Array.from({ length: 20 }, (_, part): InnerMessage => {
    return {
      msgId: httpIds.nextId(),
      seqNo: httpIds.nextSeqNo(),
      body: Uint8Array.of(1, 2, 3, 4, part, 0, 0, 0),
    }
  })
  const parts: number[] = []
  const take = (messages: readonly InnerMessage[]): void => {
    for (const { body } of messages) if (!isService(body)) parts.push(body[12] ?? -1)
  }
  take(await post(port, encodeContainer(messages)))
  await pause(200)
  assert.ok(made.length <= parts.length + 5, `${made.length} are made, ${parts.length} have arrived`)
  while (parts.length < 20) {
    take(await post(port, encodeService({ _: 'http_wait', maxDelay: 0, waitAfter: 0, maxWait: 1000 })))
    assert.ok(made.length <= parts.length + 5, `${made.length} are made, ${parts.length} have arrived`)
  }
  assert.deepEqual(
    parts.toSorted((one, two) => one - two),
    [...Array(20).keys()],
  )
})
