import { findAccountByName } from '../rules/accounts/accounts.ts'
import { refusal } from '../rules/index.ts'
import { contactBirthdays } from '../rules/people/birthdays.ts'
import { blockedOf, blockOnly, block as blockPeer } from '../rules/people/blocks.ts'
import { updateNote } from '../rules/people/contact-notes.ts'
import {
  acceptContact as acceptRequest,
  addContact as addToContacts,
  contactsOf,
  deletePhones,
  resolvePhone as findByPhone,
  forgetSaved,
  importContacts as importEntries,
  deleteContacts as removeFromContacts,
  savedEntriesOf,
} from '../rules/people/contacts.ts'
import { searchPeople } from '../rules/people/search-people.ts'
import { contactStatuses } from '../rules/people/statuses.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { contactsHash } from './list-hash.ts'
import { peerBook, seenUsers } from './peer-book.ts'
import { knownUserIdOf, peerOf, peersOf, tlPeer, userIdOf } from './peers.ts'
import { changedPeople } from './people-answers.ts'
import { noteIn } from './tl-notes.ts'
import { tlBirthday, tlStatus } from './tl-people.ts'

/** Finds the user with a username. */
export const resolveUsername: Handler<'contacts.resolveUsername'> = async ({ username }, context) => {
  const { id } = await findAccountByName(context.on, username)
  return await resolved(id, context)
}

/** Finds the user with a phone number. */
export const resolvePhone: Handler<'contacts.resolvePhone'> = async ({ phone }, context) => {
  checkTexts(phone)
  return await resolved(await findByPhone(context.on, context.caller, phone), context)
}

async function resolved(id: bigint, context: HandlerContext): Promise<ResultOf<'contacts.resolvePhone'>> {
  return {
    _: 'contacts.resolvedPeer',
    peer: tlPeer(id),
    chats: [],
    users: await seenUsers([id], context),
  }
}

/** Finds people by the beginning of a name: the caller's own first, then others by username. */
export const search: Handler<'contacts.search'> = async ({ q, limit, broadcasts, bots }, context) => {
  checkTexts(q)
  const { own, others } = await searchPeople(context.on, context.caller, q, limit)
  const users = await seenUsers([...own, ...others], context)
  const isMeant = (id: bigint): boolean => {
    if (broadcasts) return false
    const user = users.find((each) => each.id === id)
    return !bots || (user?._ === 'user' && user.bot === true)
  }
  return {
    _: 'contacts.found',
    myResults: own.filter(isMeant).map(tlPeer),
    results: others.filter(isMeant).map(tlPeer),
    chats: [],
    users: users.filter(({ id }) => isMeant(id)),
  }
}

/** Lists the contacts. */
export const getContacts: Handler<'contacts.getContacts'> = async ({ hash }, context) => {
  const { contacts, savedCount } = await contactsOf(context.on, context.caller)
  const ids = contacts.map(({ userId }) => userId)
  if (hash !== 0n && hash === contactsHash(savedCount, ids)) return { _: 'contacts.contactsNotModified' }
  return {
    _: 'contacts.contacts',
    contacts: contacts.map(({ userId, isMutual }) => ({ _: 'contact', userId, mutual: isMutual })),
    savedCount,
    users: await seenUsers(ids, context),
  }
}

/** Lists the ids of the contacts; those that do not fit the answer's type are left out. */
export const getContactIDs: Handler<'contacts.getContactIDs'> = async ({ hash }, context) => {
  const { contacts, savedCount } = await contactsOf(context.on, context.caller)
  const ids = contacts.map(({ userId }) => userId)
  if (hash !== 0n && hash === contactsHash(savedCount, ids)) return []
  return ids.filter((id) => BigInt.asIntN(32, id) === id).map(Number)
}

/** Tells when each contact was there last. */
export const getStatuses: Handler<'contacts.getStatuses'> = async (_request, context) => {
  const people = await contactStatuses(context.on, context.caller)
  return people.flatMap((person) =>
    person.kind === 'person'
      ? { _: 'contactStatus', userId: person.id, status: tlStatus(person.status, context.nowS) }
      : [],
  )
}

/** Puts an address book's entries in the caller's. */
export const importContacts: Handler<'contacts.importContacts'> = async ({ contacts }, context) => {
  for (const { phone, firstName, lastName } of contacts) checkTexts(phone, firstName, lastName)
  const found = await importEntries(context.on, context.caller, contacts)
  const imported = contacts.flatMap(({ clientId }, index) => {
    const userId = found[index]
    return userId === undefined ? [] : { _: 'importedContact' as const, userId, clientId }
  })
  const userIds = [...new Set(imported.map(({ userId }) => userId))]
  return {
    _: 'contacts.importedContacts',
    imported,
    popularInvites: [],
    retryContacts: contacts.slice(found.length).map(({ clientId }) => clientId),
    users: await seenUsers(userIds, context),
  }
}

/** Adds a user to the contacts, or renames them there. */
export const addContact: Handler<'contacts.addContact'> = async (request, context) => {
  const { firstName, lastName, phone, addPhonePrivacyException, note } = request
  checkTexts(firstName, lastName, phone)
  const contactId = await userIdOf(request.id, context, 'CONTACT_ID_INVALID')
  const contact = { contactId, firstName, lastName, phone, sharesPhone: addPhonePrivacyException === true }
  await addToContacts(context.on, context.caller, {
    ...contact,
    ...(note !== undefined && { note: await noteIn(note, context) }),
  })
  return await changedPeople([contactId], context)
}

/** Lets a contact see the caller's number. */
export const acceptContact: Handler<'contacts.acceptContact'> = async ({ id }, context) => {
  const contactId = await userIdOf(id, context, 'CONTACT_ID_INVALID')
  await acceptRequest(context.on, context.caller, contactId)
  return await changedPeople([contactId], context)
}

/** Removes users from the contacts; others are left out. */
export const deleteContacts: Handler<'contacts.deleteContacts'> = async ({ id: ids }, context) => {
  const known = await Promise.all(ids.map((id) => knownUserIdOf(id, context)))
  const userIds = known.filter((id) => id !== undefined)
  return await changedPeople(await removeFromContacts(context.on, context.caller, userIds), context)
}

/** Removes numbers from the address book. */
export const deleteByPhones: Handler<'contacts.deleteByPhones'> = async ({ phones }, context) => {
  for (const phone of phones) checkTexts(phone)
  await deletePhones(context.on, context.caller, phones)
  return true
}

/** Lists the entries of the address book whose numbers are nobody's yet. */
export const getSaved: Handler<'contacts.getSaved'> = async (_request, context) => {
  const entries = await savedEntriesOf(context.on, context.caller)
  return entries.map(({ phone, firstName, lastName, addedAtS }) => ({
    _: 'savedPhoneContact',
    phone,
    firstName,
    lastName,
    date: Math.min(addedAtS, context.nowS),
  }))
}

/** Forgets the entries of the address book whose numbers are nobody's yet. */
export const resetSaved: Handler<'contacts.resetSaved'> = async (_request, context) => {
  await forgetSaved(context.on, context.caller)
  return true
}

/** Blocks a user. */
export const block: Handler<'contacts.block'> = async ({ id, myStoriesFrom }, context) => {
  const peerId = await peerOf(id, context)
  // There are no stories here that could be hidden.
  if (myStoriesFrom !== true) await blockPeer(context.on, context.caller, peerId, true)
  return true
}

/** Ends a block. */
export const unblock: Handler<'contacts.unblock'> = async ({ id, myStoriesFrom }, context) => {
  const peerId = await peerOf(id, context)
  if (myStoriesFrom !== true) await blockPeer(context.on, context.caller, peerId, false)
  return true
}

/** Lists the blocked users, the newest first. */
export const getBlocked: Handler<'contacts.getBlocked'> = async (request, context) => {
  const { offset, limit, myStoriesFrom } = request
  if (myStoriesFrom) return { _: 'contacts.blocked', blocked: [], chats: [], users: [] }
  const { blocked, count } = await blockedOf(context.on, context.caller, offset, limit)
  const book = peerBook(context)
  book.add(...blocked.map(({ peerId }) => peerId))
  const { users, chats } = await book.lists()
  const parts = {
    blocked: blocked.map(({ peerId, atS }) => ({
      _: 'peerBlocked' as const,
      peerId: tlPeer(peerId),
      date: Math.min(atS, context.nowS),
    })),
    chats,
    users,
  }
  if (blocked.length === count) return { _: 'contacts.blocked', ...parts }
  return { _: 'contacts.blockedSlice', count, ...parts }
}

/** Has the caller block these people, and nobody else. */
export const setBlocked: Handler<'contacts.setBlocked'> = async ({ id: peers, myStoriesFrom }, context) => {
  const peerIds = await peersOf(peers, context)
  if (myStoriesFrom !== true) await blockOnly(context.on, context.caller, peerIds)
  return true
}

/** Lists the contacts who have their birthday in these days. */
export const getBirthdays: Handler<'contacts.getBirthdays'> = async (_request, context) => {
  const found = await contactBirthdays(context.on, context.caller)
  return {
    _: 'contacts.contactBirthdays',
    contacts: found.map(({ userId, birthday }) => ({
      _: 'contactBirthday',
      contactId: userId,
      birthday: tlBirthday(birthday),
    })),
    users: await seenUsers(
      found.map(({ userId }) => userId),
      context,
    ),
  }
}

/** Keeps a note about a contact, which only its author sees. */
export const updateContactNote: Handler<'contacts.updateContactNote'> = async ({ id, note }, context) => {
  const contactId = await userIdOf(id, context, 'CONTACT_ID_INVALID')
  await updateNote(context.on, context.caller, contactId, await noteIn(note, context))
  return true
}

/** Lists sponsored people and chats for a search. This server has no advertisements. */
export const getSponsoredPeers: Handler<'contacts.getSponsoredPeers'> = ({ q }) => {
  if (q.trim() === '') throw refusal('SEARCH_QUERY_EMPTY')
  return { _: 'contacts.sponsoredPeersEmpty' }
}
