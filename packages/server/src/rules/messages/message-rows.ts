import { bool, bytes, int, isNull, long, type Row } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { ofBodyJson, toBodyJson } from './body-json.ts'
import type { Message, MessageContent, NewMessage, StoredMessage } from './words.ts'

/** SQL: columns of {@link WITH_BODIES}, for {@link toMessage}. */
export const MESSAGE_COLUMNS = 'm.*, b.sealed_body, b.edited_at_s, b.has_reactions'

/** SQL: messages with their bodies, for {@link toMessage}. */
export const WITH_BODIES = 'messages m JOIN bodies b ON b.body_id = m.body_id'

/** A message from its row and the row of its body. */
export function toMessage(secret: Secret, row: Row): Message {
  const fromId = long(row, 'from_id')
  const context = sealedAs({ fromId, randomId: long(row, 'random_id') })
  const plain = unseal(secret, bytes(row, 'sealed_body'), context)
  const json = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString()
  const content = asReadIn(long(row, 'box_id'), ofBodyJson(json))
  return {
    id: int(row, 'id'),
    peerId: long(row, 'peer_id'),
    fromId,
    isOut: bool(row, 'is_out'),
    dateS: int(row, 'date_s'),
    ...content,
    ...(!isZero(row, 'edited_at_s') && { editedAtS: int(row, 'edited_at_s') }),
    ...(!isZero(row, 'reply_to_id') && { replyToId: int(row, 'reply_to_id') }),
    ...(!isZero(row, 'saved_peer_id') && { savedPeerId: long(row, 'saved_peer_id') }),
    ...(!isZero(row, 'is_mentioned') && { isMentioned: true }),
    ...(!isZero(row, 'has_unread_content') && { hasUnreadContent: true }),
    ...(!isZero(row, 'is_pinned') && { isPinned: true }),
    ...(!isZero(row, 'has_reactions') && { hasReactions: true }),
  }
}

/** The bot that somebody starts reads what it was started with; nobody else does. */
function asReadIn(boxId: bigint, content: MessageContent): MessageContent {
  if (content.start === undefined) return content
  const { start, ...rest } = content
  return start.botId === boxId ? { ...rest, text: `${rest.text} ${start.param}` } : rest
}

/** A message from its row, with what is not told about it. */
export function toStoredMessage(secret: Secret, row: Row): StoredMessage {
  return {
    ...toMessage(secret, row),
    bodyId: long(row, 'body_id'),
    randomId: long(row, 'random_id'),
  }
}

function isZero(row: Row, column: string): boolean {
  return isNull(row, column) || long(row, column) === 0n
}

/** Fills the column `sealed_body`, for every box that has the message. */
export function sealBody(
  secret: Secret,
  message: MessageContent & Pick<NewMessage, 'fromId' | 'randomId'>,
): Uint8Array {
  return secret.seal(Buffer.from(toBodyJson(message)), sealedAs(message))
}

/** The kind of a message in the column `kind`, by which searches find it. */
export function kindOf({ action, media, entities }: MessageContent): string {
  if (action !== undefined) return 'service'
  if (media !== undefined) return media.kind
  return entities.some(({ kind }) => LINKS.has(kind)) ? 'link' : 'text'
}

/** Kinds of entities that are links. */
const LINKS: ReadonlySet<string> = new Set(['url', 'textUrl', 'email'])

/** The random id is unique for its sender, and every box has both of them. */
function sealedAs({ fromId, randomId }: Pick<NewMessage, 'fromId' | 'randomId'>): string {
  return `message ${randomId} of ${fromId}`
}
