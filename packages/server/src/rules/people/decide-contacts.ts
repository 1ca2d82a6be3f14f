import { bool, int, long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { contactPhone, findUserByPhone } from '../accounts/decide-users.ts'
import { findAllows } from './decide-people.ts'
import type { Changer } from './decide-profiles.ts'
import { tellOwn } from './decide-told-people.ts'
import type { AddressBookEntry, ContactList, SavedEntry } from './words.ts'

const put = sql`
  INSERT INTO contacts (user_id, phone, contact_id, first_name, last_name, added_at_s, sealed_note)
  VALUES (:userId, :phone, :contactId, :firstName, :lastName, :nowS, :sealedNote)
  ON CONFLICT (user_id, phone) DO UPDATE SET contact_id = excluded.contact_id, first_name = excluded.first_name,
    last_name = excluded.last_name, sealed_note = excluded.sealed_note`
const takeOut = sql`
  DELETE FROM contacts WHERE user_id = :userId AND contact_id = :contactId AND contact_id > 0 RETURNING sealed_note`
const removeById = sql`DELETE FROM contacts WHERE user_id = :userId AND contact_id = :contactId AND contact_id > 0`
const removeByPhone = sql`DELETE FROM contacts WHERE user_id = :userId AND phone = :phone RETURNING contact_id`
const count = sql`SELECT count(*) AS n FROM contacts WHERE user_id = :userId`
const list = sql`
  SELECT c.contact_id, CASE WHEN o.user_id IS NULL THEN 0 ELSE 1 END AS is_mutual
  FROM contacts c LEFT JOIN contacts o ON o.user_id = c.contact_id AND o.contact_id = :userId AND o.contact_id > 0
  WHERE c.user_id = :userId AND c.contact_id > 0 ORDER BY c.contact_id`
const listSaved = sql`SELECT * FROM contacts WHERE user_id = :userId AND contact_id = 0 ORDER BY phone`
const removeSaved = sql`DELETE FROM contacts WHERE user_id = :userId AND contact_id = 0`
const findOfUser = sql`
  SELECT phone FROM contacts WHERE user_id = :userId AND contact_id = :contactId AND contact_id > 0`
const findPhone = sql`SELECT phone, is_bot FROM users WHERE id = :userId`
const findHas = sql`
  SELECT l.listed_id FROM ${LISTED_IDS} l
  JOIN contacts c ON c.user_id = l.listed_id AND c.contact_id = :userId AND c.contact_id > 0`
const waiting = sql`SELECT user_id FROM contacts WHERE phone = :phone AND contact_id = 0 ORDER BY user_id`
const join = sql`UPDATE contacts SET contact_id = :contactId WHERE phone = :phone AND contact_id = 0`

/** Numbers in one address book; further ones are not kept. */
const MAX_ENTRIES = 10_000

/** The accounts among these that have somebody as a contact. */
export function* findWhoHave(userId: bigint, ids: readonly bigint[]): Decision<Set<bigint>> {
  const rows = yield* findHas.rows({ userId, ids: idList(ids) })
  return new Set(rows.map((row) => long(row, 'listed_id')))
}

/** The account of a number that lets itself be found by somebody who has the number. */
export function* findByPhone(finderId: bigint, phone: string): Decision<bigint | undefined> {
  const user = yield* findUserByPhone(phone)
  if (user === undefined || user.id === finderId) return user?.id
  const allows = yield* findAllows([user.id])
  const isContact = (yield* findWhoHave(finderId, [user.id])).size > 0
  const finder = { userId: finderId, isBot: false, isContact }
  return allows('addedByPhone', user.id, finder) ? user.id : undefined
}

/**
 * Puts entries in an address book. Whoever has a number and lets themselves be found becomes a contact; the others are kept
 * until somebody signs up with their number.
 *
 * @returns the contact of each entry, in this order
 */
export function* importEntries(
  by: Changer,
  entries: readonly AddressBookEntry[],
): Decision<(bigint | undefined)[]> {
  const { userId, nowS } = by
  const row = (yield* count.row({ userId })) ?? {}
  let room = MAX_ENTRIES - int(row, 'n')
  const contactIds: (bigint | undefined)[] = []
  for (const entry of entries) {
    const contactId = yield* findByPhone(userId, entry.phone)
    // Nobody is their own contact.
    const isOwn = contactId === userId
    if (!isOwn && room > 0) {
      const before = contactId === undefined ? undefined : yield* takeOut.row({ userId, contactId })
      const sealedNote = before?.['sealed_note'] ?? null
      yield* put.send({ ...entry, userId, contactId: contactId ?? 0n, nowS, sealedNote })
      room--
    }
    contactIds.push(contactId)
  }
  const added = contactIds.filter((id) => id !== undefined && id !== userId)
  for (const contactId of new Set(added)) yield* tellOfContact(by, contactId)
  return contactIds
}

/** The owner's other sessions look at the person again: names, and the bar above the chat, are others now. */
function* tellOfContact({ userId, authKeyId, nowS }: Changer, contactId: bigint | undefined): Decision<void> {
  if (contactId === undefined) return
  yield* tellOwn(userId, { kind: 'contact', subject: contactId, atS: nowS }, authKeyId)
}

/** A contact to add by their account. */
export interface NewContact {
  readonly contactId: bigint
  readonly firstName: string
  readonly lastName: string
  /** Digits only; empty: the number is not known. */
  readonly phone: string
}

/** Adds an account to an address book, or renames it there. @returns false where the account is gone */
export function* putContact(by: Changer, contact: NewContact): Decision<boolean> {
  const { userId, nowS } = by
  const { contactId, firstName, lastName } = contact
  const row = yield* findPhone.row({ userId: contactId })
  if (row === undefined) return false
  const known = yield* findOfUser.row({ userId, contactId })
  const isRightPhone = contact.phone !== '' && contact.phone === text(row, 'phone')
  const phone = isRightPhone
    ? contact.phone
    : known === undefined
      ? contactPhone(contactId)
      : text(known, 'phone')
  const before = yield* takeOut.row({ userId, contactId })
  const sealedNote = before?.['sealed_note'] ?? null
  yield* put.send({ userId, phone, contactId, firstName, lastName, nowS, sealedNote })
  yield* tellOfContact(by, contactId)
  return true
}

/** Takes accounts out of an address book. @returns those that were in it */
export function* removeContacts(by: Changer, contactIds: readonly bigint[]): Decision<bigint[]> {
  const removed: bigint[] = []
  for (const contactId of contactIds) {
    if ((yield* removeById.run({ userId: by.userId, contactId })) > 0) removed.push(contactId)
  }
  for (const contactId of removed) yield* tellOfContact(by, contactId)
  return removed
}

/** Takes numbers out of an address book. */
export function* removePhones(by: Changer, phones: readonly string[]): Decision<void> {
  const removed: bigint[] = []
  for (const phone of phones) {
    const row = yield* removeByPhone.row({ userId: by.userId, phone })
    if (row !== undefined && long(row, 'contact_id') > 0n) removed.push(long(row, 'contact_id'))
  }
  for (const contactId of removed) yield* tellOfContact(by, contactId)
}

/** Somebody's contacts. */
export function* listContacts(userId: bigint): Decision<ContactList> {
  const rows = yield* list.rows({ userId })
  const contacts = rows.map((row) => ({ userId: long(row, 'contact_id'), isMutual: bool(row, 'is_mutual') }))
  return { contacts, savedCount: (yield* listSavedEntries(userId)).length }
}

/** Entries of an address book whose numbers are nobody's yet. */
export function* listSavedEntries(userId: bigint): Decision<SavedEntry[]> {
  return (yield* listSaved.rows({ userId })).map((row) => ({
    phone: text(row, 'phone'),
    firstName: text(row, 'first_name'),
    lastName: text(row, 'last_name'),
    addedAtS: int(row, 'added_at_s'),
  }))
}

/** Forgets the entries whose numbers are nobody's yet. */
export function* forgetSavedEntries(userId: bigint): Decision<void> {
  yield* removeSaved.send({ userId })
}

/** Makes a new account a contact of everybody who has its number. @returns who they are, by ascending id */
export function* joinAddressBooks(contactId: bigint, phone: string): Decision<bigint[]> {
  const userIds = (yield* waiting.rows({ phone })).map((row) => long(row, 'user_id'))
  if (userIds.length > 0) yield* join.send({ contactId, phone })
  return userIds
}
