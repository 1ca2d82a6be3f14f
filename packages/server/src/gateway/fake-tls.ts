import type { Socket } from 'node:net'
import {
  checkFakeHello,
  clientHelloLength,
  encodeTlsRecords,
  makeFakeAnswer,
  ProtocolError,
  parseProxySecret,
  type Random,
  TlsRecordReader,
} from '@cablegram/mtproto'
import { freeBytes } from '@cablegram/tl'
import type { Addresses, Channel, ChannelEvents } from './channel.ts'
import { SocketChannel } from './socket-channel.ts'

/** Hellos that are remembered, so that a recorded one is not answered a second time. */
const MAX_REMEMBERED = 10_000

/** Parts of a {@link FakeTls}. */
export interface FakeTlsOptions {
  /** Those of MTProxy clients; only the ones with `ee` count. */
  readonly mtproxySecrets: readonly Uint8Array[]
  readonly random: Random
  /** The wall clock. */
  readonly nowMs: () => number
}

/** Recognises MTProxy clients that imitate TLS, and answers like a server of TLS. */
export class FakeTls {
  readonly #secrets: readonly Uint8Array[]
  readonly #options: FakeTlsOptions
  readonly #seen = new Set<string>()

  constructor(options: FakeTlsOptions) {
    this.#options = options
    const secrets = options.mtproxySecrets.map(parseProxySecret)
    this.#secrets = secrets.filter(({ domain }) => domain !== undefined).map(({ secret }) => secret)
  }

  /** Whether there is a secret for it. */
  get isOn(): boolean {
    return this.#secrets.length > 0
  }

  /**
   * Reads a ClientHello.
   *
   * @returns undefined while there are too few bytes; `answer`, if it is signed with a secret and new, and its length
   * @throws ProtocolError FAKE_TLS_INVALID
   */
  read(
    head: Uint8Array,
  ): { readonly value: { readonly answer?: Uint8Array }; readonly length: number } | undefined {
    const length = clientHelloLength(head)
    if (length === undefined) return undefined
    const hello = head.subarray(0, length)
    const secret = this.#secrets.find((each) => this.#isNew(each, hello))
    if (secret === undefined) return { value: {}, length: 0 }
    return { value: { answer: makeFakeAnswer(secret, hello, this.#options.random) }, length }
  }

  #isNew(secret: Uint8Array, hello: Uint8Array): boolean {
    const digest = checkFakeHello(secret, hello, this.#options.nowMs() / 1000)
    const text = digest && Buffer.from(digest).toString('base64')
    if (text === undefined || this.#seen.has(text)) return false
    this.#seen.add(text)
    const [oldest] = this.#seen
    if (this.#seen.size > MAX_REMEMBERED && oldest !== undefined) this.#seen.delete(oldest)
    return true
  }
}

/** A connection whose bytes are in records of TLS. */
export class FakeTlsChannel implements Channel {
  readonly framing = 'detect'
  readonly #inner: SocketChannel
  readonly #reader = new TlsRecordReader()

  constructor(socket: Socket, addresses: Addresses) {
    this.#inner = new SocketChannel(socket, addresses)
  }

  get ip(): string {
    return this.#inner.ip
  }

  get localIp(): string {
    return this.#inner.localIp
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes
  }

  open(events: ChannelEvents, idleTimeoutMs: number): void {
    const onBytes = (chunk: Uint8Array) => {
      const bytes = this.#read(chunk)
      if (bytes !== undefined && bytes.length > 0) events.onBytes(bytes)
    }
    this.#inner.open({ ...events, onBytes }, idleTimeoutMs)
  }

  write(chunk: Uint8Array): void {
    this.#inner.write(encodeTlsRecords(chunk))
    freeBytes(chunk)
  }

  refuse(): void {
    this.#inner.refuse()
  }

  pause(): void {
    this.#inner.pause()
  }

  resume(): void {
    this.#inner.resume()
  }

  end(): void {
    this.#inner.end()
  }

  destroy(): void {
    this.#inner.destroy()
  }

  #read(chunk: Uint8Array): Uint8Array | undefined {
    try {
      return this.#reader.push(chunk)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.destroy()
      return undefined
    }
  }
}
