import type { Random } from '@cablegram/mtproto'
import type { Bus } from '../bus/bus.ts'
import type { Channel, Courier } from '../courier/port.ts'
import type { Store } from '../database/store.ts'
import type { PictureMaker } from '../files/pictures/port.ts'
import type { FileStore } from '../files/port.ts'
import type { WebFiles } from '../files/web/port.ts'
import type { Clock, StartTimer } from './clock.ts'
import type { Settings } from './settings.ts'

/** News for the operator of this node: lines of its log, and nothing that other nodes need. */
export interface Notices {
  /** Somebody says that a code has not come, in the mobile network of this code. */
  onCodeMissing?(missing: { readonly phone: string; readonly channel: Channel; readonly mnc: string }): void
  /** An app was told API_ID_INVALID. */
  onAppRefused?(refused: RefusedClaim): void
  /** An app was refused for the first time since the start. */
  onNewAppRefused?(refused: Pick<RefusedClaim, 'apiId' | 'reason'>): void
  /** A file that a client named by its URL was not taken. `host` is that of the URL; undefined if the text has none. */
  onWebFileRefused?(refused: { readonly host: string | undefined; readonly reason: string }): void
}

/** An app that no operator has registered, or not with this api_hash. */
export interface RefusedClaim {
  readonly apiId: number
  readonly apiHash: string
  readonly reason: 'unknown' | 'otherHash'
}

/** Everything the rules depend on. */
export interface Ground extends Notices {
  readonly store: Store
  /** The bytes of photos and documents. */
  readonly files: FileStore
  /** Makes smaller sizes of pictures. Default: nothing does. */
  readonly pictures?: PictureMaker | undefined
  /** Loads files from other servers. Default: none is loaded. */
  readonly web?: WebFiles | undefined
  readonly clock: Clock
  readonly random: Random
  readonly courier: Courier
  readonly bus: Bus
  readonly settings: Settings
  /** Tells file references of a user that have expired on demand from later ones; 0: none has. Default: always 0. */
  readonly referenceRound?: ((userId: bigint) => number) | undefined
  /** The data centre that a fault has a user's files in; undefined: they are where they are. Default: no fault says so. */
  readonly filesMovedTo?: ((userId: bigint) => number | undefined) | undefined
  /** Default: the machine's timers. */
  readonly startTimer?: StartTimer | undefined
}
