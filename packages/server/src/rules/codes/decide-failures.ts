import { int } from '../../database/columns.ts'
import { alone, type Decision, type Statement, sql } from '../../database/decision.ts'
import { hasKnownLogin, isKnownLogin } from '../accounts/decide-known-logins.ts'
import { MAX_LOCKED } from './decide-budgets.ts'
import type { FailureBudget, GuessRoom } from './words.ts'

/** The thing that was guessed wrong. */
export type FailureKind = 'code' | 'password' | 'recovery'

/** Somebody who guesses at something of a number. */
export interface Guesser {
  readonly phone: string
  readonly authKeyId: bigint
  readonly budget: FailureBudget
  readonly nowMs: number
}

const nthOfPhone = nth('phone = :phone')
const nthOfStrangers = nth('phone = :phone AND is_known = 0')
const nthOfNetwork = nth('network = :network')
// A range, so that the index on the network finds them: the last bound is after every beginning.
const nthOfSite = nth(`network >= :site AND network < :site || '\u{10ffff}'`)
const insert = sql`INSERT INTO failures (phone, at_ms, kind, network, is_known)
  VALUES (:phone, :nowMs, :kind, :network, :isKnown)`
const forgiveAll = sql`UPDATE failures SET phone = '' WHERE phone = :phone`
const forgiveKind = sql`UPDATE failures SET phone = '' WHERE phone = :phone AND kind = :kind`

function nth(where: string): Statement {
  return sql`SELECT at_ms FROM failures WHERE ${where} AND at_ms > :sinceMs ORDER BY at_ms DESC LIMIT 1 OFFSET :skip`
}

/**
 * Lets nobody else guess at the same number, or from the same network, until this decision is committed. Comes before
 * the first read of a decision that asks {@link guessRoom} and charges.
 */
export function* aloneToGuess({ phone, budget }: Pick<Guesser, 'phone' | 'budget'>): Decision<void> {
  const { network, networkLimit, siteLimit } = budget
  if (networkLimit !== undefined && networkLimit.max <= MAX_LOCKED) yield* alone('network', network)
  yield* alone('phone', phone)
  if (siteLimit !== undefined && siteLimit.max <= MAX_LOCKED) yield* alone('site', siteLimit.site)
}

/** Tells whether a guess may be made now. A window is full when it holds `max`. */
export function* guessRoom(guesser: Guesser): Decision<GuessRoom> {
  const { phone, budget, nowMs } = guesser
  const { network, networkLimit, siteLimit } = budget
  const spent = [
    networkLimit && (yield* freeAtMs(nthOfNetwork, { network }, networkLimit, nowMs)),
    siteLimit && (yield* freeAtMs(nthOfSite, { site: siteLimit.site }, siteLimit, nowMs)),
  ].filter((atMs) => atMs !== undefined)
  if (spent.length > 0) return { kind: 'networkSpent', freeAtMs: Math.max(...spent) }
  const kept = budget.kept > 0 && (yield* hasKnownLogin(phone)) ? budget.kept : 0
  const phoneFreeAtMs =
    (yield* freeAtMs(nthOfPhone, { phone }, budget, nowMs)) ??
    (kept > 0 && !(yield* isKnown(guesser))
      ? yield* freeAtMs(nthOfStrangers, { phone }, { ...budget, max: budget.max - kept }, nowMs)
      : undefined)
  return phoneFreeAtMs === undefined ? { kind: 'room' } : { kind: 'phoneSpent', freeAtMs: phoneFreeAtMs }
}

/** Counts a wrong guess against its number and its network. */
export function* chargeFailure(guesser: Guesser, kind: FailureKind): Decision<void> {
  const { phone, budget, nowMs } = guesser
  const isOwn = Number(yield* isKnown(guesser))
  yield* insert.send({ phone, nowMs, kind, network: budget.network, isKnown: isOwn })
}

/** Forgives a number its wrong guesses, or those of one kind. The networks they came from are not forgiven. */
export function* forgiveFailures(phone: string, kind?: FailureKind): Decision<void> {
  if (kind === undefined) yield* forgiveAll.send({ phone })
  else yield* forgiveKind.send({ phone, kind })
}

/** When the window has room again; undefined if it has room now. */
function* freeAtMs(
  nthNewest: Statement,
  of: { readonly [name: string]: string },
  { max, windowMs }: { readonly max: number; readonly windowMs: number },
  nowMs: number,
): Decision<number | undefined> {
  if (max <= 0) return nowMs + windowMs
  const row = yield* nthNewest.row({ ...of, sinceMs: nowMs - windowMs, skip: max - 1 })
  return row && int(row, 'at_ms') + windowMs
}

function* isKnown({ phone, authKeyId, budget, nowMs }: Guesser): Decision<boolean> {
  const sinceS = Math.floor((nowMs - budget.knownForMs) / 1000)
  return yield* isKnownLogin(phone, { authKeyId, network: budget.network }, sinceS)
}
