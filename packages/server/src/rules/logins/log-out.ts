import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { signOut } from '../accounts/decide-keys.ts'
import { issueTokenAtLogOut } from './future-tokens.ts'

/** Takes the login off the caller's key. @returns the token that saves the code at the next login, if there is one */
export async function logOutKey(on: Ground, caller: Caller): Promise<Uint8Array | undefined> {
  const token = await issueTokenAtLogOut(on, caller)
  await on.store.decide(() => signOut(caller.authKeyId))
  return token
}
