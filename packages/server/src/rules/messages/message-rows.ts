import { bytes, int, isNull, long, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { sealIdOf, unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { ofBodyJson, toBodyJson } from './body-json.ts'
import { contentOf, openedBefore } from './opened-bodies.ts'
import type {
  Document,
  DocumentAttribute,
  Media,
  Message,
  MessageContent,
  NewMessage,
  StoredMessage,
} from './words.ts'

/** Properties of a message as bits of one column: every column of a row takes time to read. */
const FLAGS = { isOut: 1, isMentioned: 2, hasUnreadContent: 4, isPinned: 8, hasReactions: 16 } as const

/** SQL: columns of messages, under this name, and of their bodies, `b`, for {@link messagesIn}; not what they say. */
export function messageColumns(m: string): string {
  return `
    ${m}.id, ${m}.peer_id, ${m}.from_id, ${m}.date_s, ${m}.body_id, ${m}.reply_to_id, ${m}.saved_peer_id, b.seal_id, b.edited_at_s,
    ${m}.is_out + 2 * ${m}.is_mentioned + 4 * ${m}.has_unread_content + 8 * ${m}.is_pinned + 16 * b.has_reactions AS flags`
}

/** SQL: columns of {@link WITH_BODIES}, for {@link messagesIn}. */
export const MESSAGE_COLUMNS: string = messageColumns('m')

/** SQL: messages with their bodies, for {@link messagesIn}. */
export const WITH_BODIES = 'messages m JOIN bodies b ON b.body_id = m.body_id'

const findSealed = sql`
  SELECT m.id, m.from_id, m.random_id, m.body_id, b.sealed_body FROM ${WITH_BODIES}
  WHERE m.box_id = :boxId AND m.id IN ${LISTED_IDS}`

/** The messages of rows of a box. */
export function* messagesIn(secret: Secret, boxId: bigint, rows: readonly Row[]): Decision<Message[]> {
  const contents = yield* contentsOf(secret, boxId, rows)
  return rows.map((row, at) => toMessage(boxId, row, contents[at]))
}

/** The messages of rows of a box, with what is not told about them; the rows have a column `random_id`, too. */
export function* storedIn(secret: Secret, boxId: bigint, rows: readonly Row[]): Decision<StoredMessage[]> {
  const messages = yield* messagesIn(secret, boxId, rows)
  return rows.flatMap((row, at) => {
    const message = messages[at]
    return message === undefined
      ? []
      : { ...message, bodyId: long(row, 'body_id'), randomId: long(row, 'random_id') }
  })
}

/** What messages say, in the order of their rows; undefined for a row without a message. */
export type Contents = readonly (MessageContent | undefined)[]

/** What the messages of rows of a box say. Sealed bytes are read of those that were not opened lately. */
export function* contentsOf(secret: Secret, boxId: bigint, rows: readonly Row[]): Decision<Contents> {
  const contents = rows.map((row) =>
    isNull(row, 'id') ? undefined : openedBefore(secret, long(row, 'body_id'), long(row, 'seal_id')),
  )
  const ids = rows.flatMap((row, at) =>
    contents[at] === undefined && !isNull(row, 'id') ? int(row, 'id') : [],
  )
  if (ids.length === 0) return contents
  const sealed = yield* findSealed.rows({ boxId, ids: idList(ids) })
  const found = new Map(sealed.map((row) => [int(row, 'id'), contentIn(secret, row)]))
  return rows.map((row, at) => contents[at] ?? (isNull(row, 'id') ? undefined : found.get(int(row, 'id'))))
}

/** A message of a box from its row and what it says. */
export function toMessage(boxId: bigint, row: Row, content: MessageContent | undefined): Message {
  if (content === undefined) throw new StoreError('STORE_FAILED', 'a message has no body')
  const flags = int(row, 'flags')
  const message: Writable<Message> = {
    ...asReadIn(boxId, content),
    id: int(row, 'id'),
    peerId: long(row, 'peer_id'),
    fromId: long(row, 'from_id'),
    isOut: (flags & FLAGS.isOut) !== 0,
    dateS: int(row, 'date_s'),
  }
  const editedAtS = int(row, 'edited_at_s')
  const replyToId = int(row, 'reply_to_id')
  const savedPeerId = long(row, 'saved_peer_id')
  if (editedAtS !== 0) message.editedAtS = editedAtS
  if (replyToId !== 0) message.replyToId = replyToId
  if (savedPeerId !== 0n) message.savedPeerId = savedPeerId
  if (flags & FLAGS.isMentioned) message.isMentioned = true
  if (flags & FLAGS.hasUnreadContent) message.hasUnreadContent = true
  if (flags & FLAGS.isPinned) message.isPinned = true
  if (flags & FLAGS.hasReactions) message.hasReactions = true
  return message
}

/** A message while it is put together. */
type Writable<T> = { -readonly [K in keyof T]: T[K] }

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

/** The columns `sealed_body` and `seal_id`, for every box that has the message. */
export interface SealedBody {
  readonly sealed: Uint8Array
  readonly sealId: bigint
}

/** Seals a body. */
export function sealBody(
  secret: Secret,
  message: MessageContent & Pick<NewMessage, 'fromId' | 'randomId'>,
): SealedBody {
  const sealed = secret.seal(Buffer.from(toBodyJson(message)), sealedAs(message))
  return { sealed, sealId: sealIdOf(sealed) }
}

/** The kind of a message in the column `kind`, by which searches find it. */
export function kindOf({ action, media, entities }: MessageContent): string {
  if (action !== undefined) return 'service'
  if (media !== undefined) return mediaKind(media)
  return entities.some(({ kind }) => LINKS.has(kind)) ? 'link' : 'text'
}

/** The kind of media, by which searches find it and groups forbid it. */
export function mediaKind(media: Media): string {
  return media.kind === 'document' ? documentKind(media) : media.kind
}

/** The kind of a document with these attributes. */
export function documentKind({ attributes }: Pick<Document, 'attributes'>): string {
  const has = (kind: DocumentAttribute['kind']): boolean => attributes.some((each) => each.kind === kind)
  const audio = attributes.find((each) => each.kind === 'audio')
  const video = attributes.find((each) => each.kind === 'video')
  if (has('sticker') || has('customEmoji')) return 'sticker'
  if (audio !== undefined) return audio.isVoice ? 'voice' : 'music'
  if (has('animated')) return 'gif'
  if (video !== undefined) return video.isRound ? 'round' : 'video'
  return 'document'
}

/** The photo or document of a message, for the column `media_id`; 0: none. */
export function mediaIdOf({ media, action }: MessageContent): bigint {
  if (action?.kind === 'chatEditPhoto') return action.photo.photoId
  if (media?.kind === 'photo') return media.photoId
  return media?.kind === 'document' ? media.documentId : 0n
}

/** Kinds of entities that are links. */
const LINKS: ReadonlySet<string> = new Set(['url', 'textUrl', 'email'])

/** The random id is unique for its sender, and every box has both of them. */
function sealedAs({ fromId, randomId }: Pick<NewMessage, 'fromId' | 'randomId'>): string {
  return `message ${randomId} of ${fromId}`
}
