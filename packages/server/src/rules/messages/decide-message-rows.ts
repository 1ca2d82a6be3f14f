import { bool, bytes, int, long, type Row } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Message, TextEntity } from './words.ts'

/** What is sealed of a message. */
type Content = Pick<Message, 'text' | 'entities'>

/** Messages from their rows, and back. */
export interface MessageRows {
  toMessage(row: Row): Message
  /** What goes into the column `sealed_content`. */
  seal(userId: bigint, id: number, content: Content): Uint8Array
}

/** The rows of messages under this secret. */
export function createMessageRows(secret: Secret): MessageRows {
  return {
    toMessage(row) {
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
    },
    seal: (userId, id, { text, entities }) =>
      secret.seal(Buffer.from(JSON.stringify({ text, entities })), sealedAs(userId, id)),
  }
}

function sealedAs(userId: bigint, id: number): string {
  return `message ${id} of ${userId}`
}
