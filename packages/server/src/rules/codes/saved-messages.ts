import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { boxOf } from '../messages/box-of.ts'
import type { BoxEvent, NewMessageEvent, TextEntity } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { saveMessage } from './decide-saved-messages.ts'
import { findLeak } from './leaked-codes.ts'

/** A text to keep. */
export interface SavedText {
  readonly text: string
  readonly entities: readonly TextEntity[]
  /** The client's name for it: sent again, it is the same message. */
  readonly randomId: bigint
}

/** A message that was kept. */
export interface Saved {
  readonly event: NewMessageEvent
  /** Tells that a code in it is good for nothing now. */
  readonly notice: NewMessageEvent | undefined
  /** The message has been deleted since it was sent. */
  readonly deletion: BoxEvent | undefined
}

const MAX_CHARACTERS = 4096
const MAX_ENTITIES = 100

/**
 * Keeps a text in the account's chat with itself. A login code in it that is on its way to the account's own number ends,
 * so that a code copied into a chat cannot be used by whoever asked for it.
 *
 * @throws {RpcError} RANDOM_ID_EMPTY, MESSAGE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID
 */
export async function saveText(on: Ground, caller: Caller, saved: SavedText): Promise<Saved> {
  const { store, clock, settings } = on
  checkText(saved)
  const { text, entities, randomId } = saved
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
  const leak = await findLeak(on, caller, text)
  const box = boxOf(settings, userId)
  const { outcome, notice } = await store.decide(() =>
    saveMessage(store.secret, box, message, leak, caller.authKeyId),
  )
  if (outcome.kind === 'noBox') throw refusal('AUTH_KEY_UNREGISTERED')
  // There is no other chat yet.
  if (outcome.kind === 'otherChat') throw refusal('RANDOM_ID_EMPTY')
  const deletion = outcome.kind === 'deleted' ? outcome.deletion : undefined
  return { event: outcome.event, notice, deletion }
}

function checkText({ text, entities, randomId }: SavedText): void {
  if (randomId === 0n) throw refusal('RANDOM_ID_EMPTY')
  if (text.trim() === '') throw refusal('MESSAGE_EMPTY')
  if (text.length > 2 * MAX_CHARACTERS || [...text].length > MAX_CHARACTERS) throw refusal('MESSAGE_TOO_LONG')
  if (!entities.every((entity) => isWithin(text, entity))) throw refusal('ENTITY_BOUNDS_INVALID')
}

function isWithin(text: string, { offset, length }: TextEntity): boolean {
  return offset >= 0 && length > 0 && offset + length <= text.length
}
