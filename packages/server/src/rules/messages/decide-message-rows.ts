import { bool, bytes, int, long, type Row } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Message, TextEntity } from './words.ts'

/** The sealed part of a message. */
type Content = Pick<Message, 'text' | 'entities'>

/** A message from its row. */
export function toMessage(secret: Secret, row: Row): Message {
  const id = int(row, 'id')
  const sealed = bytes(row, 'sealed_content')
  const plain = Buffer.from(unseal(secret, sealed, sealedAs(long(row, 'user_id'), id))).toString()
  const { text, entities }: { text: string; entities: readonly TextEntity[] } = JSON.parse(plain)
  return {
    id,
    peerId: long(row, 'peer_id'),
    fromId: long(row, 'from_id'),
    isOut: bool(row, 'is_out'),
    dateS: int(row, 'date_s'),
    text,
    entities,
  }
}

/** Fills the column `sealed_content`. */
export function sealContent(
  secret: Secret,
  boxId: bigint,
  id: number,
  { text, entities }: Content,
): Uint8Array {
  return secret.seal(Buffer.from(JSON.stringify({ text, entities })), sealedAs(boxId, id))
}

function sealedAs(boxId: bigint, id: number): string {
  return `message ${id} of ${boxId}`
}
