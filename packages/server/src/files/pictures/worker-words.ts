import type { ImageHeader } from '../images/image-header.ts'
import type { MadeSize, WantedSize } from './port.ts'

/** A picture for the thread. */
export interface Job {
  readonly file: Uint8Array
  readonly header: ImageHeader
  readonly wanted: readonly WantedSize[]
}

/** The words of the thread. */
export type Told =
  | { readonly kind: 'ready' }
  /** The library is not there, or does not start. */
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'broken'; readonly usedBytes: number }
  | {
      readonly kind: 'drawn'
      readonly sizes: readonly MadeSize[]
      readonly stripped: Uint8Array | undefined
      /** The most memory that pictures have taken. */
      readonly usedBytes: number
    }
