import { bool, bytes, int, long, type Row } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Message, NewMessage, TextEntity } from './words.ts'

/** SQL: messages with their bodies, for {@link toMessage}. */
export const WITH_BODIES = 'messages m JOIN bodies b ON b.body_id = m.body_id'

/** A message from its row and the row of its body. */
export function toMessage(secret: Secret, row: Row): Message {
  const fromId = long(row, 'from_id')
  const context = sealedAs({ fromId, randomId: long(row, 'random_id') })
  const plain = Buffer.from(unseal(secret, bytes(row, 'sealed_body'), context)).toString()
  const { text, entities }: { text: string; entities: readonly TextEntity[] } = JSON.parse(plain)
  return {
    id: int(row, 'id'),
    peerId: long(row, 'peer_id'),
    fromId,
    isOut: bool(row, 'is_out'),
    dateS: int(row, 'date_s'),
    text,
    entities,
  }
}

/** Fills the column `sealed_body`, for every box that has the message. */
export function sealBody(secret: Secret, message: NewMessage): Uint8Array {
  const { text, entities } = message
  return secret.seal(Buffer.from(JSON.stringify({ text, entities })), sealedAs(message))
}

/** The random id is unique for its sender, and every box has both of them. */
function sealedAs({ fromId, randomId }: Pick<NewMessage, 'fromId' | 'randomId'>): string {
  return `message ${randomId} of ${fromId}`
}
