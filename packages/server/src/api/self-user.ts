import type { User as TlUser } from '@cablegram/tl/api'
import type { User } from '../rules/accounts/words.ts'
import { SERVICE_USER } from '../rules/index.ts'

/** Time that a client counts as online after a request; help.getConfig has the same. */
export const ONLINE_FOR_S: number = 300

/** An account as its owner sees it. */
export function selfUser(user: User, nowS: number): TlUser {
  if (user.isBot) return { ...botUser(user), self: true }
  return {
    _: 'user',
    self: true,
    id: user.id,
    accessHash: user.accessHash,
    firstName: user.firstName,
    ...(user.lastName !== '' && { lastName: user.lastName }),
    ...(user.username !== undefined && { username: user.username }),
    phone: user.phone,
    status: { _: 'userStatusOnline', expires: nowS + ONLINE_FOR_S },
  }
}

/** The service user as everybody sees it. */
export function serviceUser(): TlUser {
  const { id, accessHash, phone, firstName } = SERVICE_USER
  return { _: 'user', verified: true, support: true, id, accessHash, firstName, phone }
}

/** An account as others see it. */
export function otherUser({ id, accessHash, firstName, lastName, username }: User): TlUser {
  return {
    _: 'user',
    id,
    accessHash,
    firstName,
    ...(lastName !== '' && { lastName }),
    ...(username !== undefined && { username }),
  }
}

/** A bot as everybody sees it. */
export function botUser({ id, accessHash, firstName, username }: User): Extract<TlUser, { _: 'user' }> {
  return {
    _: 'user',
    bot: true,
    // Clients ask for a bot's description again when this grows.
    botInfoVersion: 1,
    id,
    accessHash,
    firstName,
    ...(username !== undefined && { username }),
  }
}
