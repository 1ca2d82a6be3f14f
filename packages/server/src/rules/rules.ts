import type { Ground } from '../ground/ground.ts'
import { KeyRecords } from './accounts/key-records.ts'
import { RefusedApps } from './accounts/refused-apps.ts'
import { TempKeys } from './accounts/temp-keys.ts'
import { PressWaits } from './bots/press-waits.ts'
import { createDeliveries, type Deliveries } from './codes/deliveries.ts'
import { inAppCourier } from './codes/in-app-codes.ts'

/** Ground of the rules with the parts that keep state: the first argument of a rule. It knows no TL and no sockets. */
export interface Rules extends Ground {
  readonly deliveries: Deliveries
  readonly refusedApps: RefusedApps
  readonly keyRecords: KeyRecords
  readonly tempKeys: TempKeys
  readonly pressWaits: PressWaits
  /** Sends what a crash left in the outbox. @param isAlone no other node runs: what it claimed is nobody's */
  recover(isAlone?: boolean): Promise<void>
}

/** Makes the parts that keep state. */
export function createRules(given: Ground): Rules {
  const { clock, settings } = given
  const refusedApps = new RefusedApps(given)
  const keyRecords = new KeyRecords(given)
  const parts: Ground = { ...given, onAppRefused: (refused) => refusedApps.note(refused) }
  const deliveries = createDeliveries({ ...parts, courier: inAppCourier(parts) })
  return {
    ...parts,
    deliveries,
    refusedApps,
    keyRecords,
    tempKeys: new TempKeys({ keyRecords, clock, settings }),
    pressWaits: new PressWaits(given),
    recover: (isAlone) => deliveries.recover(isAlone),
  }
}
