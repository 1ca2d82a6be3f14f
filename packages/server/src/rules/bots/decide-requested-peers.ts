import { alone, type Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { findGroup, findSeenGroups } from '../groups/decide-group.ts'
import { type Group, leads } from '../groups/words.ts'
import { findStored } from '../messages/decide-history.ts'
import type { Button, PeerId, PeerRequest, SharedPeer } from '../messages/words.ts'
import type { PeerSharing } from './words.ts'

type PeerButton = Extract<Button, { readonly kind: 'requestPeer' }>

/** Finds the button of a bot's keyboard that somebody answers; undefined if their box has none with this number. */
export function* findPeerButton(
  secret: Secret,
  userId: bigint,
  { botId, messageId, buttonNumber }: PeerSharing,
): Decision<PeerButton | undefined> {
  const [message] = yield* findStored(secret, userId, [messageId])
  if (message?.peerId !== botId || message.fromId !== botId) return undefined
  const keys = message.markup?.kind === 'keyboard' ? message.markup.rows.flat() : []
  return keys.find(
    (key): key is PeerButton => key.kind === 'requestPeer' && key.buttonNumber === buttonNumber,
  )
}

/** A peer that fits a button: as the bot is told of it, and with what has to be done for that first. */
export interface FittingPeer {
  readonly shared: SharedPeer
  /** The bot has to be brought into the group. */
  readonly joins: boolean
  /** The bot has to be made an admin there. */
  readonly leads: boolean
}

/** A person who chooses a peer, and the bot that asks for it. */
export interface Choosing {
  readonly userId: bigint
  readonly botId: bigint
}

/** Looks whether a peer is what a button asks for; undefined: it is not. A group is locked. */
export function* findFitting(
  choosing: Choosing,
  { asksFor, needsName, needsUsername }: PeerButton,
  peerId: PeerId,
): Decision<FittingPeer | undefined> {
  if (asksFor.kind === 'user') {
    const person = yield* findPerson(asksFor, peerId)
    if (person === undefined) return undefined
    const { firstName, lastName, username } = person
    const shared = {
      peerId,
      ...(needsName && { firstName, lastName }),
      ...(needsUsername && username !== undefined && { username }),
    }
    return { shared, joins: false, leads: false }
  }
  // There are no channels yet.
  if (asksFor.kind === 'channel' || peerId > 0n) return undefined
  const steps = yield* findSteps(choosing, asksFor, peerId)
  if (steps === undefined) return undefined
  const [seen] = needsName ? yield* findSeenGroups(choosing.userId, [-peerId]) : []
  return { shared: { peerId, ...(seen && { title: seen.title }) }, ...steps }
}

function* findPerson({ isBot, isPremium }: Extract<PeerRequest, { readonly kind: 'user' }>, peerId: PeerId) {
  const [person] = peerId > 0n && peerId !== SERVICE_USER.id ? yield* findUsers([peerId]) : []
  if (person === undefined || (isBot !== undefined && person.isBot !== isBot)) return undefined
  // Nobody here has Premium.
  return isPremium === true ? undefined : person
}

type GroupRequest = Extract<PeerRequest, { readonly kind: 'group' | 'channel' }>

/** The steps that bring a bot where a button wants it; undefined if the group is not what the button asks for. */
function* findSteps(
  { userId, botId }: Choosing,
  asked: GroupRequest,
  peerId: PeerId,
): Decision<Pick<FittingPeer, 'joins' | 'leads'> | undefined> {
  yield* alone('chat', -peerId)
  const group = yield* findGroup(-peerId)
  if (group === undefined || group.isDeactivated || !isSuitable(group, userId, asked)) return undefined
  const role = group.roles.get(botId)
  const needsRights = (asked.botRights ?? 0) > 0
  const isToLead = needsRights && role !== 'admin'
  if (isToLead && group.roles.get(userId) !== 'creator') return undefined
  return { joins: role === undefined && (asked.hasBot || needsRights), leads: isToLead }
}

/** Basic groups have no usernames and no topics. */
function isSuitable(group: Group, userId: bigint, asked: GroupRequest): boolean {
  const role = group.roles.get(userId)
  if (role === undefined || asked.hasUsername === true || asked.isForum === true) return false
  if (asked.isOwn && role !== 'creator') return false
  return (asked.ownRights ?? 0) === 0 || leads(group, userId)
}
