/**
 * Storage as the rules see it: decisions, not tables. A decision is atomic, and its promise resolves only once its writes
 * would survive a crash. `now` always comes in as an argument, so that moving the rules' clock moves everything. Refusals by
 * a rule are outcomes, which undo what the decision wrote (`isRefusal`); rejections (`StoreError`) mean that nothing of the
 * decision was done.
 */

import type { Decision } from './decision.ts'
import type { StoreError } from './errors.ts'
import type { Secret } from './secret.ts'

/** Storage, the port. The contract suites say what every implementation must do. */
export interface Store {
  /**
   * Runs a decision; resolves once what it wrote would survive a crash, or, if its outcome is a refusal, is undone. Rejects with a `StoreError` if nothing of it was
   * done. It may run again from the start, so `run` makes a new generator each time.
   */
  decide<T>(run: () => Decision<T>): Promise<T>
  /** Runs a decision that only reads, all of it on one snapshot. */
  look<T>(run: () => Decision<T>): Promise<T>
  /** Runs a decision that nobody waits for, a second later at the latest; a failure is not reported. */
  defer(run: () => Decision<void>): void
  /** Seals what must not be readable to somebody who has the data but not the secret. */
  readonly secret: Secret
  /**
   * Has a listener told of each permanent key whose record is written, by whatever statement, inside the write that does
   * it. Absent where others write the same database: then only nudges tell.
   */
  readonly watchKeys?: ((listener: (authKeyId: bigint) => void) => void) | undefined
  /** The reason why it cannot do its work; undefined if it can. While writes fail, this tries one. */
  trouble(): Promise<StoreError | undefined>
  /** Copies the database into a folder that has none, while it goes on. @returns the copy */
  backUp(folder: string): Promise<string>
  /** Commits what is on its way, and lets go of the data folder. */
  close(): Promise<void>
}
