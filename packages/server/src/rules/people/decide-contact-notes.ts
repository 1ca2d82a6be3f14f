import { bytes, isNull } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { FormattedText } from '../messages/words.ts'
import type { Changer } from './decide-profiles.ts'
import { tellOwn } from './decide-told-people.ts'

const set = sql`
  UPDATE contacts SET sealed_note = :sealed WHERE user_id = :userId AND contact_id = :contactId AND contact_id > 0`
const find = sql`
  SELECT sealed_note FROM contacts WHERE user_id = :userId AND contact_id = :contactId AND contact_id > 0`

/** Keeps a note about a contact; an empty one takes it away. The author's other sessions are told. @returns false where there is no such contact */
export function* keepNote(
  secret: Secret,
  { userId, authKeyId, nowS }: Changer,
  contactId: bigint,
  note: FormattedText,
): Decision<boolean> {
  const plain = Buffer.from(JSON.stringify(note, toText))
  const sealed = note.text === '' ? null : secret.seal(plain, sealedAs(userId, contactId))
  if ((yield* set.run({ userId, contactId, sealed })) === 0) return false
  yield* tellOwn(userId, { kind: 'user', subject: contactId, atS: nowS }, authKeyId)
  return true
}

/** Somebody's note about a contact; undefined if there is none. */
export function* findNote(
  secret: Secret,
  userId: bigint,
  contactId: bigint,
): Decision<FormattedText | undefined> {
  const row = yield* find.row({ userId, contactId })
  if (row === undefined || isNull(row, 'sealed_note')) return undefined
  const plain = unseal(secret, bytes(row, 'sealed_note'), sealedAs(userId, contactId))
  return JSON.parse(Buffer.from(plain).toString(), toValue)
}

function sealedAs(userId: bigint, contactId: bigint): string {
  return `note of ${userId} about ${contactId}`
}

/** JSON has no 64-bit integers: they are decimal strings, in fields whose names end in Id. */
function toText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function toValue(key: string, value: unknown): unknown {
  return key.endsWith('Id') && typeof value === 'string' ? BigInt(value) : value
}
