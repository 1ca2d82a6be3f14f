import { RpcError } from '@cablegram/mtproto'
import { findPeer, type PeerClient, type PeerLike, unseen } from '../peers/resolve.ts'
import { type Chat, groupOf, userOf } from '../peers/views.ts'

/**
 * Finds a user or chat, as the session remembers it or by asking the server.
 *
 * @throws PeerError; RpcError; ConnectionError
 *
 * @example
 * ```ts
 * import { resolve, type TelegramClient } from '@cablegram/client'
 *
 * export async function idOf(client: TelegramClient, name: string): Promise<bigint> {
 *   return (await resolve(client, name)).id
 * }
 * ```
 */
export async function resolve(client: PeerClient, peer: PeerLike): Promise<Chat> {
  const { chat, inputPeer } = await findPeer(client, peer)
  if (chat.title !== '') return chat
  if (inputPeer._ === 'inputPeerChat') return await askGroup(client, inputPeer.chatId)
  if (inputPeer._ !== 'inputPeerSelf') return chat
  const [user] = await client.call('users.getUsers', { id: [{ _: 'inputUserSelf' }] })
  return user ? userOf(user) : chat
}

/** Calls name a basic group by its id alone: only the server knows whether there is one. */
async function askGroup(client: PeerClient, chatId: bigint): Promise<Chat> {
  try {
    const { chats } = await client.call('messages.getChats', { id: [chatId] })
    const group = chats.map(groupOf).find((each) => each?.id === -chatId)
    if (group) return group
  } catch (error) {
    if (!(error instanceof RpcError) || error.code !== 400) throw error
  }
  throw unseen(-chatId)
}
