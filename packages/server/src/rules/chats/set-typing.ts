import type { Nudge } from '../../bus/nudge.ts'
import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findGroup } from '../groups/decide-group.ts'
import type { PeerId } from '../messages/words.ts'
import { accepted, type Refused, refused } from '../refusal.ts'
import { findBar } from './decide-open-chat.ts'
import { actorOf } from './send-message.ts'

/** Something that somebody does in a chat. */
export interface Typing {
  readonly peerId: PeerId
  readonly action: string
  /** Of an upload, in percent. */
  readonly progress?: number | undefined
}

/** The people who are told; bots never are. */
interface Told {
  readonly kind: 'told'
  readonly userIds: readonly bigint[]
}

/** Reasons for which nobody is told, and the caller need not know. */
const SILENT: ReadonlySet<string> = new Set(['YOU_BLOCKED_USER', 'CHAT_SEND_PLAIN_FORBIDDEN'])

const listPeople = sql`SELECT id FROM users WHERE is_bot = 0 AND id IN ${LISTED_IDS}`

/**
 * Tells the others in a chat what the caller does. Nothing of it is kept: it is true for seconds.
 *
 * @throws {RpcError} PEER_ID_INVALID, CHAT_ID_INVALID, INPUT_USER_DEACTIVATED, USER_IS_BLOCKED, CHAT_WRITE_FORBIDDEN
 */
export async function setTyping(on: Ground, caller: Caller, typing: Typing): Promise<void> {
  const { userId } = actorOf(caller)
  const { peerId, action, progress } = typing
  const { userIds } = accepted(await on.store.look(() => findTold(userId, peerId)))
  const seenAs = String(peerId > 0n ? userId : peerId)
  const said = { peerId: seenAs, fromId: String(userId), action, ...(progress !== undefined && { progress }) }
  const nudges = userIds.map((boxId): Nudge => ({ kind: 'typing', boxId: String(boxId), ...said }))
  if (nudges.length > 0) on.bus.publish(nudges)
}

function* findTold(userId: bigint, peerId: PeerId): Decision<Told | Refused> {
  const group = peerId < 0n ? yield* findGroup(-peerId) : undefined
  if (peerId < 0n && group === undefined) return refused('PEER_ID_INVALID')
  const bar = yield* findBar({ peerId, group }, userId)
  if (bar !== undefined) return SILENT.has(bar.name) ? { kind: 'told', userIds: [] } : bar
  const others = (group === undefined ? [peerId] : [...group.roles.keys()]).filter((id) => id !== userId)
  if (others.length === 0) return { kind: 'told', userIds: [] }
  const people = yield* listPeople.rows({ ids: idList(others) })
  return { kind: 'told', userIds: people.map((row) => long(row, 'id')) }
}
