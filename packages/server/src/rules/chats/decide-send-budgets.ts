import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { type Act, chargeAct, findSpentAct } from '../codes/act-budgets.ts'
import type { PeerId } from '../messages/words.ts'
import type { Refused } from '../refusal.ts'

/** A bot is no stranger, and neither is somebody who has the writer as a contact or has written to them. */
const countTies = sql`
  SELECT (SELECT count(*) FROM contacts WHERE user_id = :peerId AND contact_id = :userId AND contact_id > 0)
    + (SELECT count(*) FROM (
        SELECT 1 AS one FROM messages WHERE box_id = :userId AND peer_id = :peerId AND is_out = 0 LIMIT 1) m)
    + (SELECT count(*) FROM users WHERE id = :peerId AND is_bot = 1) AS n`

/** The parts that a decision about a budget of messages is made with. */
interface SendingGround {
  readonly settings: Pick<Settings, 'actLimits'>
  readonly actor: { readonly userId: bigint }
  readonly nowS: number
}

/** Messages that somebody writes in a chat, with the boxes of both locked. */
export interface Sending {
  readonly peerId: PeerId
  readonly times: number
}

/** The refusal of messages for which a budget has no room; undefined if all have. */
export function* findSpentSending(on: SendingGround, sending: Sending): Decision<Refused | undefined> {
  const { actLimits } = on.settings
  if (actLimits.length === 0) return undefined
  for (const act of yield* actsOf(on, sending)) {
    const spent = yield* findSpentAct(actLimits, act)
    if (spent !== undefined) return spent
  }
  return undefined
}

/** Counts messages that were written: those to a stranger before they are in the stranger's box, or after. */
export function* chargeSending(on: SendingGround, sending: Sending): Decision<void> {
  const { actLimits } = on.settings
  if (actLimits.length === 0 || sending.times === 0) return
  for (const act of yield* actsOf(on, sending)) yield* chargeAct(actLimits, act)
}

function* actsOf({ settings, actor, nowS }: SendingGround, { peerId, times }: Sending): Decision<Act[]> {
  const { userId } = actor
  const nowMs = nowS * 1000
  const message: Act = { act: 'message', userId, nowMs, times }
  const countsStrangers = settings.actLimits.some(({ act }) => act === 'stranger')
  if (!countsStrangers || peerId < 0n || peerId === userId) return [message]
  const isStranger = long((yield* countTies.row({ peerId, userId })) ?? {}, 'n') === 0n
  return isStranger ? [message, { act: 'stranger', userId, nowMs, aboutId: peerId }] : [message]
}
