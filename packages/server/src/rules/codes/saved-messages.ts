import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { Messages, Written } from '../messages/messages.ts'
import type { TextEntity } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import type { LeakedCodes } from './leaked-codes.ts'

/** A text to keep. */
export interface SavedText {
  readonly text: string
  readonly entities: readonly TextEntity[]
  /** The client's name for it: sent again, it is the same message. */
  readonly randomId: bigint
}

/** The chat of an account with itself. */
export interface SavedMessages {
  /**
   * Keeps a text. A login code in it that is on its way to the account's own number ends: whoever has people write
   * theirs down somewhere has no use of it.
   * @throws {RpcError} RANDOM_ID_EMPTY, MESSAGE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID
   */
  send(caller: Caller, saved: SavedText): Promise<Written>
}

const MAX_CHARACTERS = 4096
const MAX_ENTITIES = 100

/** The rules of what people write to themselves. */
export function createSavedMessages(
  { clock }: Pick<Ground, 'clock'>,
  messages: Pick<Messages, 'write'>,
  leakedCodes: Pick<LeakedCodes, 'inText'>,
): SavedMessages {
  return {
    async send(caller, { text, entities, randomId }) {
      if (randomId === 0n) throw refusal('RANDOM_ID_EMPTY')
      if (text.trim() === '') throw refusal('MESSAGE_EMPTY')
      if (text.length > 2 * MAX_CHARACTERS || [...text].length > MAX_CHARACTERS)
        throw refusal('MESSAGE_TOO_LONG')
      if (!entities.every((entity) => isWithin(text, entity))) throw refusal('ENTITY_BOUNDS_INVALID')
      const userId = requireUserId(caller.state)
      const message = {
        peerId: userId,
        fromId: userId,
        isOut: true,
        dateS: Math.floor(clock.nowMs() / 1000),
        text,
        entities: entities.slice(0, MAX_ENTITIES),
        randomId,
      }
      return messages.write(caller, message, await leakedCodes.inText(caller, text))
    },
  }
}

function isWithin(text: string, { offset, length }: TextEntity): boolean {
  return offset >= 0 && length > 0 && offset + length <= text.length
}
