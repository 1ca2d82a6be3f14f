import { findPeer, type PeerClient, type PeerLike } from '../peers/resolve.ts'
import { type Chat, userOf } from '../peers/views.ts'

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
  if (inputPeer._ !== 'inputPeerSelf' || chat.title !== '') return chat
  const [user] = await client.call('users.getUsers', { id: [{ _: 'inputUserSelf' }] })
  return user ? userOf(user) : chat
}
