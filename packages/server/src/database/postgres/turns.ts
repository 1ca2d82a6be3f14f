/**
 * Turns within this process. Decisions about one subject queue here before they take a connection: a number that is busy
 * then holds one connection and not all of them.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Runs `work` once everybody who came before with this subject is done. */
  async take<T>(subject: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(subject)
    const result = before === undefined ? work() : before.then(work)
    const done = result.then(
      () => {},
      () => {},
    )
    this.#last.set(subject, done)
    try {
      return await result
    } finally {
      if (this.#last.get(subject) === done) this.#last.delete(subject)
    }
  }
}
