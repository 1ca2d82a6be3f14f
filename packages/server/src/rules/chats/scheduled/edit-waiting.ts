import { type Decision, nudge } from '../../../database/decision.ts'
import type { Caller } from '../../../ground/caller.ts'
import type { Ground } from '../../../ground/ground.ts'
import { endLeak, lockLeak } from '../../codes/decide-leaking-messages.ts'
import { findLeak } from '../../codes/leaked-codes.ts'
import type { Leak } from '../../codes/words.ts'
import { claimMedia } from '../../files/decide-media.ts'
import { boxOf } from '../../messages/box-of.ts'
import { lockBoxes } from '../../messages/decide-append-message.ts'
import { mediaKind } from '../../messages/message-rows.ts'
import type { Document, FormattedText, Media, Message, PeerId, Photo } from '../../messages/words.ts'
import { accepted, type Refused, refusal, refused } from '../../refusal.ts'
import type { WritingGround } from '../decide-write.ts'
import { isSameFormat } from '../edit-message.ts'
import { findReplacingBar, isSameMedia } from '../replaced-media.ts'
import { captionText, isLongCaption, kindBeforeMaking, makeFile, type NewFile } from '../send-media.ts'
import { actorOf, groundOf } from '../send-message.ts'
import { messageText } from '../text/format.ts'
import { listQueue, type Queued, requeue, tellQueue, WHEN_ONLINE_S } from './decide-queue.ts'
import { findOnline, MAX_AHEAD_S, SOON_S } from './due-date.ts'
import { seeQueued } from './see-queue.ts'

/** A new time for a message that waits, and a new text. */
export interface WaitingEdit {
  readonly peerId: PeerId
  readonly id: number
  readonly dateS: number
  /** Undefined: it stays. */
  readonly text: FormattedText | undefined
  /** Undefined: they stay. */
  readonly media?: NewFile | undefined
}

/** A message that waits, as it is after an edit. */
interface Edited {
  readonly kind: 'edited'
  readonly message: Message
}

/**
 * Changes the time of a message of the caller's that waits, its text, and its photo or document.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_AUTHOR_REQUIRED, MESSAGE_NOT_MODIFIED, SCHEDULE_DATE_INVALID, and those of the
 *   text and of other media
 */
export async function editWaiting(on: Ground, caller: Caller, edit: WaitingEdit): Promise<Message> {
  const ground = groundOf(on, caller)
  const queue = { boxId: ground.actor.userId, peerId: edit.peerId }
  const [before] = await on.store.look(() => listQueue(on.store.secret, queue, [edit.id]))
  if (edit.media?.ttlS !== undefined) throw refusal('MEDIA_TTL_INVALID')
  const isCaption = edit.media !== undefined || before?.content.media !== undefined
  const text = edit.text && (isCaption ? captionText(edit.text) : messageText(edit.text, ground.nowS))
  const media = edit.media && (await makeReplacing(on, caller, before, edit.media))
  const leak = text && (await findLeak(on, caller, text.text))
  const edited = await on.store.decide(function* () {
    const gone = yield* claimMedia(media)
    return gone ?? (yield* decideEdit(ground, { ...edit, text, media }, leak))
  })
  return accepted(edited).message
}

/** Makes a photo or document for a message that waits, if it may have it. */
async function makeReplacing(
  on: Ground,
  caller: Caller,
  queued: Queued | undefined,
  media: NewFile,
): Promise<Photo | Document> {
  if (queued === undefined) throw refusal('MESSAGE_ID_INVALID')
  if (queued.content.forward !== undefined) throw refusal('MESSAGE_AUTHOR_REQUIRED')
  const kind = kindBeforeMaking(media)
  const { userId } = actorOf(caller)
  if (kind !== undefined) accepted(await on.store.look(() => findReplacingBar(queued, kind, userId)))
  return await makeFile(on, caller, media)
}

interface Change extends Omit<WaitingEdit, 'media'> {
  readonly media: Media | undefined
}

function* decideEdit(on: WritingGround, edit: Change, leak: Leak | undefined): Decision<Edited | Refused> {
  const { secret, settings, nowS, actor } = on
  const { userId: boxId, authKeyId: causedBy } = actor
  const { peerId, id, dateS } = edit
  yield* lockLeak(leak)
  yield* lockBoxes([boxOf(settings, boxId)])
  const [queued] = yield* listQueue(secret, { boxId, peerId }, [id])
  if (queued === undefined) return refused('MESSAGE_ID_INVALID')
  const { media } = edit
  const content = { ...queued.content, ...edit.text, ...(media !== undefined && { media }) }
  const hasSameMedia = media === undefined || isSameMedia(queued.content.media, media)
  const isSameText = isSameFormat(content, queued.content) && hasSameMedia
  if (!isSameText && content.forward !== undefined) return refused('MESSAGE_AUTHOR_REQUIRED', 403)
  if (isSameText && dateS === queued.dueAtS) return refused('MESSAGE_NOT_MODIFIED')
  if (media !== undefined) {
    const bar = yield* findReplacingBar(queued, mediaKind(media), boxId)
    if (bar !== undefined) return bar
    if (isLongCaption(content.text)) return refused('MEDIA_CAPTION_TOO_LONG')
  }
  if (dateS !== queued.dueAtS && !(yield* mayWaitUntil(on, peerId, dateS))) {
    return refused('SCHEDULE_DATE_INVALID')
  }
  // Clients take an edit that is not later than the one before for one that they have.
  const editedAtS = Math.max(nowS, queued.editedAtS + 1)
  const edited: Queued = { ...queued, content, dueAtS: dateS, editedAtS }
  yield* requeue(secret, boxId, edited)
  yield* tellQueue({ boxId, peerId, id, atS: nowS, causedBy })
  yield* endLeak(secret, boxOf(settings, boxId), leak, undefined)
  yield* nudge({ kind: 'due', atS: dateS })
  const [message] = yield* seeQueued(secret, boxId, [edited])
  return message === undefined ? refused('MESSAGE_ID_INVALID') : { kind: 'edited', message }
}

function* mayWaitUntil({ nowS, actor }: WritingGround, peerId: PeerId, dateS: number): Decision<boolean> {
  if (dateS !== WHEN_ONLINE_S) return dateS >= nowS + SOON_S && dateS <= nowS + MAX_AHEAD_S
  return (yield* findOnline({ viewerId: actor.userId, nowS }, peerId)) !== undefined
}
