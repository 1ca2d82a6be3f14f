import { RpcError } from '@cablegram/mtproto'
import { type Checks, checkOptions } from '../check-options.ts'
import { type User, userOf } from '../peers/views.ts'
import { isString, LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, repeatable } from './sending.ts'

/** Parts of a profile; those that are not given stay. */
export interface ProfileChanges {
  readonly firstName?: string | undefined
  /** Empty for none. */
  readonly lastName?: string | undefined
  /** A few words about oneself, at most 70 characters; empty for none. */
  readonly bio?: string | undefined
  /** Without the `@`; empty for none. */
  readonly username?: string | undefined
}

const CHECKS: Checks<ProfileChanges> = {
  firstName: isString,
  lastName: isString,
  bio: isString,
  username: isString,
}

/**
 * Changes the name, bio or username of the account.
 *
 * @returns the account as it is now
 * @throws UsageError OPTION_INVALID; RpcError such as FIRSTNAME_INVALID, ABOUT_TOO_LONG, USERNAME_INVALID, USERNAME_OCCUPIED
 *
 * @example
 * ```ts
 * import { type TelegramClient, updateProfile } from '@cablegram/client'
 *
 * export async function introduce(client: TelegramClient) {
 *   return await updateProfile(client, { firstName: 'Ada', bio: 'Poetical science' })
 * }
 * ```
 */
export async function updateProfile(
  client: MethodClient,
  changes: ProfileChanges,
  limits: CallLimits = {},
): Promise<User> {
  checkOptions(changes, CHECKS, 'of a profile')
  checkOptions(limits, LIMIT_CHECKS, 'of updateProfile')
  const { firstName, lastName, bio, username } = changes
  const params = {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(bio !== undefined && { about: bio }),
  }
  if (username !== undefined) await setUsername(client, username.replace(/^@/, ''), limits)
  return userOf(await client.call('account.updateProfile', params, repeatable(limits)))
}

/** A name that is the account's already is no error. */
async function setUsername(client: MethodClient, username: string, limits: CallLimits): Promise<void> {
  try {
    await client.call('account.updateUsername', { username }, repeatable(limits))
  } catch (error) {
    if (!(error instanceof RpcError && error.type === 'USERNAME_NOT_MODIFIED')) throw error
  }
}
