import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findPeerByName } from '../accounts/decide-usernames.ts'
import { requireUserId } from '../accounts/keys.ts'
import { checkNames } from '../accounts/names.ts'
import { isAccountName } from '../accounts/usernames.ts'
import { refusal } from '../refusal.ts'
import { cutName } from './cut-name.ts'
import { type Changer, changeProfile, changeUsername } from './decide-profiles.ts'
import type { ProfileChange } from './words.ts'

const MAX_ABOUT = 70

/** Changes the caller's names or description. @throws {RpcError} FIRSTNAME_INVALID, ABOUT_TOO_LONG */
export async function updateProfile(
  on: Ground,
  caller: Caller,
  change: Partial<ProfileChange>,
): Promise<void> {
  const userId = requireUserId(caller.state)
  const { firstName, lastName, about } = change
  if (about !== undefined && [...about.trim()].length > MAX_ABOUT) throw refusal('ABOUT_TOO_LONG')
  if (firstName !== undefined) checkNames(firstName, '')
  const checked = {
    ...(firstName !== undefined && { firstName: firstName.trim() }),
    ...(lastName !== undefined && { lastName: cutName(lastName) }),
    ...(about !== undefined && { about: about.trim() }),
  }
  const by = changerOf(on, caller, userId)
  await on.store.decide(() => changeProfile(by, checked))
}

/** The key that changes something, and when. */
export function changerOf(
  { clock }: Pick<Ground, 'clock'>,
  { authKeyId }: Pick<Caller, 'authKeyId'>,
  userId: bigint,
): Changer {
  return { userId, authKeyId, nowS: Math.floor(clock.nowMs() / 1000) }
}

/** Tells whether the caller could have a username. @throws {RpcError} USERNAME_INVALID */
export async function isNameFree({ store }: Ground, { state }: Caller, username: string): Promise<boolean> {
  const userId = requireUserId(state)
  if (!isAccountName(username)) throw refusal('USERNAME_INVALID')
  const owner = await store.look(() => findPeerByName(username))
  return owner === undefined || owner === userId
}

/**
 * Gives the caller another username; an empty one takes it away.
 *
 * @throws {RpcError} USERNAME_INVALID, USERNAME_OCCUPIED, USERNAME_NOT_MODIFIED
 */
export async function updateUsername(on: Ground, caller: Caller, username: string): Promise<void> {
  const userId = requireUserId(caller.state)
  if (username !== '' && !isAccountName(username)) throw refusal('USERNAME_INVALID')
  const by = changerOf(on, caller, userId)
  const outcome = await on.store.decide(() => changeUsername(by, username))
  if (outcome === 'taken') throw refusal('USERNAME_OCCUPIED')
  if (outcome === 'same') throw refusal('USERNAME_NOT_MODIFIED')
}
