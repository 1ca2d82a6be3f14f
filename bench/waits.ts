/** Counts how often decisions wait for PostgreSQL, by looking at what passes between a node and it. */
import { setTimeout as delay } from 'node:timers/promises'
import { type PostgresServer, startProxy } from '../test/engines/index.ts'
import { startWhole } from './whole.ts'

/** One transaction. */
export interface Transaction {
  /** Without BEGIN and COMMIT. */
  readonly statements: readonly string[]
  /** Times that the node had to hear from PostgreSQL before it could go on, the commit among them. */
  readonly waits: number
}

const WARM_UP = 40
/** The last writes of a login, which nobody waits for, begin after a second. */
const AFTERWARDS_MS = 1500

/** Has people sign in one after the other, and returns the transactions of the last login. */
export async function transactionsOfLogin(postgres: PostgresServer): Promise<readonly Transaction[]> {
  const proxy = await startProxy(postgres)
  const database = await postgres.createDatabase()
  const listeners = new Map<number, Listener>()
  const transactions: Transaction[] = []
  proxy.watch(({ connection, direction, chunk }) => {
    const listener =
      listeners.get(connection) ?? new Listener((transaction) => transactions.push(transaction))
    listeners.set(connection, listener)
    if (direction === 'up') listener.ask(chunk)
    return 'pass'
  })
  const whole = await startWhole({
    nodes: 1,
    people: WARM_UP + 1,
    postgres: postgres.url(database, proxy.port),
  })
  try {
    for (let person = 0; person < WARM_UP; person++) await whole.logIn(1)
    await delay(AFTERWARDS_MS)
    transactions.length = 0
    await whole.logIn(1)
    await delay(AFTERWARDS_MS)
    return [...transactions]
  } finally {
    await whole.close()
    await proxy.close()
  }
}

/** Hears one connection. Each message has a letter and a length; only the first one has no letter. */
class Listener {
  readonly #tell: (transaction: Transaction) => void
  readonly #texts = new Map<string, string>()
  #unread: Buffer = Buffer.alloc(0)
  #hasBegun = false
  #isOpen = false
  #isReading = false
  #statements: string[] = []
  #flushes = 0

  constructor(tell: (transaction: Transaction) => void) {
    this.#tell = tell
  }

  /** A node sends in one piece what it can send without an answer. */
  ask(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    this.#flushes += 1
    for (;;) {
      const head = this.#hasBegun ? 1 : 0
      if (this.#unread.length < head + 4) return
      const end = head + this.#unread.readUInt32BE(head)
      if (this.#unread.length < end) return
      const letter = head === 0 ? '' : String.fromCharCode(this.#unread[0] ?? 0)
      this.#hear(
        letter,
        this.#unread
          .subarray(head + 4, end)
          .toString('latin1')
          .split('\0'),
      )
      this.#unread = this.#unread.subarray(end)
      this.#hasBegun = true
    }
  }

  #hear(letter: string, [first = '', second = '']: readonly string[]): void {
    if (letter === 'P') this.#texts.set(first, second)
    if (letter === 'B') this.#bind(this.#texts.get(second) ?? second)
    if (letter !== 'Q') return
    if (first.startsWith('BEGIN')) {
      this.#isOpen = true
      this.#isReading = first.endsWith('READ ONLY')
      this.#statements = []
      this.#flushes = 1
    } else if (first === 'COMMIT') {
      // Nobody waits for the end of a transaction that only reads.
      const waits = this.#isReading ? this.#flushes - 1 : this.#flushes
      this.#tell({ statements: this.#statements, waits })
      this.#isOpen = false
    } else this.#statements.push(first)
  }

  #bind(text: string): void {
    if (this.#isOpen) this.#statements.push(text)
    else this.#tell({ statements: [text], waits: 1 })
  }
}
