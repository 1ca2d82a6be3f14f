/** The calls that a server answered, from its debug log. */
import { closeSync, openSync, readFileSync } from 'node:fs'

interface Answered {
  readonly msg: string
  readonly method?: string
  readonly refused?: string
  readonly connection: string | number
  readonly layer?: number
}

/** A log that a server writes into a file. */
export class CallLog {
  readonly #path: string
  readonly #fd: number
  #settledAfter = 0

  constructor(path: string) {
    this.#path = path
    this.#fd = openSync(path, 'a')
  }

  /** The descriptor for the server's standard error. */
  get fd(): number {
    return this.#fd
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Notes that everybody has logged in: what was asked until now is no sign of a gap. */
  settle(): void {
    this.#settledAfter = this.#answered().length
  }

  /**
   * The connections whose client asked for a difference again, which means that it believed to have missed something. The
   * first one on a new connection is no sign of that.
   * @param excused layers of clients that miss their own events
   */
  gaps(excused: readonly (number | undefined)[]): string[] {
    const answered = this.#answered()
    const settled = new Set(answered.slice(0, this.#settledAfter).map(({ connection }) => connection))
    const counts = new Map<string, number>()
    for (const { method, connection, layer } of answered.slice(this.#settledAfter)) {
      if (method !== 'updates.getDifference' || excused.includes(layer)) continue
      const key = `connection ${connection} of layer ${layer}`
      counts.set(key, (counts.get(key) ?? (settled.has(connection) ? 0 : -1)) + 1)
    }
    return [...counts]
      .filter(([, count]) => count > 0)
      .map(([key, count]) => `${key} asked for ${count} differences`)
  }

  /** The refusals of the server, with the number of times. */
  refusals(): string[] {
    const counts = new Map<string, number>()
    for (const { method, refused, layer } of this.#answered()) {
      if (refused === undefined) continue
      const key = `${method} of layer ${layer}: ${refused}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return [...counts].map(([key, count]) => `${count} × ${key}`)
  }

  #answered(): Answered[] {
    return readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Answered)
      .filter(({ msg }) => msg === 'answered')
  }
}
