import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findBar } from '../chats/decide-open-chat.ts'
import { findSpentSending } from '../chats/decide-send-budgets.ts'
import { type WritingGround, write } from '../chats/decide-write.ts'
import { groundOf } from '../chats/send-message.ts'
import type { GroupGround } from '../groups/decide-changes.ts'
import { changeAdmin } from '../groups/decide-details.ts'
import { addMember } from '../groups/decide-members.ts'
import { groupGround } from '../groups/groups.ts'
import { newHash } from '../groups/link.ts'
import { boxOf } from '../messages/box-of.ts'
import type { BoxEvent } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refused } from '../refusal.ts'
import { type FittingPeer, findFitting, findPeerButton } from './decide-requested-peers.ts'
import type { PeerSharing } from './words.ts'

/** Events in the box of who gave a bot the peers that it asked for. */
export interface Shared {
  readonly kind: 'shared'
  readonly events: readonly BoxEvent[]
  /** The group that the bot was brought into. */
  readonly joinedId: bigint | undefined
}

/**
 * Gives a bot the people or the group that a button of its keyboard asked for: both get a service message. The bot is brought
 * into the group, and made an admin, if the button says so.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID if there is no such button, PEER_ID_INVALID if a peer is not what it asks for
 */
export async function sharePeers(on: Ground, caller: Caller, sharing: PeerSharing): Promise<Shared> {
  const ground: SharingGround = {
    writing: groundOf(on, caller),
    group: groupGround(on, caller),
    randomId: randomLong(on.random),
    hash: newHash(on.random),
  }
  return accepted(await on.store.decide(() => decideShare(ground, sharing)))
}

interface SharingGround {
  readonly writing: WritingGround
  readonly group: GroupGround
  /** Of the service message. */
  readonly randomId: bigint
  /** Of the link of a bot that is made an admin. */
  readonly hash: string
}

function* decideShare(on: SharingGround, sharing: PeerSharing): Decision<Shared | Refused> {
  const { secret, settings, actor } = on.writing
  const { botId, buttonNumber } = sharing
  const button = yield* findPeerButton(secret, actor.userId, sharing)
  if (button === undefined) return refused('MESSAGE_ID_INVALID')
  const peerIds = [...new Set(sharing.peerIds)]
  if (peerIds.length === 0 || peerIds.length > button.most) return refused('PEER_ID_INVALID')
  const chat = { peerId: botId, boxes: [boxOf(settings, actor.userId)], group: undefined } as const
  if ((yield* findBar(chat, actor.userId)) !== undefined) return refused('PEER_ID_INVALID')
  const spent = yield* findSpentSending(on.writing, { peerId: botId, times: 1 })
  if (spent !== undefined) return spent
  const fitting: FittingPeer[] = []
  for (const peerId of peerIds) {
    const found = yield* findFitting({ userId: actor.userId, botId }, button, peerId)
    if (found === undefined) return refused('PEER_ID_INVALID')
    fitting.push(found)
  }
  const joined = yield* bring(on, botId, fitting)
  if ('kind' in joined) return joined
  const shared = fitting.map((each) => each.shared)
  const action = { kind: 'requestedPeers', buttonNumber, peerIds, shared } as const
  const content = { text: '', entities: [], action }
  const written = yield* write(on.writing, { peerId: botId, content, randomId: on.randomId }, undefined)
  if (isRefused(written)) return written
  const joinedId = fitting.find(({ joins }) => joins)?.shared.peerId
  return { kind: 'shared', events: [...joined, written.event, ...written.others], joinedId }
}

/** Brings a bot into the group that was chosen, and makes it an admin there. */
function* bring(
  { group: on, hash }: SharingGround,
  botId: bigint,
  fitting: readonly FittingPeer[],
): Decision<readonly BoxEvent[] | Refused> {
  const events: BoxEvent[] = []
  for (const { shared, joins, leads } of fitting) {
    const chatId = -shared.peerId
    const added = joins ? yield* addMember(on, chatId, botId, 0) : undefined
    if (added !== undefined && isRefused(added)) return refused('PEER_ID_INVALID')
    if (leads) yield* changeAdmin(on, chatId, { userId: botId, isAdmin: true, hash })
    events.push(...(added?.events ?? []))
  }
  return events
}
