/**
 * An account in use for a long time, with what has to be remembered in arrays of a fixed size, so that what is measured is the
 * client's memory.
 */
import { setTimeout as wait } from 'node:timers/promises'
import {
  type ClientOptions,
  ConnectionError,
  fileSession,
  type Message,
  RpcError,
  TelegramClient,
  UpdatesError,
} from '@cablegram/client'
import type { Rng } from '@cablegram/mtproto/testing'

/** Options of an account. */
export interface AccountOptions {
  readonly name: string
  /** A number of the server's data centre 2, whose code is 22222. */
  readonly phone: string
  /** The file of its session. */
  readonly session: string
  readonly client: ClientOptions
  readonly rng: Rng
}

/** Calls of a program by outcome. */
export interface Outcomes {
  made: number
  answered: number
  /** The server said no, as its faults have it. */
  refused: number
  /** Not answered in time, or the answer is gone. */
  unknown: number
}

/** More messages than the longest run has. */
const MAX_MESSAGES = 1 << 20
/** Between two calls, at most. */
const LONGEST_REST_MS = 400
/** A client is closed, and another one made, so often. */
const REOPEN_CHANCE = 1 / 400
const CODE = '22222'
/**
 * Errors of calls that were carried out, and whose answer is gone. An edit that a dying server has made, and that is sent again,
 * changes nothing.
 */
const ANSWER_LOST: ReadonlySet<string> = new Set(['RPC_ANSWER_LOST', 'MESSAGE_NOT_MODIFIED'])

/** One account. */
export class Account {
  readonly name: string
  readonly outcomes: Outcomes = { made: 0, answered: 0, refused: 0, unknown: 0 }
  /** Errors that no fault explains. */
  readonly wrong: string[] = []
  /** Messages told, and those told more than once. */
  told = 0
  duplicates = 0
  reopened = 0
  isUpToDate = false
  readonly #options: AccountOptions
  /** Times that the handlers were told of a message. */
  readonly #timesTold = new Uint8Array(MAX_MESSAGES)
  /** Ids of own texts by their number; 0: sent, and not answered. */
  readonly #answered = new Uint32Array(MAX_MESSAGES)
  #client: TelegramClient
  #lastText = 0
  #firstId = 0
  #isActive = false
  #working: Promise<void> = Promise.resolve()

  constructor(options: AccountOptions) {
    this.name = options.name
    this.#options = options
    this.#client = this.#makeClient()
  }

  /** Signs up, and waits until updates flow. */
  async begin(): Promise<bigint> {
    const { phone } = this.#options
    const user = await this.#client.start({
      phone: async () => phone,
      code: async () => CODE,
      name: async () => ({ firstName: this.name, lastName: '' }),
    })
    const username = `${this.name}_soak`
    await this.#client.updateProfile({ username })
    while (!this.isUpToDate) await wait(20)
    return user.id
  }

  /** Brings others into a group with it. @returns the group's id */
  async makeGroup(others: readonly Account[]): Promise<bigint> {
    const users = []
    for (const { name } of others) {
      const found = await this.#client.resolve(`@${name}_soak`)
      users.push({ _: 'inputUser' as const, userId: found.id, accessHash: accessHashOf(found.raw) })
    }
    const made = await this.#client.messages.createChat({ users, title: 'soak' })
    const [chat] = made.updates._ === 'updates' ? made.updates.chats : []
    if (chat === undefined) throw new Error('no group was made')
    return -chat.id
  }

  /** What is told from here on counts. */
  async beginCount(group: bigint): Promise<void> {
    for await (const { id } of this.#client.history(group, { limit: 1 })) this.#firstId = id + 1
  }

  /** Makes calls, one after the other, until `end`. */
  work(group: bigint, others: readonly Account[]): void {
    this.#isActive = true
    this.#working = this.#workOn(group, others)
  }

  async end(): Promise<void> {
    this.#isActive = false
    await this.#working
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** Every message of others was told, and every text that was answered is there once. @returns what is not so */
  async prove(group: bigint, others: readonly Account[]): Promise<string[]> {
    const wrong: string[] = []
    const times = new Uint8Array(MAX_MESSAGES)
    for (const peer of [group, ...others.map(({ name }) => `@${name}_soak`)]) {
      for await (const message of this.#client.history(peer)) {
        if (message.id < this.#firstId) continue
        if (message.isOut) this.#countOwn(message, times)
        else if (this.#timesTold[message.id] === 0) wrong.push(`message ${message.id} was not told`)
      }
    }
    for (let number = 1; number <= this.#lastText; number++) {
      const isAnswered = this.#answered[number] !== 0
      const found = times[number] ?? 0
      if (found > 1) wrong.push(`text ${number} was sent ${found} times`)
      if (isAnswered && found === 0) wrong.push(`text ${number} was answered, and is not there`)
    }
    return wrong.map((each) => `${this.name}: ${each}`)
  }

  #countOwn({ text }: Message, times: Uint8Array): void {
    const number = Number(text.split(' ')[0])
    times[number] = (times[number] ?? 0) + 1
  }

  #makeClient(): TelegramClient {
    const { session, client: options } = this.#options
    const client = new TelegramClient(fileSession(session), options)
    this.isUpToDate = false
    client.on('message', ({ message }) => this.#onMessage(message))
    client.on('edit', () => undefined)
    client.on('connection', ({ state }) => {
      if (state === 'upToDate') this.isUpToDate = true
      if (state === 'catchingUp' || state === 'lost') this.isUpToDate = false
    })
    client.on('error', (error) => this.#fail('told of', error))
    return client
  }

  #onMessage({ id }: Message): void {
    const before = this.#timesTold[id] ?? 0
    this.#timesTold[id] = before + 1
    this.told += 1
    if (before > 0) this.duplicates += 1
  }

  async #workOn(group: bigint, others: readonly Account[]): Promise<void> {
    const { rng } = this.#options
    while (this.#isActive) {
      const other = others[rng.between(0, others.length - 1)]
      const peer = rng.chance(0.5) || other === undefined ? group : `@${other.name}_soak`
      if (rng.chance(REOPEN_CHANCE)) await this.#reopen()
      await this.#count(() => this.#operate(peer))
      await wait(rng.between(0, LONGEST_REST_MS))
    }
  }

  async #operate(peer: bigint | string): Promise<void> {
    const { rng } = this.#options
    const draw = rng.next()
    if (draw < 0.6) await this.#send(peer)
    else if (draw < 0.75) for await (const _ of this.#client.history(peer, { limit: 50 }));
    else if (draw < 0.9) await this.#client.help.getNearestDc()
    else await this.#sendFile(peer, rng.between(1, 400_000))
  }

  async #send(peer: bigint | string): Promise<void> {
    const number = this.#nextText()
    const message = await this.#client.sendMessage(peer, `${number} of ${this.name}`)
    this.#answered[number] = message.id
    if (this.#options.rng.chance(0.3)) await this.#client.editMessage(message, `${number} again`)
  }

  async #sendFile(peer: bigint | string, bytes: number): Promise<void> {
    const number = this.#nextText()
    const content = new Uint8Array(bytes).fill(number)
    const caption = `${number} of ${this.name}`
    const message = await this.#client.sendFile(peer, content, { name: 'soak.bin', caption })
    this.#answered[number] = message.id
    let [length, isRight] = [0, true]
    for await (const part of this.#client.download(message)) {
      length += part.length
      isRight &&= part.every((byte) => byte === (number & 0xff))
    }
    if (length !== bytes || !isRight) this.wrong.push(`${this.name}: a file came back changed`)
  }

  async #reopen(): Promise<void> {
    await this.#client.close()
    this.reopened += 1
    this.#client = this.#makeClient()
    while (this.#isActive) {
      try {
        await this.#client.connect()
        return
      } catch (error) {
        if (!(error instanceof ConnectionError)) this.#fail('connect', error)
        await wait(1_000)
      }
    }
  }

  #nextText(): number {
    this.#lastText += 1
    return this.#lastText
  }

  async #count(call: () => Promise<void>): Promise<void> {
    this.outcomes.made += 1
    try {
      await call()
      this.outcomes.answered += 1
    } catch (error) {
      this.outcomes[this.#outcomeOf(error)] += 1
    }
  }

  #outcomeOf(error: unknown): 'refused' | 'unknown' {
    if (error instanceof ConnectionError) return 'unknown'
    if (error instanceof RpcError && ANSWER_LOST.has(error.type)) return 'unknown'
    const isOfFault =
      error instanceof RpcError && (error.code === 420 || error.code >= 500 || error.code === -503)
    if (!isOfFault) this.#fail('a call', error)
    return 'refused'
  }

  #fail(what: string, error: unknown): void {
    // Handlers here make no calls.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const code = error instanceof UpdatesError ? ` (${error.code})` : ''
    this.wrong.push(`${this.name}: ${what}${code} ${text}`)
  }
}

function accessHashOf(raw: object | undefined): bigint {
  if (raw && 'accessHash' in raw && typeof raw.accessHash === 'bigint') return raw.accessHash
  throw new Error('a user without an access hash')
}
