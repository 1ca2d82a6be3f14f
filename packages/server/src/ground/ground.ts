import type { Random } from '@cablegram/mtproto'
import type { Bus } from '../bus/bus.ts'
import type { Courier } from '../courier/port.ts'
import type { Store } from '../database/store.ts'
import type { Clock, StartTimer } from './clock.ts'
import type { Settings } from './settings.ts'

/** Everything the rules depend on. */
export interface Ground {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly courier: Courier
  readonly bus: Bus
  readonly settings: Settings
  /** Default: the machine's timers. */
  readonly startTimer?: StartTimer | undefined
}
