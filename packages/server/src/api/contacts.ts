import { findAccountByName } from '../rules/accounts/accounts.ts'
import type { Handler } from './handler.ts'
import { toTlUser } from './known-users.ts'

/** Finds the user with a username. */
export const resolveUsername: Handler<'contacts.resolveUsername'> = async ({ username }, context) => {
  const user = await findAccountByName(context.on, username)
  return {
    _: 'contacts.resolvedPeer',
    peer: { _: 'peerUser', userId: user.id },
    chats: [],
    users: [await toTlUser(user, context)],
  }
}
