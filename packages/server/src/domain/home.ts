import type { Store } from '../store/port.ts'
import { homeDc } from './phone.ts'
import { refusal } from './refusals.ts'
import type { Settings } from './settings.ts'
import type { Caller } from './types.ts'

interface HomeParts {
  readonly store: Pick<Store, 'users'>
  readonly settings: Pick<Settings, 'dcs'>
}

/** What finds the data centre an account is at home in; undefined where any will do. */
export function createUserHome({
  store,
  settings,
}: HomeParts): (userId: bigint) => Promise<number | undefined> {
  return async (userId) => {
    const [user] = settings.dcs === 1 ? [] : await store.users.find([userId])
    return user && homeDc(user.phone, settings.dcs, await store.users.homeDc(user.phone))
  }
}

/** What refuses a login in another data centre than the number's own: PHONE_MIGRATE_X. */
export function createHomeCheck({
  store,
  settings,
}: HomeParts): (phone: string, caller: Caller) => Promise<void> {
  return async (phone, { dcId }) => {
    if (settings.dcs === 1) return
    const home = homeDc(phone, settings.dcs, await store.users.homeDc(phone))
    if (home !== undefined && home !== dcId) throw refusal('PHONE_MIGRATE_X', { x: home })
  }
}
