import { concatBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import { makeAbridgedCodec } from './abridged.ts'
import { makeFrameCutter } from './cutter.ts'
import { detectTransport, TRANSPORT_TAGS } from './detect.ts'
import type { Frame, FrameCodec, FrameDecoder, Framing, HighBit, TransportKind } from './frame.ts'
import { makeFullCodec } from './full.ts'
import { makeIntermediateCodec } from './intermediate.ts'

/** Both sides read frames up to this; some clients refuse more, so no server sends more. */
export const MAX_FRAME_BYTES: number = 4 * 1024 * 1024 + 1024

const CODECS: Readonly<Record<TransportKind, (highBit: HighBit) => FrameCodec>> = {
  abridged: makeAbridgedCodec,
  intermediate: makeIntermediateCodec,
  full: makeFullCodec,
}

/** A client's end of a new connection. */
export function makeClientFraming(kind: TransportKind, maxFrameBytes: number = MAX_FRAME_BYTES): Framing {
  const codec = CODECS[kind]('quickAck')
  const cutter = makeFrameCutter(codec, maxFrameBytes)
  let tag = TRANSPORT_TAGS[kind]
  return {
    kind,
    push: cutter.push,
    encodeFrame(payload) {
      const frame = codec.encode(payload)
      if (tag.length === 0) return frame
      const tagged = concatBytes(tag, frame)
      tag = tag.subarray(tag.length)
      return tagged
    },
    encodeQuickAck: codec.encodeQuickAck,
  }
}

/** A server's end of a new connection: speaks what the client turns out to speak. */
export function makeServerFraming(maxFrameBytes: number = MAX_FRAME_BYTES): Framing {
  let state: ServerState = { at: 'detecting', first: new Uint8Array(0) }

  function detect(first: Uint8Array): Frame[] {
    const kind = detectTransport(first)
    if (kind === undefined) {
      state = { at: 'detecting', first }
      return []
    }
    if (kind === 'padded' || kind === 'http' || kind === 'obfuscated') {
      state = { at: 'failed' }
      const error = new ProtocolError('TRANSPORT_UNSUPPORTED', `the client speaks the ${kind} transport`)
      return [{ kind: 'failed', error }]
    }
    const codec = CODECS[kind]('quickAckWanted')
    const cutter = makeFrameCutter(codec, maxFrameBytes)
    state = { at: 'open', kind, codec, cutter }
    return cutter.push(first.subarray(TRANSPORT_TAGS[kind].length))
  }

  return {
    get kind() {
      return state.at === 'open' ? state.kind : undefined
    },
    push(chunk) {
      let rest = chunk
      const frames: Frame[] = []
      while (state.at === 'detecting' && rest.length > 0) {
        // A byte at a time, at most eight: the rest of the chunk then reaches the cutter uncopied.
        frames.push(...detect(concatBytes(state.first, rest.subarray(0, 1))))
        rest = rest.subarray(1)
      }
      if (state.at !== 'open') return frames
      return frames.length === 0 ? state.cutter.push(rest) : [...frames, ...state.cutter.push(rest)]
    },
    encodeFrame(payload) {
      return state.at === 'open' ? state.codec.encode(payload) : new Uint8Array(0)
    },
    encodeQuickAck(token) {
      return state.at === 'open' ? state.codec.encodeQuickAck(token) : new Uint8Array(0)
    },
  }
}

type ServerState =
  /** Fewer than eight bytes. */
  | { readonly at: 'detecting'; readonly first: Uint8Array }
  | {
      readonly at: 'open'
      readonly kind: TransportKind
      readonly codec: FrameCodec
      readonly cutter: FrameDecoder
    }
  | { readonly at: 'failed' }
