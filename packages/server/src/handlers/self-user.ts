import type { User as TlUser } from '@cablegram/tl/api'
import type { User } from '../store/index.ts'

/** How long a client counts as online after a request; help.getConfig says the same. */
export const ONLINE_FOR_S: number = 300

/** An account as its owner sees it. */
export function selfUser(user: User, nowS: number): TlUser {
  return {
    _: 'user',
    self: true,
    id: user.id,
    accessHash: user.accessHash,
    firstName: user.firstName,
    ...(user.lastName !== '' && { lastName: user.lastName }),
    phone: user.phone,
    status: { _: 'userStatusOnline', expires: nowS + ONLINE_FOR_S },
  }
}
