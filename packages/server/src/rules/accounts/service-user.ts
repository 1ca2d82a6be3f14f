import type { User } from './words.ts'

/**
 * The user that writes to every account in the server's name. Clients have the id and the number built in, and TDLib this
 * access hash, for it is no secret: everybody knows this user. It is no account, and nobody signs in as it.
 */
export const SERVICE_USER: User = {
  id: 777000n,
  accessHash: 1n,
  phone: '42777',
  firstName: 'Cablegram',
  lastName: '',
  isBot: false,
  username: undefined,
  createdAtS: 0,
}
