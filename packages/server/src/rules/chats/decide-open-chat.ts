import { long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { findGroup } from '../groups/decide-group.ts'
import { type Group, type GroupAct, mayIn } from '../groups/words.ts'
import { boxOf } from '../messages/box-of.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { leaveBehind } from '../messages/decide-left-behind.ts'
import { findRefs } from '../messages/decide-refs.ts'
import { holdersOf } from '../messages/decide-remove-messages.ts'
import { mediaKind } from '../messages/message-rows.ts'
import type { Box, Media, PeerId } from '../messages/words.ts'
import { type Refusal, type Refused, refused } from '../refusal.ts'

/** A chat whose boxes are locked: nobody else changes it until the decision is committed. */
export interface OpenChat {
  readonly peerId: PeerId
  /** The boxes of all who are in it, the caller's first. */
  readonly boxes: readonly [Box, ...Box[]]
  /** Undefined in a private chat. */
  readonly group: Group | undefined
}

/** Somebody who acts in a chat. */
export interface Actor {
  readonly userId: bigint
  readonly authKeyId: bigint
}

const findBars = sql`
  SELECT (SELECT count(*) FROM boxes WHERE box_id = :peerId) AS exists_now,
    (SELECT count(*) FROM blocks WHERE user_id = :peerId AND peer_id = :userId) AS is_blocked,
    (SELECT count(*) FROM blocks WHERE user_id = :userId AND peer_id = :peerId) AS has_blocked,
    (SELECT count(*) FROM bots me JOIN bots you ON you.user_id = :peerId WHERE me.user_id = :userId) AS are_bots,
    (SELECT count(*) FROM bots me WHERE me.user_id = :userId AND NOT EXISTS (
      SELECT 1 FROM dialogs d WHERE d.box_id = :userId AND d.peer_id = :peerId)) AS is_unstarted`

/**
 * Locks a chat of somebody's. Whoever has left a group finds only their own box there.
 *
 * @param ids messages of the chat that are to change: members who have left since may have them. Their boxes are locked, too,
 *   and keep them as they are
 * @param alsoLocked boxes that are to be locked with those of the chat
 */
export function* openChat(
  settings: Settings,
  userId: bigint,
  peerId: PeerId,
  ids: readonly number[] = [],
  alsoLocked: readonly bigint[] = [],
): Decision<OpenChat | Refused> {
  const home = boxOf(settings, userId)
  if (peerId === userId) return yield* locked({ peerId, boxes: [home], group: undefined }, alsoLocked)
  if (peerId > 0n) {
    const boxes = [home, boxOf(settings, peerId)] as const
    return yield* locked({ peerId, boxes, group: undefined }, alsoLocked)
  }
  yield* alone('chat', -peerId)
  const group = yield* findGroup(-peerId)
  if (group === undefined) return refused('PEER_ID_INVALID')
  const others = group.roles.has(userId) ? [...group.roles.keys()].filter((id) => id !== userId) : []
  const bodyIds = ids.length === 0 ? [] : (yield* findRefs(userId, ids)).map(({ bodyId }) => bodyId)
  const boxes = [home, ...others.map((id) => boxOf(settings, id))] as const
  return yield* locked({ peerId, boxes, group }, alsoLocked, bodyIds)
}

function* locked(
  chat: OpenChat,
  alsoLocked: readonly bigint[],
  bodyIds: readonly bigint[] = [],
): Decision<OpenChat> {
  const holders = bodyIds.length === 0 ? [] : yield* holdersOf(bodyIds)
  const boxIds = new Set([...chat.boxes.map(({ boxId }) => boxId), ...holders, ...alsoLocked])
  yield* lockBoxes([...boxIds].map((boxId) => ({ boxId })))
  yield* leaveBehind(bodyIds)
  return chat
}

/** The reason why somebody may not write in a chat; undefined if they may. */
export function* findBar(
  { peerId, group }: Pick<OpenChat, 'peerId' | 'group'>,
  userId: bigint,
  media?: Media,
): Decision<Refused | undefined> {
  if (peerId === userId) return undefined
  if (peerId === SERVICE_USER.id) return refused('PEER_ID_INVALID')
  if (group !== undefined) return barOfGroup(group, userId, media)
  const row = (yield* findBars.row({ peerId, userId })) ?? {}
  if (long(row, 'exists_now') === 0n) return refused('INPUT_USER_DEACTIVATED')
  if (long(row, 'has_blocked') > 0n) return refused('YOU_BLOCKED_USER')
  if (long(row, 'are_bots') > 0n) return refused('USER_IS_BOT')
  // Bots do not write first: the chat is in a bot's box once the person has written there.
  if (long(row, 'is_unstarted') > 0n) return refused('PEER_ID_INVALID')
  return long(row, 'is_blocked') > 0n ? refused('USER_IS_BLOCKED', 403) : undefined
}

/** The reason why somebody may not write all of these in a chat; undefined if they may. Each kind is looked at once. */
export function* findBarOfAll(
  chat: OpenChat,
  userId: bigint,
  contents: readonly { readonly media?: Media | undefined }[],
): Decision<Refused | undefined> {
  const kinds = new Map(contents.map(({ media }) => [media && mediaKind(media), media]))
  for (const media of kinds.values()) {
    const bar = yield* findBar(chat, userId, media)
    if (bar !== undefined) return bar
  }
  return undefined
}

/**
 * The reason why somebody may not send media in a chat, as far as it shows before the media is made; undefined if there is none
 * yet. Locks nothing, and decides nothing: the chat may change before the media is there.
 *
 * @param kind undefined if it shows later
 */
export function* findEarlyBar(
  userId: bigint,
  peerId: PeerId,
  kind: string | undefined,
): Decision<Refused | undefined> {
  if (peerId > 0n) return yield* findBar({ peerId, group: undefined }, userId)
  const group = yield* findGroup(-peerId)
  if (group === undefined) return refused('PEER_ID_INVALID')
  return barOfMember(group, userId) ?? (kind === undefined ? undefined : barOfKind(group, userId, kind))
}

function barOfMember(group: Group, userId: bigint): Refused | undefined {
  if (group.isDeactivated) return refused('CHAT_ID_INVALID')
  return mayIn(group, userId, 'sendMessages') ? undefined : refused('CHAT_WRITE_FORBIDDEN', 403)
}

function barOfGroup(group: Group, userId: bigint, media: Media | undefined): Refused | undefined {
  const bar = barOfMember(group, userId)
  if (bar !== undefined) return bar
  if (media === undefined) {
    return mayIn(group, userId, 'sendPlain') ? undefined : refused('CHAT_SEND_PLAIN_FORBIDDEN', 403)
  }
  return barOfKind(group, userId, mediaKind(media))
}

/** The reason why somebody may not send media of this kind in a group; undefined if they may. */
export function barOfKind(group: Group, userId: bigint, kind: string): Refused | undefined {
  const bar = BARS[kind]
  if (bar !== undefined && !mayIn(group, userId, bar.right)) return refused(bar.error, 403)
  const isBarred = FILES.has(kind) && !mayIn(group, userId, 'sendMedia')
  return isBarred ? refused('CHAT_SEND_MEDIA_FORBIDDEN', 403) : undefined
}

/** Kinds that one right forbids together. Clients that know no right for each have this one. */
const FILES: ReadonlySet<string> = new Set(['photo', 'video', 'round', 'voice', 'music', 'document'])

/** The right that members need to send media of each kind. */
const BARS: Readonly<Record<string, { readonly right: GroupAct; readonly error: Refusal }>> = {
  poll: { right: 'sendPolls', error: 'CHAT_SEND_POLL_FORBIDDEN' },
  photo: { right: 'sendPhotos', error: 'CHAT_SEND_PHOTOS_FORBIDDEN' },
  video: { right: 'sendVideos', error: 'CHAT_SEND_VIDEOS_FORBIDDEN' },
  round: { right: 'sendRoundvideos', error: 'CHAT_SEND_ROUNDVIDEOS_FORBIDDEN' },
  voice: { right: 'sendVoices', error: 'CHAT_SEND_VOICES_FORBIDDEN' },
  music: { right: 'sendAudios', error: 'CHAT_SEND_AUDIOS_FORBIDDEN' },
  document: { right: 'sendDocs', error: 'CHAT_SEND_DOCS_FORBIDDEN' },
  gif: { right: 'sendGifs', error: 'CHAT_SEND_GIFS_FORBIDDEN' },
  sticker: { right: 'sendStickers', error: 'CHAT_SEND_STICKERS_FORBIDDEN' },
}
