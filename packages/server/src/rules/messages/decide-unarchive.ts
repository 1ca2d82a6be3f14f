import { type Decision, sql } from '../../database/decision.ts'
import { addEvent } from './decide-box-log.ts'
import type { Box, PeerId } from './words.ts'

const bringBack = sql`
  UPDATE dialogs SET folder_id = 0, pinned_place = 0
  WHERE box_id = :boxId AND peer_id = :peerId AND folder_id = 1 AND coalesce(mute_until_s, (
    SELECT n.mute_until_s FROM notify_defaults n WHERE n.user_id = :boxId AND n.kind = :kind), 0) <= :nowS`

/** Brings a chat back from the archive, because a message has come; one whose notifications are muted stays there. */
export function* bringBackFromArchive(box: Box, peerId: PeerId, nowS: number): Decision<void> {
  const { boxId } = box
  const kind = peerId > 0n ? 'users' : 'groups'
  if ((yield* bringBack.run({ boxId, peerId, kind, nowS })) === 0) return
  yield* addEvent(box, { kind: 'folder', peerId, folderId: 0 }, undefined)
}
