import { StoreError } from './errors.ts'
import type { Secret } from './secret.ts'

/** Opens what this store sealed itself; the secret was found to be the right one at the start. */
export function unseal(secret: Secret, sealed: Uint8Array, context: string): Uint8Array {
  const plain = secret.open(sealed, context)
  if (plain !== undefined) return plain
  throw new StoreError('STORE_FAILED', `sealed bytes are damaged: ${context}`)
}

const SEAL_ID_BYTES = 8

/** A number that differs with every sealing, the end of its tag: whoever has opened the bytes need not read them again. */
export function sealIdOf(sealed: Uint8Array): bigint {
  if (sealed.byteLength < SEAL_ID_BYTES) return 0n
  const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  return view.getBigInt64(sealed.byteLength - SEAL_ID_BYTES)
}
