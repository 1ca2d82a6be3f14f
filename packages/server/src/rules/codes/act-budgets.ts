/** Budgets of what accounts do after the login, on the same counts as those of codes. Without limits they cost nothing. */
import { alone, type Decision } from '../../database/decision.ts'
import type { ActLimit } from '../../ground/settings.ts'
import { type Refused, refused } from '../refusal.ts'
import { chargeSend, findSpent, type Send } from './decide-budgets.ts'

/** Something that an account does. */
export interface Act {
  readonly act: ActLimit['act']
  readonly userId: bigint
  readonly nowMs: number
  /** The person whom it is about, for limits that count different people. */
  readonly aboutId?: bigint
  /** The number of times that it is done at once; 1 if absent. */
  readonly times?: number
}

/** Lets nobody else spend the same budgets until the decision is committed. Not needed where the account's box is locked. */
export function* aloneToAct(limits: readonly ActLimit[], { act, userId }: Act): Decision<void> {
  if (limits.some((limit) => limit.act === act)) yield* alone(act, String(userId))
}

/** The refusal of an act for which a budget has no room; undefined if all have. */
export function* findSpentAct(limits: readonly ActLimit[], act: Act): Decision<Refused | undefined> {
  for (const limit of limits) {
    if (limit.act !== act.act) continue
    const spent = yield* findSpent(sendOf(act, [limit]))
    if (spent === undefined) continue
    if (limit.refusal === 'PEER_FLOOD') return refused('PEER_FLOOD')
    const x = Math.max(1, Math.ceil((spent.freeAtMs - act.nowMs) / 1000))
    return { kind: 'refused', name: 'FLOOD_WAIT_X', x }
  }
  return undefined
}

/** Counts an act that was done. */
export function* chargeAct(limits: readonly ActLimit[], act: Act): Decision<void> {
  const own = limits.filter((limit) => limit.act === act.act)
  if (own.length === 0) return
  for (let time = 0; time < (act.times ?? 1); time++) yield* chargeSend(sendOf(act, own))
}

/** Acts that are done together need room for each; whoever has done nothing lately may do as many as they like. */
function sendOf({ act, userId, nowMs, aboutId, times = 1 }: Act, limits: readonly ActLimit[]): Send {
  return {
    phone: aboutId === undefined ? '' : String(aboutId),
    budgets: limits.map(({ max, windowS, refusal }) => ({
      scope: act,
      subject: String(userId),
      max: max > 0 ? Math.max(1, max - (times - 1)) : 0,
      windowMs: windowS * 1000,
      distinctPhones: refusal === 'PEER_FLOOD',
    })),
    nowMs,
  }
}
