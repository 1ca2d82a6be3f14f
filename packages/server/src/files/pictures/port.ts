import type { ImageHeader } from '../images/image-header.ts'

/** A smaller size of a picture to make. It is not made larger than the picture is. */
export interface WantedSize {
  readonly letter: string
  /** The longest side of a box, or the side of a square. */
  readonly pixels: number
  /** The picture is cut to a square. */
  readonly isSquare: boolean
}

/** A smaller size of a picture: JPEG. */
export interface MadeSize {
  readonly letter: string
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

/** A picture of an account. */
export interface Picture {
  readonly ownerId: bigint
  /** As the rules have read it: bounds on pixels are theirs. */
  readonly header: ImageHeader
  /** Reads its file once its turn has come: pictures that wait take no memory. */
  readonly read: () => Promise<Uint8Array>
}

/** The outcome of a picture. */
export type Drawn =
  /** `stripped`: its smallest size, in the form to which clients add the header. */
  | {
      readonly kind: 'made'
      readonly sizes: readonly MadeSize[]
      readonly stripped: Uint8Array | undefined
    }
  /** It is not a picture, or not the one that its header promises. */
  | { readonly kind: 'broken' }
  /** Nothing here makes sizes at the moment, or not in time, and the picture may be good. */
  | { readonly kind: 'unavailable' }

/** Makes smaller sizes of pictures. */
export interface PictureMaker {
  draw(picture: Picture, wanted: readonly WantedSize[]): Promise<Drawn>
  close(): Promise<void>
}
