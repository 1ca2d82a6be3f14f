import { ProtocolError } from '@cablegram/mtproto'
import { checkOptions } from '../check-options.ts'
import { type User, userOf } from '../peers/views.ts'
import { LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, repeatable } from './sending.ts'

/**
 * Asks the server for the account of this client.
 *
 * @throws RpcError AUTH_KEY_UNREGISTERED and others if nobody is signed in
 *
 * @example
 * ```ts
 * import { getMe, type TelegramClient } from '@cablegram/client'
 *
 * export async function ownName(client: TelegramClient): Promise<string> {
 *   return (await getMe(client)).title
 * }
 * ```
 */
export async function getMe(client: MethodClient, limits: CallLimits = {}): Promise<User> {
  checkOptions(limits, LIMIT_CHECKS, 'of getMe')
  const [user] = await client.call('users.getUsers', { id: [{ _: 'inputUserSelf' }] }, repeatable(limits))
  if (user) return userOf(user)
  throw new ProtocolError('ANSWER_INVALID', 'The server does not say who is signed in.')
}
