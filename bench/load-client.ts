import { randomFillSync } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import {
  type ClientInput,
  type ClientKeys,
  type ClientLimits,
  type ClientOutput,
  createClientMachine,
} from '@cablegram/mtproto'
import { decodeResult, encodeRequest } from '@cablegram/tl/api'
import { parseRsaPublicKey, poolRandom } from '../packages/mtproto/src/crypto/index.ts'
import { FrameCounter } from './frame-counter.ts'
import type { Ready } from './load-server.ts'

const random = poolRandom((length) => randomFillSync(new Uint8Array(length)))
const QUERY = encodeRequest({ _: 'help.getNearestDc' })
const WHO_AM_I = encodeRequest({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] })
/** invokeWithLayer and initConnection, up to the query; the query replaces the last four bytes. */
const INIT_PREFIX = encodeRequest({
  _: 'invokeWithLayer',
  layer: 228,
  query: encodeRequest({
    _: 'initConnection',
    apiId: 10_001,
    deviceModel: 'load',
    systemVersion: '1',
    appVersion: '1',
    systemLangCode: 'en',
    langPack: '',
    langCode: 'en',
    query: QUERY,
  }),
}).slice(0, -QUERY.length)
/** An idle client sends neither pings nor requests for salts while it is measured. */
const LIMITS = { futureSalts: 0, pingIntervalMs: 600_000, pongTimeoutMs: 600_000 }

/** A client on its own connection, with no more around its machine than a load test needs. */
export class LoadClient {
  readonly #machine
  readonly #port: number
  readonly #waiting = new Map<number, { resolve(body: Uint8Array): void; reject(reason: Error): void }>()
  #socket: Socket | undefined
  #callId = 0
  /** Packets that are sealed and not sent. */
  #held: Uint8Array[] | undefined
  #unsentCalls = 0
  /** Those who wait for the next long frames. */
  readonly #counting: (() => void)[] = []

  /**
   * @param keys undefined: the client makes a key
   * @param limits of a client that lives for more than a minute: its first ping asks the server to disconnect it without more
   */
  constructor({ port, pem }: Ready, keys?: ClientKeys, limits: Partial<ClientLimits> = {}) {
    this.#port = port
    this.#machine = createClientMachine({
      random,
      framing: 'abridged',
      serverKeys: keys === undefined ? [parseRsaPublicKey(pem)] : [],
      dcId: 2,
      initPrefix: INIT_PREFIX,
      ...(keys && { keys }),
      limits: { ...LIMITS, ...limits },
    })
  }

  /** Connects and waits until the server confirms that it is signed in. */
  async open(): Promise<void> {
    const [user] = decodeResult('users.getUsers', await this.connect(WHO_AM_I))
    if (user?._ !== 'user') throw new Error('the client is not signed in')
  }

  /** Connects with a first call; resolves to its answer. */
  async connect(body: Uint8Array): Promise<Uint8Array> {
    const socket = createConnection({ host: '127.0.0.1', port: this.#port, noDelay: true })
    this.#socket = socket
    socket.on('connect', () => this.#step({ kind: 'opened' }))
    socket.on('close', () => this.#giveUp())
    socket.on('data', (chunk) => this.#step({ kind: 'bytes', chunk }))
    const gone = new Promise<never>((_, reject) => socket.on('error', reject))
    return Promise.race([this.call(body), gone])
  }

  /** Keeps a number of calls in flight and returns how many were answered. */
  async keepCalling(inFlight: number, ms: number): Promise<number> {
    const endsAtMs = performance.now() + ms
    let answered = 0
    const one = async () => {
      while (performance.now() < endsAtMs) {
        await this.call(QUERY)
        answered += 1
      }
    }
    await Promise.all(Array.from({ length: inFlight }, one))
    return answered
  }

  /** Runs the timers that are due. */
  wake(): void {
    const { wakeAtMs } = this.#machine
    // A ping that is sent now would overtake the calls that are sealed already.
    if (this.#unsentCalls > 0) return
    if (this.#socket && wakeAtMs !== undefined && wakeAtMs <= Date.now()) this.#step({ kind: 'wake' })
  }

  close(): void {
    this.#socket?.destroy()
  }

  /** Resolves to the answer of a call; rejects with the server's refusal. */
  call(body: Uint8Array): Promise<Uint8Array> {
    this.#callId += 1
    const callId = this.#callId
    const answer = new Promise<Uint8Array>((resolve, reject) =>
      this.#waiting.set(callId, { resolve, reject }),
    )
    this.#step({ kind: 'call', callId, body })
    return answer
  }

  /** Seals a call, which is sent and answered once the returned function is called. Calls are to be sent in their order. */
  prepare(body: Uint8Array): () => Promise<Uint8Array> {
    const held: Uint8Array[] = []
    this.#held = held
    const answer = this.call(body)
    this.#held = undefined
    this.#unsentCalls += 1
    return () => {
      this.#unsentCalls -= 1
      for (const chunk of held) this.#socket?.write(chunk)
      return answer
    }
  }

  /** Reads nothing from here on, and counts long frames: to decrypt them would take longer than the server takes to make them. */
  countFrames(minBytes: number): void {
    const counter = new FrameCounter(minBytes, () => this.#counting.shift()?.())
    this.#socket?.removeAllListeners('data')
    this.#socket?.on('data', (chunk) => counter.push(chunk))
  }

  /** Makes a call whose answer is a long frame; resolves once one more of these has come. */
  callForFrame(body: Uint8Array): Promise<void> {
    this.#callId += 1
    this.#step({ kind: 'call', callId: this.#callId, body })
    return new Promise((resolve) => this.#counting.push(resolve))
  }

  #step(input: ClientInput): void {
    for (const output of this.#machine.step(input, Date.now())) this.#on(output)
  }

  #on(output: ClientOutput): void {
    if (output.kind === 'send') this.#send(output.chunk)
    else if (output.kind === 'result') this.#onResult(output.callId, output.body)
    else if (output.kind === 'refused') this.#onRefused(output.callId, output.error)
    else if (output.kind === 'update') this.onUpdate(output.body)
    else if (output.kind === 'failed') throw output.error
    else if (output.kind === 'reconnect') throw output.reason
  }

  #send(chunk: Uint8Array): void {
    if (this.#held === undefined) this.#socket?.write(chunk)
    else this.#held.push(chunk)
  }

  /** A load client has no use for updates; clients that have override this. */
  protected onUpdate(_body: Uint8Array): void {}

  /** Nothing may wait for ever. */
  #giveUp(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection was closed'))
    this.#waiting.clear()
  }

  #onRefused(callId: number, reason: Error): void {
    this.#waiting.get(callId)?.reject(reason)
    this.#waiting.delete(callId)
  }

  #onResult(callId: number, body: Uint8Array): void {
    this.#waiting.get(callId)?.resolve(body.slice())
    this.#waiting.delete(callId)
  }
}
