import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { findHomeOf, findPhoneOf } from './decide-home.ts'
import { findNetworkRule } from './decide-network-rules.ts'
import { networkOf } from './network.ts'

/** Finds the data centre an account is at home in; undefined where any will do. */
export async function homeOfUser({ store, settings }: Ground, userId: bigint): Promise<number | undefined> {
  return await store.look(function* () {
    const phone = yield* findPhoneOf(userId)
    return phone === undefined ? undefined : yield* findHomeOf(phone, settings.dcs)
  })
}

/**
 * Refuses to send a code in another data centre than that of the caller's network, where the number has no home.
 *
 * @throws {RpcError} NETWORK_MIGRATE_X
 */
export async function checkNetwork(
  { store, settings }: Ground,
  phone: string,
  { ip, dcId }: Caller,
): Promise<void> {
  const dc = await store.look(function* () {
    const rule = yield* findNetworkRule(networkOf(ip))
    if (rule === undefined || rule.dc === dcId) return undefined
    return (yield* findHomeOf(phone, settings.dcs)) === undefined ? rule.dc : undefined
  })
  if (dc !== undefined) throw refusal('NETWORK_MIGRATE_X', { x: dc })
}

/** Refuses a login in another data centre than the number's own. @throws {RpcError} PHONE_MIGRATE_X */
export async function checkHome({ store, settings }: Ground, phone: string, { dcId }: Caller): Promise<void> {
  const home = await store.look(() => findHomeOf(phone, settings.dcs))
  if (home !== undefined && home !== dcId) throw refusal('PHONE_MIGRATE_X', { x: home })
}
