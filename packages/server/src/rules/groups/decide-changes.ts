import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Settings } from '../../ground/settings.ts'
import { boxOf } from '../messages/box-of.ts'
import { appendToBoxes } from '../messages/decide-append-message.ts'
import { boxPts, eventsAfter } from '../messages/decide-box-log.ts'
import { addSideEvents } from '../messages/decide-side-log.ts'
import type { BoxEvent, ServiceAction } from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { findGroup, roleIn } from './decide-group.ts'
import { type Group, leads } from './words.ts'

/** The parts that decisions about groups are made with. */
export interface GroupGround {
  readonly secret: Secret
  readonly settings: Settings
  readonly nowS: number
  readonly actor: { readonly userId: bigint; readonly authKeyId: bigint }
  /** The random id of the service message. */
  readonly noteId: bigint
}

/** Changes of a group without a pts: its members, what they must not do, other details, who waits to be let in. */
export type GroupNews = 'chatMembers' | 'chatRights' | 'chat' | 'joinRequests'

/** A service message to a group. */
export interface Note {
  readonly chatId: bigint
  /** Its author is one of these. */
  readonly fromId: bigint
  readonly boxIds: readonly bigint[]
  readonly action: ServiceAction
}

const raiseVersion = sql`UPDATE chats SET version = version + 1 WHERE chat_id = :chatId`

/** Locks a group, in which somebody is. */
export function* openGroup({ actor }: GroupGround, chatId: bigint): Decision<Group | Refused> {
  yield* alone('chat', chatId)
  return yield* findOwnGroup({ actor }, chatId)
}

/** Finds a group that somebody is in. */
export function* findOwnGroup(
  { actor }: Pick<GroupGround, 'actor'>,
  chatId: bigint,
): Decision<Group | Refused> {
  const group = yield* findGroup(chatId)
  if (group === undefined || group.isDeactivated) return refused('CHAT_ID_INVALID')
  if (group.roles.has(actor.userId)) return group
  const role = yield* roleIn(chatId, actor.userId)
  return role === undefined ? refused('CHAT_ID_INVALID') : refused('CHAT_WRITE_FORBIDDEN', 403)
}

/** Locks a group that somebody leads. */
export function* openLedGroup(on: GroupGround, chatId: bigint): Decision<Group | Refused> {
  const group = yield* openGroup(on, chatId)
  if (isRefused(group)) return group
  return leads(group, on.actor.userId) ? group : refused('CHAT_ADMIN_REQUIRED', 400)
}

/** Puts a service message in boxes. @returns the event in the box of the actor, who is in the group */
export function* tellGroup(on: GroupGround, note: Note): Decision<BoxEvent> {
  const { secret, settings, nowS, actor, noteId } = on
  const { chatId, fromId, boxIds, action } = note
  const others = boxIds.filter((id) => id !== fromId)
  const message = {
    peerId: -chatId,
    fromId,
    isOut: true,
    dateS: nowS,
    text: '',
    entities: [],
    action,
    randomId: noteId,
  }
  const outcome = yield* appendToBoxes(secret, {
    boxes: [boxOf(settings, fromId), ...others.map((id) => boxOf(settings, id))],
    message,
    causedBy: actor.authKeyId,
  })
  if (fromId === actor.userId && 'event' in outcome) return outcome.event
  const pts = yield* boxPts(actor.userId)
  const slice = yield* eventsAfter(secret, actor.userId, pts - 1, 1)
  const [event] = slice.kind === 'events' ? slice.events : []
  if (event === undefined)
    throw new Error(`the service message of chat ${chatId} is in no box of the actor's`)
  return event
}

/** Counts a change of a group's members, admins or default rights. */
export function* countChange(chatId: bigint): Decision<void> {
  yield* raiseVersion.send({ chatId })
}

/** Tells the boxes of a group, which are locked, of a change without a pts. */
export function* tellBoxes(
  { nowS, actor }: GroupGround,
  chatId: bigint,
  boxIds: Iterable<bigint>,
  kind: GroupNews,
  isInAnswer = true,
): Decision<void> {
  const event = { kind, subject: -chatId, atS: nowS }
  yield* addSideEvents([...boxIds], event, isInAnswer ? actor : undefined)
}

/** Locks boxes, in the order in which all decisions do. */
export function* lockBoxes(boxIds: Iterable<bigint>): Decision<void> {
  for (const boxId of [...boxIds].sort((one, other) => (one < other ? -1 : 1))) yield* alone('box', boxId)
}
