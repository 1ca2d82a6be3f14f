import { bytes, int, long, type Row } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { ofBodyJson, toBodyJson } from './body-json.ts'
import { contentOf } from './opened-bodies.ts'
import type { Message, MessageContent, NewMessage, StoredMessage } from './words.ts'

/** Properties of a message as bits of one column: every column of a row takes time to read. */
const FLAGS = { isOut: 1, isMentioned: 2, hasUnreadContent: 4, isPinned: 8, hasReactions: 16 } as const

/** SQL: columns of messages, under this name, and of their bodies, `b`, for {@link toMessage}. */
export function messageColumns(m: string): string {
  return `
    ${m}.box_id, ${m}.id, ${m}.peer_id, ${m}.from_id, ${m}.date_s, ${m}.random_id, ${m}.body_id, ${m}.reply_to_id,
    ${m}.saved_peer_id, b.sealed_body, b.edited_at_s,
    ${m}.is_out + 2 * ${m}.is_mentioned + 4 * ${m}.has_unread_content + 8 * ${m}.is_pinned + 16 * b.has_reactions AS flags`
}

/** SQL: columns of {@link WITH_BODIES}, for {@link toMessage}. */
export const MESSAGE_COLUMNS: string = messageColumns('m')

/** SQL: messages with their bodies, for {@link toMessage}. */
export const WITH_BODIES = 'messages m JOIN bodies b ON b.body_id = m.body_id'

/** A message from its row and the row of its body. */
export function toMessage(secret: Secret, row: Row): Message {
  const flags = int(row, 'flags')
  const is = (flag: number): boolean => (flags & flag) !== 0
  const [editedAtS, replyToId, savedPeerId] = [
    int(row, 'edited_at_s'),
    int(row, 'reply_to_id'),
    long(row, 'saved_peer_id'),
  ]
  return {
    id: int(row, 'id'),
    peerId: long(row, 'peer_id'),
    fromId: long(row, 'from_id'),
    isOut: is(FLAGS.isOut),
    dateS: int(row, 'date_s'),
    ...asReadIn(long(row, 'box_id'), contentIn(secret, row)),
    ...(editedAtS !== 0 && { editedAtS }),
    ...(replyToId !== 0 && { replyToId }),
    ...(savedPeerId !== 0n && { savedPeerId }),
    ...(is(FLAGS.isMentioned) && { isMentioned: true }),
    ...(is(FLAGS.hasUnreadContent) && { hasUnreadContent: true }),
    ...(is(FLAGS.isPinned) && { isPinned: true }),
    ...(is(FLAGS.hasReactions) && { hasReactions: true }),
  }
}

function contentIn(secret: Secret, row: Row): MessageContent {
  const sealed = bytes(row, 'sealed_body')
  return contentOf(secret, long(row, 'body_id'), sealed, () => {
    const context = sealedAs({ fromId: long(row, 'from_id'), randomId: long(row, 'random_id') })
    const plain = unseal(secret, sealed, context)
    return ofBodyJson(Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString())
  })
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
