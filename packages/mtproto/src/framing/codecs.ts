import type { Random } from '../machine.ts'
import { makeAbridgedCodec } from './abridged.ts'
import type { FrameCodec, HighBit, StreamKind } from './frame.ts'
import { makeFullCodec } from './full.ts'
import { makeIntermediateCodec } from './intermediate.ts'
import { makePaddedCodec } from './padded.ts'

/** Both sides read frames up to this; some clients refuse more, so no server sends more. */
export const MAX_FRAME_BYTES: number = 4 * 1024 * 1024 + 1024

interface Side {
  readonly highBit: HighBit
  readonly maxPadding: number
  /** These two keep nothing of a connection: one serves all. */
  readonly abridged: FrameCodec
  readonly intermediate: FrameCodec
}

function sideOf(highBit: HighBit, maxPadding: number): Side {
  const abridged = makeAbridgedCodec(highBit)
  return { highBit, maxPadding, abridged, intermediate: makeIntermediateCodec(highBit) }
}

const SIDES: Readonly<Record<'client' | 'server', Side>> = {
  client: sideOf('quickAck', 15),
  // There is a client that cuts only what is beyond a multiple of four.
  server: sideOf('quickAckWanted', 3),
}

/** One side's codec of a transport, for one connection. */
export function makeCodec(kind: StreamKind, side: 'client' | 'server', random: Random): FrameCodec {
  const { highBit, maxPadding, abridged, intermediate } = SIDES[side]
  switch (kind) {
    case 'abridged':
      return abridged
    case 'intermediate':
      return intermediate
    case 'padded':
      return makePaddedCodec({ highBit, random, maxPadding })
    case 'full':
      return makeFullCodec()
  }
}
