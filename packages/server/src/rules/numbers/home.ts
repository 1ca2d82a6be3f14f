import type { Store } from '../../database/store.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Settings } from '../../ground/settings.ts'
import { refusal } from '../refusal.ts'
import { networkOf } from './network.ts'
import { homeDc } from './phone.ts'

interface HomeParts {
  readonly store: Pick<Store, 'users' | 'phoneRules'>
  readonly settings: Pick<Settings, 'dcs'>
}

/** A rule of the operator comes before what the number itself says. */
async function homeOf(phone: string, { store, settings: { dcs } }: HomeParts): Promise<number | undefined> {
  const rule = await store.phoneRules.match(phone)
  if (rule?.rule === 'migrate') return rule.dc
  return dcs === 1 ? undefined : homeDc(phone, dcs, await store.users.homeDc(phone))
}

/** What finds the data centre an account is at home in; undefined where any will do. */
export function createUserHome(parts: HomeParts): (userId: bigint) => Promise<number | undefined> {
  return async (userId) => {
    const [user] = await parts.store.users.find([userId])
    return user && homeOf(user.phone, parts)
  }
}

/**
 * What refuses to send a code in another data centre than that of the caller's network, where the number has no home:
 * NETWORK_MIGRATE_X.
 */
export function createNetworkCheck(
  parts: HomeParts & { readonly store: Pick<Store, 'networkRules'> },
): (phone: string, caller: Caller) => Promise<void> {
  return async (phone, { ip, dcId }) => {
    const rule = await parts.store.networkRules.find(networkOf(ip))
    if (rule === undefined || rule.dc === dcId || (await homeOf(phone, parts)) !== undefined) return
    throw refusal('NETWORK_MIGRATE_X', { x: rule.dc })
  }
}

/** What refuses a login in another data centre than the number's own: PHONE_MIGRATE_X. */
export function createHomeCheck(parts: HomeParts): (phone: string, caller: Caller) => Promise<void> {
  return async (phone, { dcId }) => {
    const home = await homeOf(phone, parts)
    if (home !== undefined && home !== dcId) throw refusal('PHONE_MIGRATE_X', { x: home })
  }
}
