import { int } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { BudgetSpent, SendBudget } from './words.ts'

/** A send that budgets are asked about and charged with. */
export interface Send {
  readonly phone: string
  readonly budgets: readonly SendBudget[]
  readonly nowMs: number
}

/** Budgets above this take no lock: a small overshoot costs less than one queue for everybody. */
export const MAX_LOCKED = 1000

const nthNewest = sql`SELECT at_ms FROM sends WHERE scope = :scope AND subject = :subject AND at_ms > :sinceMs
  ORDER BY at_ms DESC LIMIT 1 OFFSET :skip`
const nthNewestOtherPhone = sql`SELECT max(at_ms) AS at_ms FROM sends
  WHERE scope = :scope AND subject = :subject AND at_ms > :sinceMs AND phone <> :phone
  GROUP BY phone ORDER BY 1 DESC LIMIT 1 OFFSET :skip`
const knowsPhone = sql`SELECT 1 FROM sends
  WHERE scope = :scope AND subject = :subject AND at_ms > :sinceMs AND phone = :phone LIMIT 1`
const insert = sql`INSERT INTO sends (scope, subject, phone, at_ms) VALUES (:scope, :subject, :phone, :nowMs)`

/**
 * Lets nobody else decide about the number or its codes, nor charge the same budgets, until this decision is committed.
 * Comes before the first read of a decision that asks {@link findSpent} and charges.
 */
export function* aloneToSend({ phone, budgets }: Pick<Send, 'phone' | 'budgets'>): Decision<void> {
  const locked = budgets.filter(({ max }) => max <= MAX_LOCKED)
  const subjects = new Map([['phone', phone], ...locked.map(keyOf)].map((key) => [key.join(' '), key]))
  for (const name of [...subjects.keys()].toSorted()) yield* alone(...(subjects.get(name) ?? []))
}

/** The first budget that has no room; undefined if all have. */
export function* findSpent(send: Send): Decision<BudgetSpent | undefined> {
  for (const [budget, limit] of send.budgets.entries()) {
    const free = yield* freeAtMs(limit, send)
    if (free !== undefined) return { kind: 'budgetSpent', budget, freeAtMs: free }
  }
  return undefined
}

/** Counts the send against each subject of the budgets. Several windows over one subject share its sends. */
export function* chargeSend({ phone, budgets, nowMs }: Send): Decision<void> {
  const subjects = new Map(budgets.map((budget) => [keyOf(budget).join(' '), budget]))
  for (const { scope, subject } of subjects.values()) yield* insert.send({ scope, subject, phone, nowMs })
}

function keyOf({ scope, subject }: SendBudget): [string, string] {
  return [scope, subject]
}

/**
 * When the budget has room again; undefined if it has room now. A window is full when it holds `max`; it has room again
 * when the `max`-th newest has left it.
 */
function* freeAtMs(
  { scope, subject, max, windowMs, distinctPhones }: SendBudget,
  { phone, nowMs }: Send,
): Decision<number | undefined> {
  if (max <= 0) return nowMs + windowMs
  const of = { scope, subject, sinceMs: nowMs - windowMs }
  if (distinctPhones && (yield* knowsPhone.row({ ...of, phone })) !== undefined) return undefined
  const oldest = distinctPhones
    ? yield* nthNewestOtherPhone.row({ ...of, phone, skip: max - 1 })
    : yield* nthNewest.row({ ...of, skip: max - 1 })
  return oldest && int(oldest, 'at_ms') + windowMs
}
