import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findAccounts } from '../accounts/accounts.ts'
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

/**
 * Shows or hides one of the caller's usernames. Accounts here have one, which they change and do not hide: nothing is done.
 *
 * @throws {RpcError} USERNAME_NOT_MODIFIED for the name that is shown, USERNAME_INVALID
 */
export async function toggleUsername(
  on: Ground,
  caller: Caller,
  username: string,
  isShown: boolean,
): Promise<never> {
  const isOwn = username.toLowerCase() === (await ownName(on, caller))?.toLowerCase()
  throw refusal(isOwn && isShown ? 'USERNAME_NOT_MODIFIED' : 'USERNAME_INVALID')
}

/**
 * Puts the caller's usernames in order. Accounts here have one at most: nothing is done.
 *
 * @throws {RpcError} USERNAME_NOT_MODIFIED, or ORDER_INVALID if these are not the caller's
 */
export async function reorderUsernames(on: Ground, caller: Caller, order: readonly string[]): Promise<never> {
  const own = await ownName(on, caller)
  const names = own === undefined ? [] : [own.toLowerCase()]
  const isSame =
    order.length === names.length && order.every((name, place) => name.toLowerCase() === names[place])
  throw refusal(isSame ? 'USERNAME_NOT_MODIFIED' : 'ORDER_INVALID')
}

async function ownName(on: Ground, { state }: Caller): Promise<string | undefined> {
  const [self] = await findAccounts(on, [requireUserId(state)])
  return self?.username
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
