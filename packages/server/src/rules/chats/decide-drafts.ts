import { type Decision, sql } from '../../database/decision.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId } from '../messages/words.ts'
import type { Actor } from './decide-open-chat.ts'

const clear = sql`
  UPDATE dialogs SET sealed_draft = NULL, draft_at_s = 0
  WHERE box_id = :boxId AND peer_id = :peerId AND sealed_draft IS NOT NULL`

/** Takes away what somebody has begun to write in a chat, and tells their other sessions. */
export function* clearDraft({ userId, authKeyId }: Actor, peerId: PeerId, nowS: number): Decision<void> {
  if ((yield* clear.run({ boxId: userId, peerId })) === 0) return
  yield* addSideEvent(userId, { kind: 'draft', subject: peerId, atS: nowS }, authKeyId)
}
