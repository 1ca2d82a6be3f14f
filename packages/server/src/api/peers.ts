import { RpcError } from '@cablegram/mtproto'
import type { InputPeer, InputUser, Peer } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import { type ErrorName, refusal } from '../rules/index.ts'
import { messagesOf } from '../rules/messages/messages.ts'
import { CHANNELS_BELOW, type Message, type PeerId } from '../rules/messages/words.ts'
import { isGroupOf, metUsers } from '../rules/people/peers.ts'
import { isAccessHash } from './access-hash.ts'
import type { HandlerContext } from './handler.ts'
import { peopleInPoll } from './tl-polls.ts'

/** Ids of peers are below this, so that the three kinds never meet. */
const ID_LIMIT = -CHANNELS_BELOW

/**
 * The peer that a client means, by an access hash that the client got, or by a message that the client has.
 *
 * @throws {RpcError} PEER_ID_INVALID, MSG_ID_INVALID, FROM_MESSAGE_BOT_DISABLED
 */
export async function peerOf(peer: InputPeer, context: HandlerContext): Promise<PeerId> {
  const self = requireUserId(context.caller.state)
  switch (peer._) {
    case 'inputPeerSelf':
      return self
    case 'inputPeerUser':
      return await byHash(peer, context, 'PEER_ID_INVALID')
    case 'inputPeerUserFromMessage':
      return await byMessage(peer, context, 'PEER_ID_INVALID')
    case 'inputPeerChat':
      if (isId(peer.chatId) && (await isGroupOf(context.on, self, peer.chatId))) return -peer.chatId
      throw refusal('PEER_ID_INVALID')
    // Channels do not exist yet.
    case 'inputPeerChannel':
    case 'inputPeerChannelFromMessage':
    case 'inputPeerEmpty':
      throw refusal('PEER_ID_INVALID')
  }
}

/** The peers that a client means. @throws {RpcError} as {@link peerOf} */
export async function peersOf(peers: readonly InputPeer[], context: HandlerContext): Promise<PeerId[]> {
  return await Promise.all(peers.map((peer) => peerOf(peer, context)))
}

/**
 * The user that a client means. The account may be gone since.
 *
 * @param name the error for a user whom the client does not know
 * @throws {RpcError} USER_ID_INVALID, or the other name, MSG_ID_INVALID, FROM_MESSAGE_BOT_DISABLED
 */
export async function userIdOf(
  user: InputUser,
  context: HandlerContext,
  name: ErrorName = 'USER_ID_INVALID',
): Promise<bigint> {
  switch (user._) {
    case 'inputUserSelf':
      return requireUserId(context.caller.state)
    case 'inputUser':
      return await byHash(user, context, name)
    case 'inputUserFromMessage':
      return await byMessage(user, context, name)
    case 'inputUserEmpty':
      throw refusal(name)
  }
}

const UNKNOWN: ReadonlySet<string> = new Set(['USER_ID_INVALID', 'PEER_ID_INVALID', 'MSG_ID_INVALID'])

/** The user that a client means; undefined if the client does not know them. @throws {RpcError} FROM_MESSAGE_BOT_DISABLED */
export async function knownUserIdOf(user: InputUser, context: HandlerContext): Promise<bigint | undefined> {
  try {
    return await userIdOf(user, context)
  } catch (error) {
    if (error instanceof RpcError && UNKNOWN.has(error.message)) return undefined
    throw error
  }
}

interface HashedUser {
  readonly userId: bigint
  readonly accessHash: bigint
}

async function byHash(
  { userId, accessHash }: HashedUser,
  { on, caller }: HandlerContext,
  name: ErrorName,
): Promise<bigint> {
  const self = requireUserId(caller.state)
  if (!isId(userId)) throw refusal(name)
  if (isAccessHash(on, self, userId, accessHash)) return userId
  // TDLib's bots name so those whose hash they have lost.
  const isBare = accessHash === 0n && caller.state.at === 'authorized' && caller.state.isBot
  if (isBare && (await metUsers(on, self, [userId])).has(userId)) return userId
  throw refusal(name)
}

interface UserInMessage {
  readonly peer: InputPeer
  readonly msgId: number
  readonly userId: bigint
}

/** A user whom the client knows only from a message that names them. */
async function byMessage(
  { peer, msgId, userId }: UserInMessage,
  context: HandlerContext,
  name: ErrorName,
): Promise<bigint> {
  const { state } = context.caller
  if (state.at === 'authorized' && state.isBot) throw refusal('FROM_MESSAGE_BOT_DISABLED')
  // A message of a message would go on for as long as the request is.
  if (peer._ === 'inputPeerUserFromMessage' || peer._ === 'inputPeerChannelFromMessage') throw refusal(name)
  const peerId = await peerOf(peer, context)
  const [message] = await messagesOf(context.on, context.caller, [msgId])
  if (message?.peerId !== peerId) throw refusal('MSG_ID_INVALID')
  if (!peersIn(message).includes(userId)) throw refusal(name)
  return userId
}

/** Tells whether a number may be the id of a user or chat. */
export function isId(id: bigint): boolean {
  return id > 0n && id < ID_LIMIT
}

/** A peer in TL. */
export function tlPeer(peerId: PeerId): Peer {
  if (peerId > 0n) return { _: 'peerUser', userId: peerId }
  if (peerId > CHANNELS_BELOW) return { _: 'peerChat', chatId: -peerId }
  return { _: 'peerChannel', channelId: CHANNELS_BELOW - peerId }
}

/** The peers that a message names: its chat, its author, and all whom its content is about. */
export function peersIn(message: Message): PeerId[] {
  const { peerId, fromId, savedPeerId } = message
  const ofPlace = savedPeerId === undefined ? [peerId, fromId] : [peerId, fromId, savedPeerId]
  return isPlain(message) ? ofPlace : [...ofPlace, ...peersOfParts(message)]
}

/** Most messages are texts that name nobody. */
function isPlain({ entities, reply, forward, viaBotId, media, markup, reactions, action }: Message): boolean {
  const hasParts = reply ?? forward ?? viaBotId ?? media ?? markup ?? reactions ?? action
  return hasParts === undefined && entities.length === 0
}

function peersOfParts(message: Message): PeerId[] {
  const { forward, viaBotId, media, action } = message
  const named = [
    forward?.fromId,
    forward?.savedFrom?.peerId,
    viaBotId,
    media?.kind === 'contact' && media.userId > 0n ? media.userId : undefined,
  ]
  return [
    ...named.filter((id) => id !== undefined),
    ...peersOfContent(message),
    ...peersOfAction(action, message.isOut),
  ]
}

/** People who are named in the text and on buttons, have voted or have reacted. */
function peersOfContent({ entities, reply, markup, media, reactions }: Message): readonly PeerId[] {
  const poll = media?.kind === 'poll' ? media.poll : undefined
  const texts = [...entities, ...(reply?.quote?.entities ?? []), ...(poll?.solution?.entities ?? [])]
  const buttons = markup !== undefined && 'rows' in markup ? markup.rows.flat() : []
  return [
    ...texts.flatMap((entity) => (entity.kind === 'mentionName' ? entity.userId : [])),
    ...buttons.flatMap((button) => (button.kind === 'profile' ? button.userId : [])),
    ...(poll === undefined ? [] : peopleInPoll(poll)),
    ...(reactions?.recent.map(({ userId }) => userId) ?? []),
  ]
}

/** @param isOwn the viewer did it */
function peersOfAction(action: Message['action'], isOwn: boolean): readonly PeerId[] {
  switch (action?.kind) {
    case 'chatCreate':
    case 'chatAddUser':
      return action.userIds
    case 'chatDeleteUser':
    case 'changeCreator':
      return [action.userId]
    case 'chatJoinedByLink':
      return [action.inviterId]
    // A bot learns no more of the peers than it has asked for.
    case 'requestedPeers':
      return isOwn ? action.peerIds : []
    case 'pollAddAnswer':
    case 'pollDeleteAnswer':
      return action.answer.addedById === undefined ? [] : [action.answer.addedById]
    default:
      return []
  }
}
