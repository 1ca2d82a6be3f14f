import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { endLeak, lockLeak } from '../codes/decide-leaking-messages.ts'
import { findLeak } from '../codes/leaked-codes.ts'
import type { Leak } from '../codes/words.ts'
import { findGroup } from '../groups/decide-group.ts'
import { boxOf } from '../messages/box-of.ts'
import { editBody } from '../messages/decide-edit-message.ts'
import { findStored } from '../messages/decide-history.ts'
import type {
  BoxEvent,
  FormattedText,
  MessageContent,
  PeerId,
  StoredMessage,
  TextEntity,
} from '../messages/words.ts'
import { findBlocks } from '../people/decide-blocks.ts'
import { accepted, isRefused, type Refused, refused } from '../refusal.ts'
import { openMessage } from './decide-open-message.ts'
import type { WritingGround } from './decide-write.ts'
import { groundOf, isBot } from './send-message.ts'
import { messageText } from './text/format.ts'

/** The new text of a message. */
export interface TextEdit {
  readonly peerId: PeerId
  readonly id: number
  readonly text: string
  readonly entities: readonly TextEntity[]
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
  const written = messageText(edit, ground.nowS)
  const leak = await findLeak(on, caller, written.text)
  return accepted(
    await on.store.decide(() =>
      decideEdit({ ...ground, isBot: isBot(caller) }, { ...edit, ...written }, leak),
    ),
  )
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

function* decideEdit(on: EditingGround, edit: TextEdit, leak: Leak | undefined): Decision<Edited | Refused> {
  const { secret, settings, nowS, actor } = on
  yield* lockLeak(leak)
  const message = yield* openMessage(secret, { ...edit, userId: actor.userId })
  if (isRefused(message)) return message
  const bar =
    authorBar(on, message) ?? sameBar(message, edit) ?? (yield* barOfChat(message.peerId, actor.userId))
  if (bar !== undefined) return bar
  const content: MessageContent = { ...message, text: edit.text, entities: edit.entities }
  const home = boxOf(settings, actor.userId)
  const causedBy = actor.authKeyId
  const { editedAtS, places } = yield* editBody(secret, { message, content, nowS, causedBy }, home)
  const place = places.get(actor.userId)
  if (place === undefined) return refused('MESSAGE_ID_INVALID')
  const { bodyId: _, randomId: __, ...now } = message
  const edited = { ...now, text: edit.text, entities: edit.entities, editedAtS }
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

function sameBar(message: StoredMessage, edit: TextEdit): Refused | undefined {
  return isSameFormat(message, edit) ? refused('MESSAGE_NOT_MODIFIED') : undefined
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
