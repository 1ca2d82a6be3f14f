import type { InputPeer, InputUser, User as TlUser } from '@cablegram/tl/api'
import { findAccounts } from '../rules/accounts/accounts.ts'
import type { User } from '../rules/accounts/words.ts'
import { refusal, SERVICE_USER } from '../rules/index.ts'
import type { HandlerContext } from './handler.ts'
import { botUser, otherUser, selfUser, serviceUser } from './self-user.ts'

/**
 * Finds users that the caller knows: itself, the service user, and bots whose access hash the caller has. All others are
 * undefined.
 */
export async function findUsers(
  ids: readonly InputUser[],
  context: HandlerContext,
): Promise<(User | undefined)[]> {
  const self = await context.requireUser()
  const others = await findAccounts(
    context.on,
    ids.flatMap((id) => ('userId' in id ? id.userId : [])),
  )
  return ids.map((id) => {
    if (id._ === 'inputUserSelf') return self
    if (id._ !== 'inputUser') return undefined
    if (id.userId === self.id) return self
    return others.find(
      (user) =>
        user.id === id.userId && (user === SERVICE_USER || (user.isBot && user.accessHash === id.accessHash)),
    )
  })
}

/** Finds the users of chats. @throws {RpcError} PEER_ID_INVALID */
export async function requirePeers(peers: readonly InputPeer[], context: HandlerContext): Promise<User[]> {
  const found = await findUsers(peers.map(toInputUser), context)
  return found.map((user) => {
    if (user === undefined) throw refusal('PEER_ID_INVALID')
    return user
  })
}

/** A user as the caller sees them. */
export async function toTlUser(user: User, context: HandlerContext): Promise<TlUser> {
  const self = await context.requireUser()
  if (user.id === self.id) return selfUser(self, context.nowS)
  if (user === SERVICE_USER) return serviceUser()
  return user.isBot ? botUser(user) : otherUser(user)
}

/** The users of chats that the caller has. */
export async function usersById(ids: readonly bigint[], context: HandlerContext): Promise<TlUser[]> {
  const users = await findAccounts(context.on, [...new Set(ids)])
  return Promise.all(users.map((user) => toTlUser(user, context)))
}

/** The user of a peer. Other peers than users do not exist yet. */
function toInputUser(peer: InputPeer): InputUser {
  switch (peer._) {
    case 'inputPeerSelf':
      return { _: 'inputUserSelf' }
    case 'inputPeerUser':
      return { _: 'inputUser', userId: peer.userId, accessHash: peer.accessHash }
    default:
      return { _: 'inputUserEmpty' }
  }
}
