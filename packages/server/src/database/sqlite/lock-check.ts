/** The kinds of subjects whose order is checked: those that come later are locked later. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['poll', 1],
  ['chat', 2],
  ['bot', 2],
  ['box', 3],
])

interface Lock {
  readonly subject: string
  readonly rank: number
  readonly id: bigint
}

/**
 * Finds decisions that lock in another order than all others do. Here there is one writer, and nothing happens; on PostgreSQL two
 * such decisions may wait for each other. Tests run with it.
 */
export class LockCheck {
  readonly #held = new Set<string>()
  #last: Lock | undefined

  begin(): void {
    this.#held.clear()
    this.#last = undefined
  }

  /** @throws {Error} if something was locked since {@link begin} that comes after this subject */
  lock(subject: string): void {
    const lock = lockOf(subject)
    if (lock === undefined || this.#held.has(subject)) return
    const last = this.#last
    if (last !== undefined && comesAfter(last, lock)) {
      throw new Error(
        `a decision locks "${subject}" after "${last.subject}": docs/adr/0040-chats.md has the order of locks`,
      )
    }
    this.#held.add(subject)
    this.#last = lock
  }
}

function lockOf(subject: string): Lock | undefined {
  const [kind = '', id = '0'] = subject.split(' ')
  const rank = RANKS.get(kind)
  return rank === undefined ? undefined : { subject, rank, id: BigInt(id) }
}

function comesAfter(one: Lock, other: Lock): boolean {
  return one.rank > other.rank || (one.rank === other.rank && one.id > other.id)
}
