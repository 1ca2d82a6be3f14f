export {
  type Codec,
  type CodecTables,
  createCodec,
  freeBytes,
  GrowingBytes,
  LIMITS,
  type MethodRow,
  TlReader,
  TlWriter,
} from './codec/index.ts'
export { closestNames, didYouMean } from './did-you-mean.ts'
export * from './errors.ts'
