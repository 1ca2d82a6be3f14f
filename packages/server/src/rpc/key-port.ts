import type { ServerKey } from '@cablegram/mtproto'
import { DEFAULT_DC } from '../gateway/data-centres.ts'
import type { KeyPort } from '../gateway/driver.ts'
import { forgetKey } from '../rules/accounts/decide-keys.ts'
import type { OnKeys } from '../rules/accounts/key-records.ts'
import { findKey, keepMadeKey, type MadeKey } from '../rules/accounts/keys.ts'
import type { KeyRecord } from '../rules/accounts/words.ts'
import type { TempKey, TempKeys } from '../rules/index.ts'

/** Options of a key port. */
export interface KeyPortOptions {
  /** There is one data centre only, and no CDN: its keys are good on every connection. */
  readonly isAlone: boolean
  readonly onForgotten: (authKeyId: bigint) => void
  readonly onKept: (kind: 'permanent' | 'temporary', result: 'kept' | 'refused') => void
}

type OnAllKeys = OnKeys & { readonly tempKeys: TempKeys }

/** Keys for the driver: temporary ones in memory, permanent ones in the store. */
export function createKeyPort(on: OnAllKeys, { isAlone, onForgotten, onKept }: KeyPortOptions): KeyPort {
  const { tempKeys } = on

  async function keepPermanent(key: MadeKey): Promise<boolean> {
    const { isKept, thrownAway } = await keepMadeKey(on, key)
    thrownAway.forEach(onForgotten)
    return isKept
  }

  return {
    async find(authKeyId) {
      const temp = tempKeys.find(authKeyId)
      if (temp !== undefined) return temp.key
      const record = await findKey(on, authKeyId)
      if (record === undefined) return undefined
      return isAlone ? serverKey(record) : { ...serverKey(record), dcId: record.dcId }
    },
    async keep(key, { dcId: namedDcId, isTest }) {
      // Clients that name no data centre, or none there can be, are told they are in the default one.
      const dcId = namedDcId || DEFAULT_DC
      const { authKey, firstSalt, createdAtS } = key
      const isTemporary = key.expiresAtS !== undefined
      const isKept = isTemporary
        ? tempKeys.keep(key, { dcId, isTest })
        : await keepPermanent({ authKey, firstSalt, createdAtS, dcId, isTest })
      onKept(isTemporary ? 'temporary' : 'permanent', isKept ? 'kept' : 'refused')
      return isKept
    },
    async destroy(authKeyId) {
      if (tempKeys.drop(authKeyId)) return true
      const isGone = await on.store.decide(() => forgetKey(authKeyId))
      for (const boundId of tempKeys.boundTo(authKeyId)) {
        tempKeys.drop(boundId)
        onForgotten(boundId)
      }
      return isGone
    },
  }
}

function serverKey({ authKeyId, key, firstSalt, createdAtS }: KeyRecord): ServerKey {
  return { authKey: { id: authKeyId, key }, expiresAtS: undefined, firstSalt, createdAtS }
}

/** The key a request came under, and the permanent one it speaks for. */
export interface RequestKey {
  /** Undefined where the packet came under the permanent key itself. */
  readonly temp: TempKey | undefined
  /** Undefined where the temporary key is not bound. */
  readonly record: KeyRecord | undefined
}

/** Finds both keys of a request. */
export async function findRequestKey(on: OnAllKeys, authKeyId: bigint): Promise<RequestKey> {
  const temp = on.tempKeys.find(authKeyId)
  const permAuthKeyId = temp === undefined ? authKeyId : temp.permAuthKeyId
  const record = permAuthKeyId === undefined ? undefined : await findKey(on, permAuthKeyId)
  return { temp, record }
}
