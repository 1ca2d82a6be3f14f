import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { digitsIn } from '../../typed-text.ts'
import { requireUserId } from '../accounts/keys.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { aloneToAct, chargeAct, findSpentAct } from '../codes/act-budgets.ts'
import type { FormattedText } from '../messages/words.ts'
import { accepted, refusal } from '../refusal.ts'
import { noteText } from './contact-notes.ts'
import { cutName } from './cut-name.ts'
import { keepNote } from './decide-contact-notes.ts'
import {
  findByPhone,
  forgetSavedEntries,
  importEntries,
  listContacts,
  listSavedEntries,
  putContact,
  removeContacts,
  removePhones,
} from './decide-contacts.ts'
import { findFullPerson } from './decide-full-people.ts'
import { showPhone } from './decide-privacy.ts'
import { changerOf } from './profiles.ts'
import type { AddressBookEntry, ContactList, SavedEntry } from './words.ts'

const MAX_PHONE_DIGITS = 20
/** Entries that one call may bring: more are to come in another. */
const MAX_IMPORTED = 1000

/**
 * Puts entries in the caller's address book; entries beyond the thousandth are left for another call.
 *
 * @returns the contact of each entry that was taken, undefined where nobody is found by the number
 */
export async function importContacts(
  on: Ground,
  caller: Caller,
  entries: readonly AddressBookEntry[],
): Promise<readonly (bigint | undefined)[]> {
  const userId = requireUserId(caller.state)
  const by = changerOf(on, caller, userId)
  const taken = entries.slice(0, MAX_IMPORTED).map(cleanEntry)
  const { actLimits } = on.settings
  const act = { act: 'importContacts', userId, nowMs: on.clock.nowMs() } as const
  const { found } = accepted(
    await on.store.decide(function* () {
      yield* aloneToAct(actLimits, act)
      const spent = yield* findSpentAct(actLimits, act)
      if (spent !== undefined) return spent
      const found = yield* importEntries(by, taken)
      yield* chargeAct(actLimits, act)
      return { kind: 'imported' as const, found }
    }),
  )
  return found
}

function cleanEntry({ phone, firstName, lastName }: AddressBookEntry): AddressBookEntry {
  return {
    phone: digitsIn(phone).slice(0, MAX_PHONE_DIGITS),
    firstName: cutName(firstName),
    lastName: cutName(lastName),
  }
}

/** A person to add. */
export interface AddContact extends AddressBookEntry {
  readonly contactId: bigint
  /** The other may see the caller's number from now on. */
  readonly sharesPhone: boolean
  /** A note that only the caller sees; undefined: an earlier one stays. */
  readonly note?: FormattedText | undefined
}

/**
 * Adds somebody to the caller's contacts, or renames them there.
 *
 * @throws {RpcError} CONTACT_ID_INVALID, CONTACT_NAME_EMPTY, and those of the note
 */
export async function addContact(on: Ground, caller: Caller, contact: AddContact): Promise<void> {
  const userId = requireUserId(caller.state)
  const { contactId, sharesPhone } = contact
  if (contactId === userId || contactId === SERVICE_USER.id) throw refusal('CONTACT_ID_INVALID')
  const entry = cleanEntry(contact)
  if (entry.firstName === '' && entry.lastName === '') throw refusal('CONTACT_NAME_EMPTY')
  const by = changerOf(on, caller, userId)
  const note = contact.note && noteText(contact.note)
  const isThere = await on.store.decide(function* () {
    if (sharesPhone) yield* showPhone(by, contactId)
    const isPut = yield* putContact(by, { ...entry, contactId })
    if (isPut && note !== undefined) yield* keepNote(on.store.secret, by, contactId, note)
    return isPut
  })
  if (!isThere) throw refusal('CONTACT_ID_INVALID')
}

/**
 * Lets a contact who does not know the caller's number see it.
 *
 * @throws {RpcError} CONTACT_REQ_MISSING if they are no such contact
 */
export async function acceptContact(on: Ground, caller: Caller, contactId: bigint): Promise<void> {
  const userId = requireUserId(caller.state)
  const by = changerOf(on, caller, userId)
  const isAccepted = await on.store.decide(function* () {
    const { bar } = yield* findFullPerson(on.store.secret, userId, contactId)
    if (bar.maySharePhone) yield* showPhone(by, contactId)
    return bar.maySharePhone
  })
  if (!isAccepted) throw refusal('CONTACT_REQ_MISSING')
}

/** Takes people out of the caller's contacts. @returns those that were among them */
export async function deleteContacts(
  on: Ground,
  caller: Caller,
  contactIds: readonly bigint[],
): Promise<bigint[]> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  return await on.store.decide(() => removeContacts(by, contactIds))
}

/** Takes numbers out of the caller's address book. */
export async function deletePhones(on: Ground, caller: Caller, phones: readonly string[]): Promise<void> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  const digits = phones.map(digitsIn)
  await on.store.decide(() => removePhones(by, digits))
}

/** The caller's contacts, by ascending id. */
export async function contactsOf({ store }: Ground, { state }: Caller): Promise<ContactList> {
  const userId = requireUserId(state)
  return await store.look(() => listContacts(userId))
}

/** Entries of the caller's address book whose numbers are nobody's. */
export async function savedEntriesOf({ store }: Ground, { state }: Caller): Promise<SavedEntry[]> {
  const userId = requireUserId(state)
  return await store.look(() => listSavedEntries(userId))
}

/** Forgets the entries of the caller's address book whose numbers are nobody's. */
export async function forgetSaved({ store }: Ground, { state }: Caller): Promise<void> {
  const userId = requireUserId(state)
  await store.decide(() => forgetSavedEntries(userId))
}

/**
 * Finds the user of a number who lets themselves be found. Only numbers that somebody has count towards the budget.
 *
 * @throws {RpcError} PHONE_NOT_OCCUPIED, FLOOD_WAIT_X
 */
export async function resolvePhone(on: Ground, { state }: Caller, phone: string): Promise<bigint> {
  const userId = requireUserId(state)
  const digits = digitsIn(phone)
  if (!on.settings.actLimits.some(({ act }) => act === 'resolvePhone')) {
    return requireFound(await on.store.look(() => findByPhone(userId, digits)))
  }
  const act = { act: 'resolvePhone', userId, nowMs: on.clock.nowMs() } as const
  const { actLimits } = on.settings
  const { found } = accepted(
    await on.store.decide(function* () {
      yield* aloneToAct(actLimits, act)
      const spent = yield* findSpentAct(actLimits, act)
      if (spent !== undefined) return spent
      const found = yield* findByPhone(userId, digits)
      if (found !== undefined) yield* chargeAct(actLimits, act)
      return { kind: 'looked' as const, found }
    }),
  )
  return requireFound(found)
}

function requireFound(found: bigint | undefined): bigint {
  if (found === undefined) throw refusal('PHONE_NOT_OCCUPIED')
  return found
}
