import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { loggingOf, logMessages } from './decide-log-messages.ts'
import { kindOf, mediaIdOf, sealBody } from './message-rows.ts'
import type { BoxLimits, MessageContent, Place, StoredMessage } from './words.ts'

const logging = loggingOf('m.body_id = :bodyId')
const findEdited = sql`SELECT edited_at_s FROM bodies WHERE body_id = :bodyId`
const rewrite = sql`
  UPDATE bodies SET sealed_body = :sealed, seal_id = :sealId, media_id = :mediaId, edited_at_s = :editedAtS
  WHERE body_id = :bodyId`
const setKind = sql`UPDATE messages SET kind = :kind WHERE body_id = :bodyId AND kind <> :kind`

/** A message and what it is to say from now on. */
export interface MessageEdit {
  /** As it is now, in any of its boxes. */
  readonly message: StoredMessage
  readonly content: MessageContent
  readonly nowS: number
  /** False for changes that nobody wrote, such as a poll that closes: the message does not count as edited. */
  readonly isDated?: boolean
  readonly causedBy?: bigint | undefined
}

/** The time of an edit, and the place of its event in each box. */
export interface EditedMessage {
  readonly editedAtS: number
  readonly places: ReadonlyMap<bigint, Place>
}

/** Changes a message in every box that has it. Those boxes are locked before. */
export function* editBody(
  secret: Secret,
  { message, content, nowS, isDated = true, causedBy }: MessageEdit,
  limits: BoxLimits,
): Decision<EditedMessage> {
  const { bodyId, fromId, randomId } = message
  const before = int((yield* findEdited.row({ bodyId })) ?? {}, 'edited_at_s')
  // Clients take an edit that is not later than the one before for one that they have.
  const editedAtS = isDated ? Math.max(nowS, before + 1) : before
  const sealed = sealBody(secret, { ...content, fromId, randomId })
  yield* rewrite.send({ bodyId, ...sealed, mediaId: mediaIdOf(content), editedAtS })
  yield* setKind.send({ bodyId, kind: kindOf(content) })
  const places = yield* logMessages(logging, { bodyId }, { kind: 'editMessage', causedBy }, limits)
  return { editedAtS, places }
}
