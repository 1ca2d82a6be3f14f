import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { findNumber, findPhoneOf } from './decide-home.ts'
import { findNetworkRule } from './decide-network-rules.ts'
import { networkOf } from './network.ts'
import type { PhoneNumber } from './words.ts'

/** Looks a number up, once for each request: the checks below and those of the rules take the answer. */
export async function lookUpNumber({ store, settings }: Ground, phone: string): Promise<PhoneNumber> {
  return await store.look(() => findNumber(phone, settings.dcs))
}

/** Looks up the number of an account; undefined for a bot, and where the account is gone. */
export async function lookUpNumberOf(
  { store, settings }: Ground,
  userId: bigint,
): Promise<PhoneNumber | undefined> {
  return await store.look(function* () {
    const phone = yield* findPhoneOf(userId)
    return phone === undefined ? undefined : yield* findNumber(phone, settings.dcs)
  })
}

/**
 * Refuses to send a code in another data centre than that of the caller's network, where the number has no home.
 *
 * @throws {RpcError} NETWORK_MIGRATE_X
 */
export async function checkNetwork(
  { store }: Ground,
  { homeDc }: PhoneNumber,
  { ip, dcId }: Caller,
): Promise<void> {
  if (homeDc !== undefined) return
  const rule = await store.look(() => findNetworkRule(networkOf(ip)))
  if (rule !== undefined && rule.dc !== dcId) throw refusal('NETWORK_MIGRATE_X', { x: rule.dc })
}

/** Refuses a login in another data centre than the number's own. @throws {RpcError} PHONE_MIGRATE_X */
export function checkHome({ homeDc }: PhoneNumber, { dcId }: Caller): void {
  if (homeDc !== undefined && homeDc !== dcId) throw refusal('PHONE_MIGRATE_X', { x: homeDc })
}

/**
 * Refuses an account that is banned, or at home in another data centre: logins by anything but a code know an account, not
 * a number.
 *
 * @throws {RpcError} USER_DEACTIVATED_BAN, USER_MIGRATE_X
 */
export async function checkAccountMaySignIn(on: Ground, userId: bigint, { dcId }: Caller): Promise<void> {
  const number = await lookUpNumberOf(on, userId)
  if (number?.rule?.rule === 'ban') throw refusal('USER_DEACTIVATED_BAN')
  const home = number?.homeDc
  if (home !== undefined && home !== dcId) throw refusal('USER_MIGRATE_X', { x: home })
}
