import { bytes, type Row, text } from '../database/columns.ts'
import { unseal } from '../database/sealed.ts'
import type { Secret } from '../database/secret.ts'
import type { Delivery } from './port.ts'

/** A delivery as it is kept: sealed, because the code is in it. */
export function sealDelivery(secret: Secret, delivery: Delivery): Uint8Array {
  return secret.seal(Buffer.from(JSON.stringify(delivery)), sealedAs(delivery.id))
}

/** The delivery in the columns `id` and `sealed_delivery` of a row. */
export function openDelivery(secret: Secret, row: Row): Delivery {
  const plain = unseal(secret, bytes(row, 'sealed_delivery'), sealedAs(text(row, 'id')))
  return JSON.parse(Buffer.from(plain).toString())
}

function sealedAs(deliveryId: string): string {
  return `delivery ${deliveryId}`
}
