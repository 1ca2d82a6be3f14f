import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { mayIn } from '../groups/words.ts'
import { boxPts } from '../messages/decide-box-log.ts'
import { findStored } from '../messages/decide-history.ts'
import { changePin } from '../messages/decide-pins.ts'
import { findRefs, listPinnedRefs } from '../messages/decide-refs.ts'
import type { BoxEvent, PeerId, Place } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refused } from '../refusal.ts'
import { type OpenChat, openChat } from './decide-open-chat.ts'
import { type Writing, type WritingGround, writeCounted } from './decide-write.ts'
import type { AffectedHistory } from './delete-messages.ts'
import { groundOf } from './send-message.ts'

/** A message to pin, or to unpin. */
export interface Pin {
  readonly peerId: PeerId
  readonly id: number
  readonly isPinned: boolean
  /** In a private chat: for the caller alone. */
  readonly isForOneself: boolean
  readonly isSilent: boolean
}

/** Events in the caller's box: the change of pins comes first. */
export interface Pinned {
  readonly kind: 'pinned'
  readonly events: readonly BoxEvent[]
}

/** Pins that one call takes off. */
const UNPINNED_AT_ONCE = 500

/**
 * Pins or unpins a message, and tells the chat of a new pin.
 *
 * @throws {RpcError} PEER_ID_INVALID, MESSAGE_ID_INVALID, CHAT_ADMIN_REQUIRED, CHAT_NOT_MODIFIED, FLOOD_WAIT_X
 */
export async function pinMessage(on: Ground, caller: Caller, pin: Pin): Promise<Pinned> {
  const ground = groundOf(on, caller)
  const noteId = randomLong(on.random)
  return accepted(await on.store.decide(() => decidePin(ground, pin, noteId)))
}

function* decidePin(on: WritingGround, pin: Pin, noteId: bigint): Decision<Pinned | Refused> {
  const { secret, actor } = on
  const { peerId, id, isPinned } = pin
  const chat = yield* openPins(on, peerId, [id])
  if (isRefused(chat)) return chat
  const [message] = yield* findStored(secret, actor.userId, [id])
  if (message?.peerId !== peerId || message.action !== undefined) return refused('MESSAGE_ID_INVALID')
  const { bodyId } = message
  const isForOneself = pin.isForOneself && peerId > 0n
  const boxId = isForOneself ? actor.userId : undefined
  const [home] = chat.boxes
  const causedBy = actor.authKeyId
  const places = yield* changePin({ bodyIds: [bodyId], isPinned, boxId, causedBy }, home)
  const place = places.get(actor.userId)
  if (place === undefined) return refused('CHAT_NOT_MODIFIED')
  const event: BoxEvent = { kind: 'pinned', peerId, ids: [id], isPinned, ...place }
  if (!isPinned || isForOneself || peerId === actor.userId) return { kind: 'pinned', events: [event] }
  const note = yield* writeCounted(on, chat, noteOf(pin, noteId))
  return isRefused(note) ? note : { kind: 'pinned', events: [event, note.event] }
}

function noteOf({ peerId, id, isSilent }: Pin, randomId: bigint): Writing {
  const content = {
    text: '',
    entities: [],
    action: { kind: 'pinMessage' },
    ...(isSilent && { isSilent }),
  } as const
  return { peerId, content, randomId, replyTo: { id } }
}

/**
 * Unpins all messages of a chat, a part with each call.
 *
 * @param savedPeerId in Saved Messages: only those of this chat there
 * @throws {RpcError} PEER_ID_INVALID, CHAT_ADMIN_REQUIRED
 */
export async function unpinAll(
  on: Ground,
  caller: Caller,
  peerId: PeerId,
  savedPeerId?: PeerId,
): Promise<AffectedHistory> {
  const ground = groundOf(on, caller)
  const { userId } = ground.actor
  const refs = await on.store.look(() => listPinnedRefs(userId, peerId, UNPINNED_AT_ONCE + 1, savedPeerId))
  const ids = refs.slice(0, UNPINNED_AT_ONCE).map(({ id }) => id)
  const { pts, ptsCount } = accepted(await on.store.decide(() => decideUnpin(ground, peerId, ids)))
  return { pts, ptsCount, left: refs.length - ids.length }
}

function* decideUnpin(
  on: WritingGround,
  peerId: PeerId,
  ids: readonly number[],
): Decision<(Place & { readonly kind: 'unpinned' }) | Refused> {
  const { userId, authKeyId: causedBy } = on.actor
  const chat = yield* openPins(on, peerId, ids)
  if (isRefused(chat)) return chat
  const bodyIds = (yield* findRefs(userId, ids)).map(({ bodyId }) => bodyId)
  const [home] = chat.boxes
  const places = yield* changePin({ bodyIds, isPinned: false, boxId: undefined, causedBy }, home)
  const place = places.get(userId) ?? { pts: yield* boxPts(userId), ptsCount: 0 }
  return { kind: 'unpinned', ...place }
}

function* openPins(
  { settings, actor }: WritingGround,
  peerId: PeerId,
  ids: readonly number[],
): Decision<OpenChat | Refused> {
  const chat = yield* openChat(settings, actor.userId, peerId, ids)
  if (isRefused(chat) || chat.group === undefined) return chat
  return mayIn(chat.group, actor.userId, 'pinMessages') ? chat : refused('CHAT_ADMIN_REQUIRED')
}
