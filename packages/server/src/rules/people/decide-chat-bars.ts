import { type Decision, sql } from '../../database/decision.ts'
import type { Changer } from './decide-profiles.ts'
import { tellOwn } from './decide-told-people.ts'

const hide = sql`
  INSERT INTO dialogs (box_id, peer_id, is_bar_hidden) VALUES (:userId, :peerId, 1)
  ON CONFLICT (box_id, peer_id) DO UPDATE SET is_bar_hidden = 1`

/** Hides the bar above a chat for good. The owner's other sessions are told. */
export function* hideBar({ userId, authKeyId, nowS }: Changer, peerId: bigint): Decision<void> {
  yield* hide.send({ userId, peerId })
  yield* tellOwn(userId, { kind: 'contact', subject: peerId, atS: nowS }, authKeyId)
}
