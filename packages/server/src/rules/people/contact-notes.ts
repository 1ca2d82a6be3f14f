import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { isLongerThan, plainText } from '../chats/text/format.ts'
import type { FormattedText } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { keepNote } from './decide-contact-notes.ts'
import { changerOf } from './profiles.ts'

/** help.getAppConfig tells clients the same. */
export const MAX_NOTE_CHARACTERS = 128

/** Cleans a note about a contact. @throws {RpcError} MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID */
export function noteText(written: FormattedText): FormattedText {
  const note = plainText(written)
  if (isLongerThan(note.text, MAX_NOTE_CHARACTERS)) throw refusal('MESSAGE_TOO_LONG')
  return note
}

/**
 * Keeps a note about a contact, which only its author sees; an empty one takes it away.
 *
 * @throws {RpcError} CONTACT_MISSING, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID
 */
export async function updateNote(
  on: Ground,
  caller: Caller,
  contactId: bigint,
  written: FormattedText,
): Promise<void> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  const note = noteText(written)
  const isKept = await on.store.decide(() => keepNote(on.store.secret, by, contactId, note))
  if (!isKept) throw refusal('CONTACT_MISSING')
}
