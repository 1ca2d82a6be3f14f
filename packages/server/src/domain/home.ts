import type { Store } from '../store/port.ts'
import { homeDc } from './phone.ts'
import { refusal } from './refusals.ts'
import type { Settings } from './settings.ts'
import type { Caller } from './types.ts'

/** What refuses a login in another data centre than the number's own: PHONE_MIGRATE_X. */
export function createHomeCheck({
  store,
  settings,
}: {
  readonly store: Pick<Store, 'users'>
  readonly settings: Pick<Settings, 'dcs'>
}): (phone: string, caller: Caller) => Promise<void> {
  return async (phone, { dcId }) => {
    if (settings.dcs === 1) return
    const home = homeDc(phone, settings.dcs, await store.users.homeDc(phone))
    if (home !== undefined && home !== dcId) throw refusal('PHONE_MIGRATE_X', { x: home })
  }
}
