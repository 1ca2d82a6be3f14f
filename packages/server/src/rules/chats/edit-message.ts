import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { endLeak, lockLeak } from '../codes/decide-leaking-messages.ts'
import { findLeak } from '../codes/leaked-codes.ts'
import type { Leak } from '../codes/words.ts'
import { claimMedia } from '../files/decide-media.ts'
import { kindOfSent } from '../files/make-media.ts'
import { findGroup } from '../groups/decide-group.ts'
import { withoutLongs } from '../messages/body-json.ts'
import { boxOf } from '../messages/box-of.ts'
import { editBody } from '../messages/decide-edit-message.ts'
import { findStored } from '../messages/decide-history.ts'
import { mediaKind } from '../messages/message-rows.ts'
import type {
  BoxEvent,
  FormattedText,
  Markup,
  Media,
  PeerId,
  StoredMessage,
  TextEntity,
} from '../messages/words.ts'
import { findBlocks } from '../people/decide-blocks.ts'
import { accepted, isRefused, type Refused, refusal, refused } from '../refusal.ts'
import { openMessage } from './decide-open-message.ts'
import type { WritingGround } from './decide-write.ts'
import { checkMarkup } from './markup.ts'
import { findReplacingBar, isSameMedia, kindTrouble } from './replaced-media.ts'
import { captionText, isLongCaption, kindBeforeMaking, makeFile, type NewFile } from './send-media.ts'
import { groundOf, isBot } from './send-message.ts'
import { messageText } from './text/format.ts'

/** The new text of a message. */
export interface TextEdit {
  readonly peerId: PeerId
  readonly id: number
  readonly text: string
  readonly entities: readonly TextEntity[]
  /** The buttons of a bot's message; without them it has none any more. */
  readonly markup?: Markup | undefined
}

/** The new buttons of a bot's message, whose text stays. */
export interface MarkupEdit {
  readonly peerId: PeerId
  readonly id: number
  readonly markup?: Markup | undefined
}

/** Events in the editor's box: the edit comes first. */
export interface Edited {
  readonly kind: 'edited'
  readonly events: readonly BoxEvent[]
}

/** Time in which a message can be edited. help.getConfig has the same. */
export const EDIT_WITHIN_S = 172_800

/**
 * Changes the text of one's own message, for everybody who has it.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_AUTHOR_REQUIRED, MESSAGE_EDIT_TIME_EXPIRED, MESSAGE_NOT_MODIFIED, and those of
 *   the text
 */
export async function editText(on: Ground, caller: Caller, edit: TextEdit): Promise<Edited> {
  const ground = groundOf(on, caller)
  const [before] = await on.store.look(() => findStored(ground.secret, ground.actor.userId, [edit.id]))
  const isCaption = before?.media?.kind === 'photo' || before?.media?.kind === 'document'
  const written = isCaption ? captionText(edit) : messageText(edit, ground.nowS)
  const markup = buttonsOf(caller, edit)
  const leak = await findLeak(on, caller, written.text)
  return accepted(
    await on.store.decide(() =>
      decideEdit({ ...ground, isBot: isBot(caller) }, { ...edit, text: written, markup }, leak),
    ),
  )
}

/**
 * Changes the buttons of a message of the caller's, a bot, for everybody who has it.
 *
 * @throws {RpcError} as {@link editText}, and those of buttons
 */
export async function editMarkup(on: Ground, caller: Caller, edit: MarkupEdit): Promise<Edited> {
  const ground = { ...groundOf(on, caller), isBot: isBot(caller) }
  const markup = buttonsOf(caller, edit)
  const change = { ...edit, text: undefined, markup }
  return accepted(await on.store.decide(() => decideEdit(ground, change, undefined)))
}

/** Another photo or document for a message, and another caption if there is one. */
export interface MediaEdit extends MarkupEdit {
  readonly text: FormattedText | undefined
  readonly media: NewFile
}

/**
 * Puts another photo or document in the place of that of a message, or gives one to a text. The message is judged before the file
 * is put together.
 *
 * @throws {RpcError} MEDIA_PREV_INVALID, MEDIA_NEW_INVALID, MEDIA_GROUPED_INVALID, MEDIA_TTL_INVALID, MEDIA_CAPTION_TOO_LONG, and
 *   those of {@link editMarkup} and of files
 */
export async function editMedia(on: Ground, caller: Caller, edit: MediaEdit): Promise<Edited> {
  const ground = { ...groundOf(on, caller), isBot: isBot(caller) }
  if (edit.media.ttlS !== undefined) throw refusal('MEDIA_TTL_INVALID')
  const text = edit.text && captionText(edit.text)
  const markup = buttonsOf(caller, edit)
  accepted(await on.store.look(() => findReplaceable(ground, edit)))
  const media = await makeFile(on, caller, edit.media)
  const leak = text && (await findLeak(on, caller, text.text))
  const { peerId, id } = edit
  const edited = await on.store.decide(function* () {
    const gone = yield* claimMedia(media)
    return gone ?? (yield* decideEdit(ground, { peerId, id, text, markup, media }, leak))
  })
  return accepted(edited)
}

/** Finds the message that is to have other media. @returns a refusal, if it cannot have these */
function* findReplaceable(on: EditingGround, edit: MediaEdit): Decision<StoredMessage | Refused> {
  const [message] = yield* findStored(on.secret, on.actor.userId, [edit.id])
  if (message?.peerId !== edit.peerId) return refused('MESSAGE_ID_INVALID')
  const { given } = edit.media
  const trouble = given.kind === 'known' ? undefined : kindTrouble(message, kindOfSent(given))
  const long = edit.text === undefined && isLongCaption(message.text) ? 'MEDIA_CAPTION_TOO_LONG' : undefined
  const name = trouble ?? long
  const bar =
    authorBar(on, message) ??
    (name && refused(name)) ??
    (yield* barOfChat(message.peerId, on.actor.userId)) ??
    (yield* barOfMedia(message, kindBeforeMaking(edit.media), on.actor.userId))
  return bar ?? message
}

/** Only buttons under the message can be changed. @throws {RpcError} those of buttons */
function buttonsOf(caller: Caller, { markup, peerId }: MarkupEdit): Markup | undefined {
  if (markup !== undefined && markup.kind !== 'inline') throw refusal('REPLY_MARKUP_INVALID')
  return checkMarkup(markup, { isBot: isBot(caller), peerId })
}

/** A change of a message. Undefined text: it stays. */
interface Change extends MarkupEdit {
  readonly text: FormattedText | undefined
  /** Undefined: they stay. */
  readonly media?: Media
}

/**
 * Tells whether the caller may edit a message now, and whether its text is a caption.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_AUTHOR_REQUIRED, MESSAGE_EDIT_TIME_EXPIRED, CHAT_WRITE_FORBIDDEN,
 *   YOU_BLOCKED_USER, USER_IS_BLOCKED
 */
export async function checkEditable(
  on: Ground,
  caller: Caller,
  { peerId, id }: Pick<TextEdit, 'peerId' | 'id'>,
): Promise<{ readonly isCaption: boolean }> {
  const ground = { ...groundOf(on, caller), isBot: isBot(caller) }
  const { userId } = ground.actor
  const found = await on.store.look(function* (): Decision<
    { kind: 'editable'; isCaption: boolean } | Refused
  > {
    const [message] = yield* findStored(ground.secret, userId, [id])
    if (message?.peerId !== peerId) return refused('MESSAGE_ID_INVALID')
    const bar = authorBar(ground, message) ?? (yield* barOfChat(message.peerId, userId))
    return bar ?? { kind: 'editable', isCaption: message.media !== undefined }
  })
  return accepted(found)
}

interface EditingGround extends WritingGround {
  readonly isBot: boolean
}

function* decideEdit(on: EditingGround, edit: Change, leak: Leak | undefined): Decision<Edited | Refused> {
  const { secret, settings, nowS, actor } = on
  yield* lockLeak(leak)
  const message = yield* openMessage(secret, { ...edit, userId: actor.userId })
  if (isRefused(message)) return message
  const bar =
    authorBar(on, message) ??
    sameBar(on, message, edit) ??
    (yield* barOfChat(message.peerId, actor.userId)) ??
    (yield* barOfMedia(message, edit.media && mediaKind(edit.media), actor.userId))
  if (bar !== undefined) return bar
  const content = changed(on, message, edit)
  const home = boxOf(settings, actor.userId)
  const causedBy = actor.authKeyId
  const { editedAtS, places } = yield* editBody(secret, { message, content, nowS, causedBy }, home)
  const place = places.get(actor.userId)
  if (place === undefined) return refused('MESSAGE_ID_INVALID')
  const { bodyId: _, randomId: __, ...now } = content
  const edited = { ...now, editedAtS }
  const notice = yield* endLeak(secret, home, leak, causedBy)
  const event = { kind: 'editMessage', message: edited, ...place } as const
  return { kind: 'edited', events: notice === undefined ? [event] : [event, notice] }
}

/** Service messages and forwarded ones say what others said; nobody edits them. */
function authorBar(
  on: EditingGround,
  { action, forward, fromId, peerId, dateS }: StoredMessage,
): Refused | undefined {
  const { nowS, actor } = on
  if (action !== undefined) return refused('MESSAGE_ID_INVALID')
  if (fromId !== actor.userId || forward !== undefined) return refused('MESSAGE_AUTHOR_REQUIRED', 403)
  const isTimeless = on.isBot || peerId === actor.userId
  return !isTimeless && nowS - dateS > EDIT_WITHIN_S ? refused('MESSAGE_EDIT_TIME_EXPIRED') : undefined
}

/** A bot's message has the buttons of the edit, and no others. */
function changed(
  { isBot }: EditingGround,
  message: StoredMessage,
  { text, markup, media }: Change,
): StoredMessage {
  const { markup: before, ...rest } = message
  const kept = isBot ? markup : before
  const now = { ...rest, ...text, ...(kept !== undefined && { markup: kept }) }
  return media === undefined ? now : { ...now, media }
}

function sameBar(on: EditingGround, message: StoredMessage, edit: Change): Refused | undefined {
  const isSameText = edit.text === undefined || isSameFormat(message, edit.text)
  const hasSameMedia = edit.media === undefined || isSameMedia(message.media, edit.media)
  const isSame =
    isSameText &&
    hasSameMedia &&
    withoutLongs([changed(on, message, edit).markup]) === withoutLongs([message.markup])
  return isSame ? refused('MESSAGE_NOT_MODIFIED') : undefined
}

/** Tells whether two texts say the same in the same form. */
export function isSameFormat(one: FormattedText, other: FormattedText): boolean {
  const plain = ({ entities }: FormattedText) =>
    JSON.stringify(
      entities.map((entity) =>
        Object.entries(entity)
          .map(([key, value]) => [key, String(value)])
          .sort(),
      ),
    )
  return one.text === other.text && plain(one) === plain(other)
}

function* barOfMedia(
  message: StoredMessage,
  kind: string | undefined,
  userId: bigint,
): Decision<Refused | undefined> {
  if (kind === undefined) return undefined
  return yield* findReplacingBar({ peerId: message.peerId, content: message }, kind, userId)
}

/** People who have left a group, or are blocked by the other one, change nothing there any more. */
function* barOfChat(peerId: PeerId, userId: bigint): Decision<Refused | undefined> {
  if (peerId > 0n) return peerId === userId ? undefined : yield* barOfBlocks(peerId, userId)
  const group = yield* findGroup(-peerId)
  return group?.roles.has(userId) ? undefined : refused('CHAT_WRITE_FORBIDDEN', 403)
}

function* barOfBlocks(peerId: PeerId, userId: bigint): Decision<Refused | undefined> {
  const { isBlocking, isBlocked } = yield* findBlocks(userId, peerId)
  if (isBlocking) return refused('YOU_BLOCKED_USER')
  return isBlocked ? refused('USER_IS_BLOCKED', 403) : undefined
}
