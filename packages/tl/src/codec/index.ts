export { type Codec, type CodecTables, createCodec, decodeWith, encodeWith, type MethodRow } from './codec.ts'
export { LIMITS } from './limits.ts'
export { TlReader } from './reader.ts'
export { TlWriter } from './writer.ts'
