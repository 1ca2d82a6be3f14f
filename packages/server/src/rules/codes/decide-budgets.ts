import { int } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { BudgetSpent, SendBudget } from './words.ts'

/** A send that budgets are asked about and charged with. */
export interface Send {
  readonly phone: string
  readonly budgets: readonly SendBudget[]
  readonly nowMs: number
}

/** Sends counted by subject. To be used inside a write: asking and charging are one decision there. */
export interface SendBudgets {
  /** The first budget that has no room; undefined where all have. */
  findSpent(send: Send): BudgetSpent | undefined
  charge(send: Send): void
}

/** A window is full when it holds `max`; it has room again when the `max`-th newest has left it. */
export function createSendBudgets(db: Database): SendBudgets {
  const nthNewest = db.prepare(
    `SELECT at_ms FROM sends WHERE scope = :scope AND subject = :subject AND at_ms > :sinceMs
     ORDER BY at_ms DESC LIMIT 1 OFFSET :skip`,
  )
  const nthNewestOtherPhone = db.prepare(
    `SELECT max(at_ms) AS at_ms FROM sends
     WHERE scope = :scope AND subject = :subject AND at_ms > :sinceMs AND phone <> :phone
     GROUP BY phone ORDER BY 1 DESC LIMIT 1 OFFSET :skip`,
  )
  const knowsPhone = db.prepare(
    'SELECT 1 FROM sends WHERE scope = :scope AND subject = :subject AND at_ms > :sinceMs AND phone = :phone LIMIT 1',
  )
  const insert = db.prepare(
    'INSERT INTO sends (scope, subject, phone, at_ms) VALUES (:scope, :subject, :phone, :nowMs)',
  )

  /** When the budget has room again; undefined where it has room now. */
  function freeAtMs(
    { scope, subject, max, windowMs, distinctPhones }: SendBudget,
    send: Send,
  ): number | undefined {
    if (max <= 0) return send.nowMs + windowMs
    const { phone, nowMs } = send
    const of = { scope, subject, sinceMs: nowMs - windowMs }
    if (distinctPhones && knowsPhone.get({ ...of, phone }) !== undefined) return undefined
    const oldest = distinctPhones
      ? nthNewestOtherPhone.get({ ...of, phone, skip: max - 1 })
      : nthNewest.get({ ...of, skip: max - 1 })
    return oldest && int(oldest, 'at_ms') + windowMs
  }

  return {
    findSpent(send) {
      for (const [budget, limit] of send.budgets.entries()) {
        const free = freeAtMs(limit, send)
        if (free !== undefined) return { kind: 'budgetSpent', budget, freeAtMs: free }
      }
      return undefined
    },
    charge({ phone, budgets, nowMs }) {
      // Several windows over one subject share its sends.
      const subjects = new Map(
        budgets.map(({ scope, subject }) => [`${scope} ${subject}`, { scope, subject }]),
      )
      for (const subject of subjects.values()) insert.run({ ...subject, phone, nowMs })
    },
  }
}
