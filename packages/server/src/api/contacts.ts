import { findAccountByName } from '../rules/accounts/accounts.ts'
import type { Handler } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { tlPeer } from './peers.ts'

/** Finds the user with a username. */
export const resolveUsername: Handler<'contacts.resolveUsername'> = async ({ username }, context) => {
  const { id } = await findAccountByName(context.on, username)
  return {
    _: 'contacts.resolvedPeer',
    peer: tlPeer(id),
    chats: [],
    users: await seenUsers([id], context),
  }
}
