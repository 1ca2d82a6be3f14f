export { type DetectedKind, detectTransport } from './detect.ts'
export {
  encodeTransportError,
  type Frame,
  type FrameDecoder,
  type Framing,
  type TransportKind,
} from './frame.ts'
export { MAX_FRAME_BYTES, makeClientFraming, makeServerFraming } from './framing.ts'
