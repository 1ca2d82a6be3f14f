import { int } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareKnownLogins } from '../accounts/decide-known-logins.ts'
import type { FailureBudget, GuessRoom } from './words.ts'

/** What was guessed wrong. */
export type FailureKind = 'code' | 'password' | 'recovery'

/** Who guesses, at what is of which number. */
export interface Guesser {
  readonly phone: string
  readonly authKeyId: bigint
  readonly budget: FailureBudget
  readonly nowMs: number
}

/** Wrong guesses, counted by number and by network. To be used inside a write: asking and charging are one decision. */
export interface Failures {
  room(guesser: Guesser): GuessRoom
  /** Charges a guess as if it were wrong; resolves to what takes it back. */
  charge(guesser: Guesser, kind: FailureKind): () => void
  /** Forgives a number its wrong guesses, or those of one kind; the networks they came from are not forgiven. */
  forgive(phone: string, kind?: FailureKind): void
}

/** The counts of wrong guesses. */
export function prepareFailures(db: Database): Failures {
  const known = prepareKnownLogins(db)
  const nth = (where: string) =>
    db.prepare(
      `SELECT at_ms FROM failures WHERE ${where} AND at_ms > :sinceMs ORDER BY at_ms DESC LIMIT 1 OFFSET :skip`,
    )
  const nthOfPhone = nth('phone = :phone')
  const nthOfStrangers = nth('phone = :phone AND is_known = 0')
  const nthOfNetwork = nth('network = :network')
  // A range, so that the index on the network finds them: the last bound is after every beginning.
  const nthOfSite = nth(`network >= :site AND network < :site || '\u{10ffff}'`)
  const insert = db.prepare(
    `INSERT INTO failures (phone, at_ms, kind, network, is_known)
     VALUES (:phone, :nowMs, :kind, :network, :isKnown) RETURNING id`,
  )
  const remove = db.prepare('DELETE FROM failures WHERE id = ?')
  const forgiveAll = db.prepare(`UPDATE failures SET phone = '' WHERE phone = ?`)
  const forgiveKind = db.prepare(`UPDATE failures SET phone = '' WHERE phone = ? AND kind = ?`)

  function isKnown({ phone, authKeyId, budget, nowMs }: Guesser): boolean {
    const sinceS = Math.floor((nowMs - budget.knownForMs) / 1000)
    return known.isKnown(phone, { authKeyId, network: budget.network }, sinceS)
  }

  return {
    room(guesser) {
      const { phone, budget, nowMs } = guesser
      const freeAtMs = (nthNewest: typeof nthOfPhone, of: object, max: number, windowMs: number) => {
        if (max <= 0) return nowMs + windowMs
        const row = nthNewest.get({ ...of, sinceMs: nowMs - windowMs, skip: max - 1 })
        return row && int(row, 'at_ms') + windowMs
      }
      const { network, networkLimit, siteLimit } = budget
      const spent = [
        networkLimit && freeAtMs(nthOfNetwork, { network }, networkLimit.max, networkLimit.windowMs),
        siteLimit && freeAtMs(nthOfSite, { site: siteLimit.site }, siteLimit.max, siteLimit.windowMs),
      ].filter((atMs) => atMs !== undefined)
      if (spent.length > 0) return { kind: 'networkSpent', freeAtMs: Math.max(...spent) }
      const kept = known.hasAny(phone) ? budget.kept : 0
      const phoneFreeAtMs =
        freeAtMs(nthOfPhone, { phone }, budget.max, budget.windowMs) ??
        (kept > 0 && !isKnown(guesser)
          ? freeAtMs(nthOfStrangers, { phone }, budget.max - kept, budget.windowMs)
          : undefined)
      return phoneFreeAtMs === undefined ? { kind: 'room' } : { kind: 'phoneSpent', freeAtMs: phoneFreeAtMs }
    },
    charge(guesser, kind) {
      const { phone, budget, nowMs } = guesser
      const { network } = budget
      const row = insert.get({ phone, nowMs, kind, network, isKnown: Number(isKnown(guesser)) })
      return () => {
        remove.run(row?.['id'] ?? null)
      }
    },
    forgive(phone, kind) {
      if (kind === undefined) forgiveAll.run(phone)
      else forgiveKind.run(phone, kind)
    },
  }
}
