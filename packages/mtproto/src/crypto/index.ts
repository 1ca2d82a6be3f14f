export {
  crc32,
  gzip,
  pbkdf2Sha512,
  sha1,
  sha256,
  startCtr,
  timingSafeEqual,
  unpack,
} from '#primitives'
export * from './auth-key.ts'
export * from './bytes.ts'
export * from './dh.ts'
export * from './fingerprint.ts'
export * from './hmac.ts'
export * from './ige.ts'
export * from './kdf.ts'
export * from './message-cipher.ts'
export * from './mod-pow.ts'
export * from './pq.ts'
export * from './random-pool.ts'
export * from './rsa-pad.ts'
export * from './slab.ts'
export * from './srp.ts'
