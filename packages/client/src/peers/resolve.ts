import { RpcError } from '@cablegram/mtproto'
import { didYouMean } from '@cablegram/tl'
import type {
  InputChannel,
  InputPeer,
  InputUser,
  MethodName,
  Params,
  Peer,
  Results,
  Chat as TlChat,
  User as TlUser,
} from '@cablegram/tl/api'
import type { PeerBook } from './book.ts'
import { PeerError } from './errors.ts'
import { idOfPeer, peerOfId } from './ids.ts'
import { parsePeer } from './parse.ts'
import type { PeerRecord } from './record.ts'
import {
  type Chat,
  chatOfRecord,
  chatsIn,
  Group,
  groupOf,
  inputPeerFor,
  User,
  unknownChat,
  userOf,
} from './views.ts'

/** The part of a client that finds peers. */
export interface PeerClient {
  call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Results[Method]>
  readonly peers: PeerBook
}

/**
 * A user or chat, as programs name it: `'me'`, `'@name'`, `'+phone'`, a `t.me` link, an id (users positive, basic groups
 * negative, channels from -1,000,000,000,001 down), a value that came from the client (a message stands for its chat), or a
 * TL value.
 *
 * @example
 * ```ts
 * import type { PeerLike } from '@cablegram/client'
 *
 * export const peers: PeerLike[] = ['me', '@ada', '+9996621234', 'https://t.me/ada', 1234567n, -1001234567890n]
 * ```
 */
export type PeerLike =
  | string
  | bigint
  | Chat
  | { readonly chat: Chat }
  | { readonly user: User }
  | InputPeer
  | InputUser
  | InputChannel
  | Peer
  | TlUser
  | TlChat

/** A peer that was found. */
export interface FoundPeer {
  readonly chat: Chat
  readonly inputPeer: InputPeer
}

/**
 * Finds a peer: as the session remembers it, else by asking the server.
 *
 * @throws PeerError; RpcError; ConnectionError
 */
export async function findPeer(client: PeerClient, peer: PeerLike): Promise<FoundPeer> {
  if (typeof peer === 'string') return await findWritten(client, peer)
  if (typeof peer === 'bigint') return await findById(client, peer)
  if (typeof peer !== 'object' || peer === null) throw notAPeer(peer)
  if (peer instanceof User || peer instanceof Group) return await findView(client, peer)
  if ('chat' in peer && isView(peer.chat)) return await findView(client, peer.chat)
  if ('user' in peer && isView(peer.user)) return await findView(client, peer.user)
  if ('_' in peer) return await findTl(client, peer)
  throw notAPeer(peer)
}

/**
 * Finds a peer and uses it in a call. If the server does not take the access hash that the client remembers, the hash is
 * forgotten, and the peer looked up once more: by its name, its number, or a message of it.
 *
 * @throws as `findPeer` does, and what `use` rejects with
 */
export async function usePeer<Result>(
  client: PeerClient,
  peer: PeerLike,
  use: (found: FoundPeer) => Promise<Result>,
): Promise<Result> {
  const found = await findPeer(client, peer)
  try {
    return await use(found)
  } catch (error) {
    const isStale =
      isRefusal(error, ...STALE) || (isRefusal(error, VAGUE) && (await hasOtherWay(client, found)))
    const again = isStale ? await findAgain(client, peer, found) : undefined
    if (again === undefined) throw error
    return await use(again)
  }
}

/** Refusals of an access hash. */
const STALE = ['CHANNEL_INVALID', 'USER_ID_INVALID']
/** May be about the hash, or say that no such thing can be done in this chat: a hash that cannot be had again is kept. */
const VAGUE = 'PEER_ID_INVALID'

async function hasOtherWay({ peers }: PeerClient, { chat }: FoundPeer): Promise<boolean> {
  const record = await peers.byId(chat.id)
  return (
    record !== undefined && (record.usernames.length > 0 || record.phone !== undefined || !!record.seenIn)
  )
}

/** A peer under another access hash than before; undefined if there is none. */
async function findAgain(
  client: PeerClient,
  peer: PeerLike,
  { chat, inputPeer }: FoundPeer,
): Promise<FoundPeer | undefined> {
  const refused = hashOf(inputPeer)
  if (refused === undefined) return undefined
  await client.peers.forgetHash(chat.id, refused)
  try {
    const again = typeof peer === 'string' ? await findPeer(client, peer) : await findById(client, chat.id)
    return hashOf(again.inputPeer) === refused ? undefined : again
  } catch (error) {
    // The refusal of the call says more.
    if (error instanceof PeerError) return undefined
    throw error
  }
}

function hashOf(inputPeer: InputPeer): bigint | undefined {
  return 'accessHash' in inputPeer ? inputPeer.accessHash : undefined
}

/** The way to name a peer in a raw call. @throws PeerError; RpcError; ConnectionError */
export async function inputPeerOf(client: PeerClient, peer: PeerLike): Promise<InputPeer> {
  return (await findPeer(client, peer)).inputPeer
}

/** The way to name a user in a raw call. @throws PeerError PEER_INVALID for a chat */
export async function inputUserOf(client: PeerClient, peer: PeerLike): Promise<InputUser> {
  const { inputPeer, chat } = await findPeer(client, peer)
  const user = asInputUser(inputPeer)
  if (user) return user
  throw new PeerError('PEER_INVALID', `${nameOf(chat)} is a ${chat.kind}, and this call takes a user.`)
}

/** The way to name a supergroup or channel in a raw call; undefined for others. */
export function asInputChannel(inputPeer: InputPeer): InputChannel | undefined {
  switch (inputPeer._) {
    case 'inputPeerChannel':
      return { _: 'inputChannel', channelId: inputPeer.channelId, accessHash: inputPeer.accessHash }
    case 'inputPeerChannelFromMessage':
      return { ...inputPeer, _: 'inputChannelFromMessage' }
    default:
      return undefined
  }
}

function asInputUser(inputPeer: InputPeer): InputUser | undefined {
  switch (inputPeer._) {
    case 'inputPeerSelf':
      return { _: 'inputUserSelf' }
    case 'inputPeerUser':
      return { _: 'inputUser', userId: inputPeer.userId, accessHash: inputPeer.accessHash }
    case 'inputPeerUserFromMessage':
      return { ...inputPeer, _: 'inputUserFromMessage' }
    default:
      return undefined
  }
}

async function findWritten(client: PeerClient, text: string): Promise<FoundPeer> {
  const written = parsePeer(text)
  switch (written.kind) {
    case 'self':
      return self(client)
    case 'id':
      return await findById(client, written.id)
    case 'name':
      return await findName(client, written.name)
    case 'phone':
      return await findPhone(client, written.digits)
    case 'invite':
      return await findInvite(client, written.hash, text)
  }
}

function self({ peers }: PeerClient): FoundPeer {
  const { selfId = 0n } = peers
  const record = peers.recent(selfId)
  const chat = record ? chatOfRecord(record, selfId) : unknownChat(selfId, selfId)
  return { chat, inputPeer: { _: 'inputPeerSelf' } }
}

async function findName(client: PeerClient, name: string): Promise<FoundPeer> {
  const known = await client.peers.byName(name)
  const found = known && (await foundOf(client, known))
  return found ?? (await askByName(client, name))
}

async function askByName(client: PeerClient, name: string): Promise<FoundPeer> {
  try {
    return foundIn(client, await client.call('contacts.resolveUsername', { username: name }))
  } catch (error) {
    if (!isRefusal(error, 'USERNAME_NOT_OCCUPIED', 'USERNAME_INVALID')) throw error
    const similar = didYouMean(name.toLowerCase(), client.peers.names())
    const next = similar === '' ? 'check the spelling, or whether the name was changed' : 'check the spelling'
    const message = `Nobody is called @${name}; ${next}. ${similar}`.trim()
    throw new PeerError('PEER_NAME_UNKNOWN', message, { cause: error })
  }
}

async function findPhone(client: PeerClient, digits: string): Promise<FoundPeer> {
  const known = await client.peers.byPhone(digits)
  const found = known && (await foundOf(client, known))
  return found ?? (await askByPhone(client, digits))
}

async function askByPhone(client: PeerClient, digits: string): Promise<FoundPeer> {
  try {
    return foundIn(client, await client.call('contacts.resolvePhone', { phone: digits }))
  } catch (error) {
    if (!isRefusal(error, 'PHONE_NOT_OCCUPIED')) throw error
    const message = `Nobody can be found by +${digits}; the number has no account, or its owner lets only contacts find it. Ask for a name, or for a message from there.`
    throw new PeerError('PEER_PHONE_UNKNOWN', message, { cause: error })
  }
}

async function findInvite(client: PeerClient, hash: string, link: string): Promise<FoundPeer> {
  const invite = await client.call('messages.checkChatInvite', { hash })
  const group = invite._ === 'chatInvite' ? undefined : groupOf(invite.chat)
  if (group?.inputPeer) return { chat: group, inputPeer: group.inputPeer }
  const title = invite._ === 'chatInvite' ? `"${invite.title}"` : 'the chat'
  const message = `The link ${link} leads to ${title}, and you are not in it. Join first: client.messages.importChatInvite({ hash: '${hash}' })`
  throw new PeerError('PEER_NOT_JOINED', message)
}

async function findById(client: PeerClient, id: bigint): Promise<FoundPeer> {
  const { peers } = client
  if (id === peers.selfId) return self(client)
  const known = await peers.byId(id)
  const found = known && ((await foundOf(client, known)) ?? (await foundByNames(client, known)))
  if (found) return found
  const peer = peerOfId(id)
  if (peer === undefined) throw new PeerError('PEER_INVALID', `${id} is the id of no user and no chat.`)
  const inputPeer = inputPeerFor(id, undefined, false)
  if (inputPeer) return { chat: unknownChat(id, peers.selfId), inputPeer }
  const asked = await askById(client, peer)
  if (asked?.inputPeer) return { chat: asked, inputPeer: asked.inputPeer }
  throw unseen(id)
}

/** Nothing but the id is known, and the server does not know more. */
export function unseen(id: bigint): PeerError {
  const message = `This session has not seen ${id}. Name it by '@name' or '+phone' once, or list the chats with client.dialogs(), and then the id is enough.`
  return new PeerError('PEER_ID_UNKNOWN', message)
}

/** A peer whose access hash is not known may be had by the names it had: unless they are somebody else's by now. */
async function foundByNames(
  client: PeerClient,
  { id, usernames, phone }: PeerRecord,
): Promise<FoundPeer | undefined> {
  const [name] = usernames
  const ways = [
    ...(name === undefined ? [] : [() => askByName(client, name)]),
    ...(phone === undefined ? [] : [() => askByPhone(client, phone)]),
  ]
  for (const ask of ways) {
    try {
      const found = await ask()
      if (found.chat.id === id) return found
    } catch (error) {
      if (!(error instanceof PeerError)) throw error
    }
  }
  return undefined
}

/** Bots may ask by id alone for those who have written to them, and people for their contacts. */
async function askById(client: PeerClient, peer: Peer): Promise<Chat | undefined> {
  try {
    if (peer._ === 'peerUser') {
      const id = [{ _: 'inputUser', userId: peer.userId, accessHash: 0n } as const]
      const [user] = await client.call('users.getUsers', { id })
      return user && userOf(user)
    }
    if (peer._ === 'peerChat') return undefined
    const id = [{ _: 'inputChannel', channelId: peer.channelId, accessHash: 0n } as const]
    const [chat] = (await client.call('channels.getChannels', { id })).chats
    return chat && groupOf(chat)
  } catch (error) {
    if (error instanceof RpcError && (error.code === 400 || error.code === 403 || error.code === 406))
      return undefined
    throw error
  }
}

async function findView(client: PeerClient, chat: Chat): Promise<FoundPeer> {
  if (chat.inputPeer) return { chat, inputPeer: chat.inputPeer }
  return { ...(await findById(client, chat.id)), chat }
}

async function findTl(client: PeerClient, value: Extract<PeerLike, { _: string }>): Promise<FoundPeer> {
  switch (value._) {
    case 'inputPeerSelf':
    case 'inputUserSelf':
      return self(client)
    case 'peerUser':
    case 'peerChat':
    case 'peerChannel':
      return await findById(client, idOfPeer(value))
    case 'inputUser':
      return found(client, value.userId, { ...value, _: 'inputPeerUser' })
    case 'inputUserFromMessage':
      return found(client, value.userId, { ...value, _: 'inputPeerUserFromMessage' })
    case 'inputChannel':
      return found(client, idOfChannel(value.channelId), { ...value, _: 'inputPeerChannel' })
    case 'inputChannelFromMessage':
      return found(client, idOfChannel(value.channelId), { ...value, _: 'inputPeerChannelFromMessage' })
    case 'inputPeerUser':
    case 'inputPeerUserFromMessage':
      return found(client, value.userId, value)
    case 'inputPeerChat':
      return found(client, -value.chatId, value)
    case 'inputPeerChannel':
    case 'inputPeerChannelFromMessage':
      return found(client, idOfChannel(value.channelId), value)
    case 'user':
      return await findView(client, userOf(value))
    case 'chat':
    case 'chatForbidden':
    case 'channel':
    case 'channelForbidden': {
      const group = groupOf(value)
      if (group) return await findView(client, group)
      throw notAPeer(value)
    }
    default:
      throw notAPeer(value)
  }
}

function found({ peers }: PeerClient, id: bigint, inputPeer: InputPeer): FoundPeer {
  const record = peers.recent(id)
  return { chat: record ? chatOfRecord(record, peers.selfId) : unknownChat(id, peers.selfId), inputPeer }
}

function idOfChannel(channelId: bigint): bigint {
  return idOfPeer({ _: 'peerChannel', channelId })
}

/** A remembered peer; undefined if too little of it is. */
async function foundOf(client: PeerClient, record: PeerRecord): Promise<FoundPeer | undefined> {
  const chat = chatOfRecord(record, client.peers.selfId)
  const inputPeer = chat.inputPeer ?? (await throughMessage(client, record))
  return inputPeer && { chat, inputPeer }
}

/** A peer of which only a reduced form was seen is named by its message, in a chat that is known itself. */
async function throughMessage(
  client: PeerClient,
  { id, seenIn }: PeerRecord,
): Promise<InputPeer | undefined> {
  if (!seenIn) return undefined
  const chat = await client.peers.byId(seenIn.chatId)
  const peer = inputPeerFor(seenIn.chatId, chat?.accessHash, seenIn.chatId === client.peers.selfId)
  const author = peerOfId(id)
  if (!peer || !author || author._ === 'peerChat') return undefined
  const place = { peer, msgId: seenIn.messageId }
  return author._ === 'peerUser'
    ? { _: 'inputPeerUserFromMessage', ...place, userId: author.userId }
    : { _: 'inputPeerChannelFromMessage', ...place, channelId: author.channelId }
}

function foundIn(client: PeerClient, answer: Results['contacts.resolveUsername']): FoundPeer {
  client.peers.remember(answer)
  const chat = chatsIn(answer, client.peers)(idOfPeer(answer.peer))
  if (chat.inputPeer) return { chat, inputPeer: chat.inputPeer }
  throw new PeerError('PEER_ID_UNKNOWN', `The server names ${nameOf(chat)} without an access hash.`)
}

function isView(value: unknown): value is Chat {
  return value instanceof User || value instanceof Group
}

function isRefusal(error: unknown, ...types: readonly string[]): boolean {
  return error instanceof RpcError && types.includes(error.type)
}

function nameOf({ title, id }: Chat): string {
  return title === '' ? `The peer ${id}` : `"${title}" (${id})`
}

function notAPeer(value: unknown): PeerError {
  const shown = typeof value === 'number' ? `${value} is a number` : `This value is not a peer`
  const next =
    typeof value === 'number' && Number.isSafeInteger(value)
      ? `An id is a bigint: ${value}n.`
      : "A peer is 'me', '@name', '+phone', a t.me link, an id as a bigint, or a value that came from the client."
  return new PeerError('PEER_INVALID', `${shown}. ${next}`)
}
