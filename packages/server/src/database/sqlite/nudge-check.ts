import type { Nudge } from '../../bus/nudge.ts'

/**
 * Catches a decision that changes the record of a key and does not tell: other nodes would go on with the old record. Tests
 * run with it.
 */
export class NudgeCheck {
  readonly #written = new Set<bigint>()

  begin(): void {
    this.#written.clear()
  }

  /** A row of this key was written. */
  note(authKeyId: bigint): void {
    this.#written.add(authKeyId)
  }

  /** @throws {Error} if there is no nudge for a key that was written since {@link begin} */
  end(nudges: readonly Nudge[]): void {
    for (const nudge of nudges) if (nudge.kind === 'key') this.#written.delete(BigInt(nudge.authKeyId))
    const [untold] = this.#written
    if (untold === undefined) return
    throw new Error(
      `a decision has changed the record of key ${untold} without a nudge: tell it with tellKey`,
    )
  }
}
