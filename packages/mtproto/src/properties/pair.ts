/** A client and a server machine that hear each other at once, each with a clock of its own. */
import { randomBytes } from 'node:crypto'
import { makeAuthKey } from '../crypto/index.ts'
import {
  type ClientInput,
  type ClientLimits,
  type ClientMachineOptions,
  type ClientOutput,
  type ConnectionId,
  createClientMachine,
  createServerMachine,
  type FramingName,
  type ServerInput,
  type ServerKey,
  type ServerLimits,
  type ServerOutput,
} from '../index.ts'
import { RSA_KEY, SERVER_KEYS } from '../testing/rsa-key.ts'

const START_MS = 1_750_000_000_000
const KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).fill(7)),
  expiresAtS: undefined,
  firstSalt: 1n,
  createdAtS: START_MS / 1000 - 86_400,
}
/** boolTrue. */
export const BOUND: Uint8Array = Uint8Array.of(0xb5, 0x75, 0x72, 0x99)
const BIND_ID = 0xcdd42a05
const random = (length: number) => new Uint8Array(randomBytes(length))

/** Differences from a client with a key, over TCP, and a server with its usual limits. */
export interface PairSetup {
  readonly framing?: FramingName
  readonly pfs?: ClientMachineOptions['pfs']
  readonly timeOffsetMs?: number
  /** The client makes its key. */
  readonly withoutKey?: boolean
  /** Default: {@link BOUND}. */
  readonly bindAnswer?: Uint8Array
  readonly clientLimits?: Partial<ClientLimits>
  readonly serverLimits?: Partial<ServerLimits>
}

/** The pair. Each call is answered with its own body as soon as the server runs it. */
export class Pair {
  nowMs: number = START_MS
  /** The client's clock minus the true one. */
  skewMs = 0
  /** Calls that have been answered. */
  readonly answered: number[] = []
  /** Codes of the client's reconnects and failures. */
  readonly events: string[] = []
  /** The server's answer to auth.bindTempAuthKey, and how often it has been asked for. */
  bindAnswer: Uint8Array
  binds = 0
  readonly #setup: PairSetup
  readonly client: ReturnType<typeof createClientMachine>
  server: ReturnType<typeof createServerMachine>
  readonly #keys = new Map<bigint, ServerKey>([[KEY.authKey.id, KEY]])
  #connection: ConnectionId = 0
  #queue: (() => void)[] = []
  #isOpen = false
  #lastCallId = 0

  constructor(setup: PairSetup = {}) {
    this.#setup = setup
    this.bindAnswer = setup.bindAnswer ?? BOUND
    this.client = createClientMachine({
      random,
      framing: setup.framing ?? 'intermediate',
      serverKeys: SERVER_KEYS,
      dcId: 2,
      initPrefix: new Uint8Array(4),
      keys: setup.withoutKey
        ? undefined
        : { authKey: KEY.authKey, timeOffsetMs: setup.timeOffsetMs ?? 0, salts: [] },
      pfs: setup.pfs,
      limits: setup.clientLimits ?? {},
    })
    this.server = this.#start()
    this.open()
  }

  /** The transport is made, or made anew. */
  open(): void {
    this.#queue = []
    this.#isOpen = true
    this.#connection += 1
    if (!this.#isHttp) this.#toServer({ kind: 'opened', connection: this.#connection })
    this.#toClient({ kind: 'opened' })
    this.#run()
  }

  /** Makes a call; what can be done without waiting is done when this returns. */
  call(): number {
    const callId = ++this.#lastCallId
    this.#toClient({ kind: 'call', callId, body: new Uint8Array(8).fill(0x77) })
    this.#run()
    return callId
  }

  /** Lets time pass, with all that is due in it. */
  after(ms: number): void {
    const endMs = this.nowMs + ms
    for (;;) {
      const clientMs = (this.client.wakeAtMs ?? Number.POSITIVE_INFINITY) - this.skewMs
      const serverMs = this.server.wakeAtMs ?? Number.POSITIVE_INFINITY
      const nextMs = Math.max(Math.min(clientMs, serverMs), this.nowMs + 1)
      if (nextMs > endMs) break
      this.nowMs = nextMs
      if (clientMs <= nextMs) this.#toClient({ kind: 'wake' })
      if (serverMs <= nextMs) this.#toServer({ kind: 'wake' })
      this.#run()
    }
    this.nowMs = endMs
  }

  /** The server loses everything but its permanent keys. */
  restartServer(): void {
    for (const [id, { expiresAtS }] of this.#keys) if (expiresAtS !== undefined) this.#keys.delete(id)
    this.server = this.#start()
    this.#toClient({ kind: 'closed' })
    this.open()
  }

  toServer(input: ServerInput): void {
    this.#toServer(input)
    this.#run()
  }

  get #isHttp(): boolean {
    return this.#setup.framing === 'bare'
  }

  #start(): ReturnType<typeof createServerMachine> {
    const limits = this.#setup.serverLimits ?? {}
    return createServerMachine({ random, rsaKeys: [RSA_KEY], saltSecret: new Uint8Array(32), limits })
  }

  #run(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) next()
    if (this.#isOpen) return
    this.#toClient({ kind: 'closed' })
    this.open()
  }

  #toClient(input: ClientInput): void {
    for (const output of this.client.step(input, this.nowMs + this.skewMs)) this.#onClient(output)
  }

  #onClient(output: ClientOutput): void {
    if (output.kind === 'result') this.answered.push(output.callId)
    else if (output.kind === 'send') this.#send(output.chunk.slice())
    else if (output.kind === 'reconnect') {
      this.events.push(String(output.reason.code))
      this.#isOpen = false
    } else if (output.kind === 'failed') this.events.push(String(output.error.code))
  }

  #send(chunk: Uint8Array): void {
    if (!this.#isHttp) {
      const connection = this.#connection
      this.#queue.push(() => this.#toServer({ kind: 'bytes', connection, chunk }))
      return
    }
    this.#connection += 1
    const connection = this.#connection
    this.#queue.push(() => {
      this.#toServer({ kind: 'opened', connection, framing: 'bare' })
      this.#toServer({ kind: 'bytes', connection, chunk })
    })
  }

  #toServer(input: ServerInput): void {
    for (const output of this.server.step(input, this.nowMs)) this.#onServer(output)
  }

  #onServer(output: ServerOutput): void {
    switch (output.kind) {
      case 'send': {
        const chunk = output.chunk.slice()
        this.#queue.push(() => this.#toClient({ kind: 'bytes', chunk }))
        break
      }
      case 'transportError':
        this.#queue.push(() => this.#toClient({ kind: 'transportError', code: output.code }))
        break
      case 'needKey': {
        const { authKeyId } = output
        this.#toServer({ kind: 'key', authKeyId, key: this.#keys.get(authKeyId) })
        break
      }
      case 'keyMade':
        this.#keys.set(output.key.authKey.id, output.key)
        this.#toServer({ kind: 'keyKept', exchange: output.exchange, kept: true })
        break
      case 'request': {
        const { session, msgId, body } = output
        const isBind = new DataView(body.buffer, body.byteOffset).getUint32(0, true) === BIND_ID
        if (isBind) this.binds += 1
        this.#toServer({ kind: 'answer', session, msgId, body: isBind ? this.bindAnswer : body.slice() })
        break
      }
    }
  }
}
