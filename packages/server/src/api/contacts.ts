import type { Handler } from './handler.ts'
import { toTlUser } from './known-users.ts'

/** Who has a name. */
export const resolveUsername: Handler<'contacts.resolveUsername'> = async ({ username }, context) => {
  const user = await context.domain.accounts.byUsername(username)
  return {
    _: 'contacts.resolvedPeer',
    peer: { _: 'peerUser', userId: user.id },
    chats: [],
    users: [await toTlUser(user, context)],
  }
}
