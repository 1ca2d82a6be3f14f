import { StoreError } from './errors.ts'
import type { Secret } from './secret.ts'

/** Opens what this store sealed itself; the secret was found to be the right one at the start. */
export function unseal(secret: Secret, sealed: Uint8Array, context: string): Uint8Array {
  const plain = secret.open(sealed, context)
  if (plain !== undefined) return plain
  throw new StoreError('STORE_FAILED', `sealed bytes are damaged: ${context}`)
}
