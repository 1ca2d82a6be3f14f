import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Update } from '@cablegram/tl/api'
import { sendCode, signUp, TEST_CODE } from './logins.ts'

/** People who talk to one server. */
class People {
  readonly server: CablegramServer
  readonly #clients: TelegramClient[] = []

  constructor(server: CablegramServer) {
    this.server = server
  }

  async person(phone: string): Promise<TelegramClient> {
    const client = new TelegramClient(memorySession(), { server: this.server.info, pfs: false })
    this.#clients.push(client)
    await signUp(client, this.server.info, phone)
    return client
  }

  /** Another device of somebody who has signed up. */
  async again(phone: string): Promise<TelegramClient> {
    const client = new TelegramClient(memorySession(), { server: this.server.info, pfs: false })
    this.#clients.push(client)
    const sent = await sendCode(client, this.server.info, phone)
    const codes = await this.server.codes.list(phone)
    await client.auth.signIn({ ...sent, phoneCode: codes[0]?.code ?? TEST_CODE })
    return client
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close()
    await this.server.close()
  }
}

const SELF = { _: 'inputUserSelf' } as const

async function selfOf(client: TelegramClient) {
  const [self] = await client.users.getUsers({ id: [SELF] })
  assert.ok(self?._ === 'user')
  return self
}

const WHOLE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n } as const

type TlUser = Awaited<ReturnType<typeof resolve>>

/** A user whom a client has seen, as the client names them. */
function named({ id, accessHash = 0n }: Pick<TlUser, 'id' | 'accessHash'>) {
  return { _: 'inputUser', userId: id, accessHash } as const
}

function peerTo(user: Pick<TlUser, 'id' | 'accessHash'>) {
  return { ...named(user), _: 'inputPeerUser' } as const
}

async function resolve(client: TelegramClient, username: string) {
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user')
  return user
}

type UpdateOf<N extends Update['_']> = Extract<Update, { _: N }>

/** Waits for updates of a client by their names, with the ids of the users that came with them. */
function hear(client: TelegramClient) {
  const heard: { readonly update: Update; readonly users: readonly bigint[] }[] = []
  const waiting = new Set<() => void>()
  client.onUpdate((batch) => {
    if (batch._ === 'updates') {
      const users = batch.users.map(({ id }) => id)
      heard.push(...batch.updates.map((update) => ({ update, users })))
    }
    for (const look of waiting) look()
  })
  const next = <N extends Update['_']>(name: N) =>
    new Promise<{ readonly update: UpdateOf<N>; readonly users: readonly bigint[] }>((resolve) => {
      const isMeant = (each: (typeof heard)[number]): each is { update: UpdateOf<N>; users: bigint[] } =>
        each.update._ === name
      const look = () => {
        const found = heard.find(isMeant)
        if (found === undefined) return void waiting.add(look)
        waiting.delete(look)
        heard.splice(heard.indexOf(found), 1)
        resolve(found)
      }
      look()
    })
  return Object.assign(next, { names: () => heard.map(({ update }) => update._) })
}

/** The hash of a list, as https://core.telegram.org/api/offsets#hash-generation says. */
function hashOf(ids: readonly (number | bigint)[]): bigint {
  const hash = ids.reduce<bigint>((before, id) => {
    let next = before ^ (before >> 21n)
    next = BigInt.asUintN(64, next ^ (next << 35n))
    next ^= next >> 4n
    return BigInt.asUintN(64, next + BigInt(id))
  }, 0n)
  return BigInt.asIntN(64, hash)
}

describe('people', () => {
  let people: People
  before(async () => {
    people = new People(await startServer({ store: 'memory', testClock: true }))
  })
  after(() => people.close())

  test('an access hash of one viewer is worth nothing to another', async () => {
    const { server } = people
    await server.users.create({ phone: '+9996621001', firstName: 'Grace', username: 'grace_h' })
    const [ada, bob] = [await people.person('+9996621002'), await people.person('+9996621003')]
    const seenBy = async (client: TelegramClient) => {
      const { users } = await client.contacts.resolveUsername({ username: 'Grace_H' })
      const [user] = users
      assert.ok(user?._ === 'user' && user.accessHash !== undefined)
      return { _: 'inputUser', userId: user.id, accessHash: user.accessHash } as const
    }
    const [forAda, forBob] = [await seenBy(ada), await seenBy(bob)]
    assert.equal(forAda.userId, forBob.userId)
    assert.notEqual(forAda.accessHash, forBob.accessHash)
    assert.deepEqual(await seenBy(ada), forAda, 'it stays the same')
    const [own] = await ada.users.getUsers({ id: [forAda] })
    assert.ok(own?._ === 'user' && own.firstName === 'Grace' && own.phone === undefined)
    assert.deepEqual(await ada.users.getUsers({ id: [forBob] }), [{ _: 'userEmpty', id: forBob.userId }])
    await assert.rejects(ada.users.getFullUser({ id: forBob }), { code: 400, type: 'USER_ID_INVALID' })
    const peer = { _: 'inputPeerUser', userId: forBob.userId, accessHash: forBob.accessHash } as const
    const asked = ada.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] })
    await assert.rejects(asked, { code: 400, type: 'PEER_ID_INVALID' })
  })

  test('everybody may name themselves with any hash, and no group or channel that is not theirs', async () => {
    const ada = await people.person('+9996621004')
    const { id } = await selfOf(ada)
    const [user] = await ada.users.getUsers({ id: [{ _: 'inputUser', userId: id, accessHash: 5n }] })
    assert.ok(user?._ === 'user' && user.self === true)
    for (const peer of [
      { _: 'inputPeerEmpty' },
      { _: 'inputPeerChat', chatId: 1n },
      { _: 'inputPeerChat', chatId: -1n },
      { _: 'inputPeerChannel', channelId: 1n, accessHash: 1n },
      { _: 'inputPeerUser', userId: -id, accessHash: 1n },
    ] as const) {
      const asked = ada.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] })
      await assert.rejects(asked, { code: 400, type: 'PEER_ID_INVALID' }, peer._)
    }
  })

  test('a user may be named by a message that has them', async () => {
    const ada = await people.person('+9996621005')
    const { id } = await selfOf(ada)
    const peer = { _: 'inputPeerSelf' } as const
    const sent = await ada.messages.sendMessage({ peer, message: 'note', randomId: 1n })
    assert.ok(sent._ === 'updates')
    const [given] = sent.updates
    assert.ok(given?._ === 'updateMessageID')
    const named = { _: 'inputUserFromMessage', peer, msgId: given.id, userId: id } as const
    const { users } = await ada.users.getFullUser({ id: named })
    assert.equal(users[0]?.id, id)
    const other = { ...named, userId: id + 1n } as const
    await assert.rejects(ada.users.getFullUser({ id: other }), { type: 'USER_ID_INVALID' })
    const later = { ...named, msgId: given.id + 1 } as const
    await assert.rejects(ada.users.getFullUser({ id: later }), { type: 'MSG_ID_INVALID' })
  })

  test('names and descriptions change, and others see them', async () => {
    const [ada, bob] = [await people.person('+9996621010'), await people.person('+9996621011')]
    const changed = await ada.account.updateProfile({
      firstName: ' Augusta ',
      lastName: 'King',
      about: 'Poet',
    })
    assert.ok(changed._ === 'user' && changed.firstName === 'Augusta' && changed.lastName === 'King')
    await ada.account.updateProfile({ about: 'Countess' })
    await ada.account.updateUsername({ username: 'Augusta_K' })
    const { users } = await bob.contacts.resolveUsername({ username: 'augusta_k' })
    const [seen] = users
    assert.ok(seen?._ === 'user' && seen.firstName === 'Augusta' && seen.username === 'Augusta_K')
    assert.equal(seen.phone, undefined, 'the number is for contacts')
    const full = await bob.users.getFullUser({ id: named(seen) })
    assert.equal(full.fullUser.about, 'Countess')
    assert.deepEqual(full.fullUser.settings, {
      _: 'peerSettings',
      reportSpam: true,
      addContact: true,
      blockContact: true,
    })
    await assert.rejects(ada.account.updateProfile({ firstName: ' ' }), { type: 'FIRSTNAME_INVALID' })
    await assert.rejects(ada.account.updateProfile({ about: 'a'.repeat(71) }), { type: 'ABOUT_TOO_LONG' })
  })

  test('a username is one person’s, in whatever capitals', async () => {
    const [ada, bob] = [await people.person('+9996621012'), await people.person('+9996621013')]
    assert.equal(await ada.account.checkUsername({ username: 'one_name' }), true)
    await ada.account.updateUsername({ username: 'One_Name' })
    assert.equal(await ada.account.checkUsername({ username: 'one_name' }), true, 'it is hers')
    assert.equal(await bob.account.checkUsername({ username: 'ONE_NAME' }), false)
    const taken = { code: 400, type: 'USERNAME_OCCUPIED' }
    await assert.rejects(bob.account.updateUsername({ username: 'ONE_name' }), taken)
    await assert.rejects(ada.account.updateUsername({ username: 'One_Name' }), {
      type: 'USERNAME_NOT_MODIFIED',
    })
    for (const username of ['a', '1name', 'na me', 'somebot', 'a'.repeat(33)]) {
      await assert.rejects(ada.account.updateUsername({ username }), { type: 'USERNAME_INVALID' }, username)
    }
    await ada.account.updateUsername({ username: 'one_name' })
    await ada.account.updateUsername({ username: '' })
    await bob.account.updateUsername({ username: 'one_name' })
    const { peer } = await ada.contacts.resolveUsername({ username: 'one_name' })
    assert.deepEqual(peer, { _: 'peerUser', userId: (await selfOf(bob)).id })
    await assert.rejects(people.server.bots.create({ username: 'one_name' }))
    const made = people.server.users.create({ phone: '+9996621014', firstName: 'E', username: 'one_Name' })
    await assert.rejects(made)
  })

  test('64 people ask for one username at once, and one gets it', async () => {
    const clients = await Promise.all(
      Array.from({ length: 8 }, (_, index) => people.person(`+99966211${String(index).padStart(2, '0')}`)),
    )
    const outcomes = await Promise.allSettled(
      Array.from({ length: 64 }, (_, index) =>
        clients[index % 8]?.account.updateUsername({ username: 'wanted_name' }),
      ),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? each.reason.type : []))
    const types = [...new Set(refusals)].sort()
    assert.deepEqual(types, ['USERNAME_NOT_MODIFIED', 'USERNAME_OCCUPIED'])
  })

  test('an address book finds people by number, and keeps the others until they sign up', async () => {
    const [ada, bob] = [await people.person('+9996621020'), await people.person('+9996621021')]
    const bobId = (await selfOf(bob)).id
    const entry = { _: 'inputPhoneContact', clientId: 7n, firstName: 'Bobby', lastName: 'Tables' } as const
    const later = { ...entry, clientId: 8n, phone: '+9996621022', firstName: 'Carol' } as const
    const contacts = [{ ...entry, phone: '+999 662 1021' } as const, later]
    const { imported, users, retryContacts } = await ada.contacts.importContacts({ contacts })
    assert.deepEqual(imported, [{ _: 'importedContact', userId: bobId, clientId: 7n }])
    assert.deepEqual(retryContacts, [])
    const [seen] = users
    assert.ok(seen?._ === 'user' && seen.contact === true && seen.mutualContact === undefined)
    assert.deepEqual([seen.firstName, seen.lastName, seen.phone], ['Bobby', 'Tables', '9996621021'])
    const list = await ada.contacts.getContacts({ hash: 0n })
    assert.ok(list._ === 'contacts.contacts')
    assert.deepEqual(list.contacts, [{ _: 'contact', userId: bobId, mutual: false }])
    assert.equal(list.savedCount, 1)
    assert.deepEqual(
      (await ada.contacts.getSaved()).map(({ phone, firstName }) => [phone, firstName]),
      [['9996621022', 'Carol']],
    )
    const carol = await people.person('+9996621022')
    const carolId = (await selfOf(carol)).id
    const now = await ada.contacts.getContacts({ hash: 0n })
    assert.ok(now._ === 'contacts.contacts' && now.savedCount === 0)
    assert.deepEqual(
      now.users.map((user) => user._ === 'user' && [user.id, user.firstName, user.contact]),
      [
        [bobId, 'Bobby', true],
        [carolId, 'Carol', true],
      ],
    )
    const found = now.users.find(({ id }) => id === carolId)
    assert.ok(found?._ === 'user')
    const history = await ada.messages.getHistory({ peer: peerTo(found), ...WHOLE })
    assert.ok(history._ === 'messages.messages')
    assert.equal(history.messages.length, 1, 'a message tells of the sign-up')
    const same = await ada.contacts.getContacts({ hash: hashOf([0, bobId, carolId]) })
    assert.equal(same._, 'contacts.contactsNotModified')
    assert.deepEqual(await ada.contacts.getContactIDs({ hash: 0n }), [bobId, carolId].map(Number))
  })

  test('contacts are added, seen as mutual, renamed and removed', async () => {
    const [ada, bob] = [await people.person('+9996621030'), await people.person('+9996621031')]
    await bob.account.updateUsername({ username: 'bob_of_1031' })
    const known = await resolve(ada, 'bob_of_1031')
    const add = { id: named(known), firstName: 'Rob', lastName: '', phone: '' } as const
    const added = await ada.contacts.addContact(add)
    assert.ok(added._ === 'updates')
    const [update] = added.updates
    assert.ok(update?._ === 'updatePeerSettings' && update.settings.addContact === undefined)
    const [rob] = added.users
    assert.ok(rob?._ === 'user' && rob.firstName === 'Rob' && rob.contact === true)
    assert.equal(rob.mutualContact, undefined)
    await ada.account.updateUsername({ username: 'ada_of_1030' })
    const forBob = await resolve(bob, 'ada_of_1030')
    assert.equal(forBob.phone, '9996621030', 'her contacts see her number')
    await bob.contacts.addContact({ ...add, id: named(forBob), firstName: 'Lady A' })
    const mutual = await resolve(ada, 'bob_of_1031')
    assert.ok(mutual.mutualContact === true && mutual.phone === '9996621031')
    const removed = await ada.contacts.deleteContacts({ id: [named(known)] })
    assert.ok(removed._ === 'updates' && removed.users[0]?._ === 'user')
    assert.equal(removed.users[0].contact, undefined)
    assert.equal(removed.users[0].firstName, 'Ada', 'the name of the account again')
    const list = await ada.contacts.getContacts({ hash: 0n })
    assert.ok(list._ === 'contacts.contacts' && list.contacts.length === 0)
    const self = { id: SELF, firstName: 'Me', lastName: '', phone: '' } as const
    await assert.rejects(ada.contacts.addContact(self), { type: 'CONTACT_ID_INVALID' })
    const wrong = { ...add, id: { ...named(known), accessHash: 1n } } as const
    await assert.rejects(ada.contacts.addContact(wrong), { type: 'CONTACT_ID_INVALID' })
    const nameless = { ...add, firstName: ' ' }
    await assert.rejects(ada.contacts.addContact(nameless), { type: 'CONTACT_NAME_EMPTY' })
    await ada.contacts.importContacts({
      contacts: [
        { _: 'inputPhoneContact', clientId: 1n, phone: '+9996621031', firstName: 'B', lastName: '' },
      ],
    })
    await ada.contacts.deleteByPhones({ phones: ['+9996621031'] })
    const after = await ada.contacts.getContacts({ hash: 0n })
    assert.ok(after._ === 'contacts.contacts' && after.contacts.length === 0)
  })

  test('people are found by number, if they let themselves be found', async () => {
    const [ada, bob] = [await people.person('+9996621040'), await people.person('+9996621041')]
    const bobId = (await selfOf(bob)).id
    const { peer } = await ada.contacts.resolvePhone({ phone: '+999 662 1041' })
    assert.deepEqual(peer, { _: 'peerUser', userId: bobId })
    const key = { _: 'inputPrivacyKeyAddedByPhone' } as const
    await bob.account.setPrivacy({ key, rules: [{ _: 'inputPrivacyValueAllowContacts' }] })
    const gone = { code: 400, type: 'PHONE_NOT_OCCUPIED' }
    await assert.rejects(ada.contacts.resolvePhone({ phone: '+9996621041' }), gone)
    const entry = { _: 'inputPhoneContact', clientId: 1n, phone: '+9996621041' } as const
    const { imported } = await ada.contacts.importContacts({
      contacts: [{ ...entry, firstName: 'Bob', lastName: '' }],
    })
    assert.deepEqual(imported, [])
    await assert.rejects(ada.contacts.resolvePhone({ phone: '+9996620000' }), gone)
  })

  test('search finds one’s own people by name, and others by username', async () => {
    const [ada, bob] = [await people.person('+9996621050'), await people.person('+9996621051')]
    await bob.account.updateProfile({ firstName: 'Zaphod', lastName: 'Beeblebrox' })
    await bob.account.updateUsername({ username: 'zaphod_b' })
    const bobPeer = { _: 'peerUser', userId: (await selfOf(bob)).id } as const
    const stranger = await ada.contacts.search({ q: '@ZAPH', limit: 10 })
    assert.deepEqual([stranger.myResults, stranger.results], [[], [bobPeer]])
    assert.deepEqual((await ada.contacts.search({ q: 'beeble', limit: 10 })).results, [])
    const add = { id: named(await resolve(ada, 'zaphod_b')), firstName: 'Captain', lastName: 'Z', phone: '' }
    await ada.contacts.addContact(add)
    for (const q of ['capt', 'zaphod', 'captain z']) {
      const { myResults, results, users } = await ada.contacts.search({ q, limit: 10 })
      assert.deepEqual([myResults, results, users.length], [[bobPeer], [], 1], q)
    }
    await assert.rejects(ada.contacts.search({ q: ' ', limit: 10 }), { type: 'SEARCH_QUERY_EMPTY' })
    await assert.rejects(ada.contacts.search({ q: '@a', limit: 10 }), { type: 'QUERY_TOO_SHORT' })
  })

  test('a blocked person sees no status, and stands in the list of the blocked', async () => {
    const [ada, bob] = [await people.person('+9996621060'), await people.person('+9996621061')]
    await ada.account.updateUsername({ username: 'ada_of_1060' })
    await bob.account.updateUsername({ username: 'bob_of_1061' })
    await ada.account.updateStatus({ offline: false })
    assert.equal((await resolve(bob, 'ada_of_1060')).status?._, 'userStatusOnline')
    const bobPeer = peerTo(await resolve(ada, 'bob_of_1061'))
    assert.equal(await ada.contacts.block({ id: bobPeer }), true)
    assert.equal(await ada.contacts.block({ id: bobPeer }), true)
    assert.equal((await resolve(bob, 'ada_of_1060')).status?._, 'userStatusEmpty')
    const { fullUser } = await ada.users.getFullUser({ id: { ...bobPeer, _: 'inputUser' } })
    assert.equal(fullUser.blocked, true)
    const blocked = await ada.contacts.getBlocked({ offset: 0, limit: 10 })
    assert.deepEqual(
      blocked.blocked.map(({ peerId }) => peerId),
      [{ _: 'peerUser', userId: bobPeer.userId }],
    )
    assert.equal(blocked.users[0]?.id, bobPeer.userId)
    const none = await ada.contacts.getBlocked({ offset: 0, limit: 0 })
    assert.ok(none._ === 'contacts.blockedSlice' && none.count === 1)
    assert.equal(await ada.contacts.unblock({ id: bobPeer }), true)
    assert.equal((await resolve(bob, 'ada_of_1060')).status?._, 'userStatusOnline')
    for (const id of [
      { _: 'inputPeerSelf' },
      { _: 'inputPeerUser', userId: 777000n, accessHash: 1n },
    ] as const)
      await assert.rejects(ada.contacts.block({ id }), { type: 'CONTACT_ID_INVALID' }, id._)
    const wrong = { ...bobPeer, accessHash: bobPeer.accessHash + 1n }
    await assert.rejects(ada.contacts.block({ id: wrong }), { type: 'PEER_ID_INVALID' })
  })

  test('a hidden status is shown roughly, and whoever hides it sees others’ roughly', async () => {
    const [ada, bob] = [await people.person('+9996621070'), await people.person('+9996621071')]
    await ada.account.updateUsername({ username: 'ada_of_1070' })
    await bob.account.updateUsername({ username: 'bob_of_1071' })
    await bob.account.updateStatus({ offline: false })
    await bob.account.updateStatus({ offline: true })
    const left = await resolve(ada, 'bob_of_1071')
    assert.equal(left.status?._, 'userStatusOffline')
    await ada.account.updateStatus({ offline: false })
    const key = { _: 'inputPrivacyKeyStatusTimestamp' } as const
    const bobUser = named(left)
    const notBob = { _: 'inputPrivacyValueDisallowUsers' as const, users: [bobUser] }
    const rules = [notBob, { _: 'inputPrivacyValueAllowAll' as const }]
    const set = await ada.account.setPrivacy({ key, rules })
    assert.deepEqual(set.rules, [
      { _: 'privacyValueDisallowUsers', users: [bobUser.userId] },
      { _: 'privacyValueAllowAll' },
    ])
    assert.equal(set.users[0]?.id, bobUser.userId)
    assert.deepEqual(await ada.account.getPrivacy({ key }), set)
    const hidden = await resolve(bob, 'ada_of_1070')
    assert.deepEqual(hidden.status, { _: 'userStatusRecently' })
    const mine = await resolve(ada, 'bob_of_1071')
    assert.deepEqual(mine.status, { _: 'userStatusRecently', byMe: true })
    await people.server.clock.advance(4 * 86_400)
    assert.equal((await resolve(bob, 'ada_of_1070')).status?._, 'userStatusLastWeek')
    await people.server.clock.advance(7 * 86_400)
    assert.equal((await resolve(bob, 'ada_of_1070')).status?._, 'userStatusLastMonth')
    await people.server.clock.advance(30 * 86_400)
    assert.equal((await resolve(bob, 'ada_of_1070')).status?._, 'userStatusEmpty')
    await assert.rejects(ada.account.setPrivacy({ key, rules: [] }), { type: 'PRIVACY_VALUE_INVALID' })
  })

  test('statuses of contacts are listed, and bots have none', async () => {
    const [ada, bob] = [await people.person('+9996621080'), await people.person('+9996621081')]
    await bob.account.updateUsername({ username: 'bob_of_1081' })
    await people.server.bots.create({ username: 'statusless_bot' })
    for (const username of ['bob_of_1081', 'statusless_bot']) {
      const user = await resolve(ada, username)
      await ada.contacts.addContact({ id: named(user), firstName: username, lastName: '', phone: '' })
    }
    await bob.account.updateStatus({ offline: false })
    const statuses = await ada.contacts.getStatuses()
    assert.deepEqual(
      statuses.map(({ userId, status }) => [userId, status._]),
      [[(await selfOf(bob)).id, 'userStatusOnline']],
    )
    assert.equal((await resolve(ada, 'statusless_bot')).status, undefined)
  })

  test('the number and the description are for whom their owner allows', async () => {
    const [ada, bob] = [await people.person('+9996621090'), await people.person('+9996621091')]
    await ada.account.updateUsername({ username: 'ada_of_1090' })
    await ada.account.updateProfile({ about: 'Secret' })
    const all = [{ _: 'inputPrivacyValueAllowAll' } as const]
    const nobody = [{ _: 'inputPrivacyValueDisallowAll' } as const]
    await ada.account.setPrivacy({ key: { _: 'inputPrivacyKeyPhoneNumber' }, rules: all })
    assert.equal((await resolve(bob, 'ada_of_1090')).phone, '9996621090')
    await ada.account.setPrivacy({ key: { _: 'inputPrivacyKeyPhoneNumber' }, rules: nobody })
    const seen = await resolve(bob, 'ada_of_1090')
    assert.equal(seen.phone, undefined)
    await ada.account.setPrivacy({ key: { _: 'inputPrivacyKeyAbout' }, rules: nobody })
    assert.equal((await bob.users.getFullUser({ id: named(seen) })).fullUser.about, undefined)
    assert.equal((await ada.users.getFullUser({ id: SELF })).fullUser.about, 'Secret')
    await bob.account.updateUsername({ username: 'bob_of_1091' })
    const forAda = await resolve(ada, 'bob_of_1091')
    const add = { id: named(forAda), firstName: 'Bob', lastName: '', phone: '' } as const
    await ada.contacts.addContact({ ...add, addPhonePrivacyException: true })
    assert.equal((await resolve(bob, 'ada_of_1090')).phone, '9996621090', 'she shared it with him')
  })

  test('a contact who does not know one’s number may be shown it', async () => {
    const [ada, bob] = [await people.person('+9996621092'), await people.person('+9996621093')]
    const key = { _: 'inputPrivacyKeyPhoneNumber' } as const
    await ada.account.setPrivacy({ key, rules: [{ _: 'inputPrivacyValueDisallowAll' }] })
    await ada.account.updateUsername({ username: 'ada_of_1092' })
    await bob.account.updateUsername({ username: 'bob_of_1093' })
    const id = named(await resolve(ada, 'bob_of_1093'))
    await assert.rejects(ada.contacts.acceptContact({ id }), { type: 'CONTACT_REQ_MISSING' })
    const added = await ada.contacts.addContact({ id, firstName: 'Bob', lastName: '', phone: '' })
    assert.ok(added._ === 'updates' && added.updates[0]?._ === 'updatePeerSettings')
    assert.equal(added.updates[0].settings.shareContact, true)
    assert.equal((await resolve(bob, 'ada_of_1092')).phone, undefined)
    await ada.contacts.acceptContact({ id })
    assert.equal((await resolve(bob, 'ada_of_1092')).phone, '9996621092')
  })

  test('the bar above a stranger’s chat offers what one may do, until it is hidden', async () => {
    const [ada, bob] = [await people.person('+9996621097'), await people.person('+9996621098')]
    await bob.account.updateUsername({ username: 'bob_of_1098' })
    const peer = peerTo(await resolve(ada, 'bob_of_1098'))
    const { settings, users } = await ada.messages.getPeerSettings({ peer })
    assert.deepEqual(settings, {
      _: 'peerSettings',
      reportSpam: true,
      addContact: true,
      blockContact: true,
    })
    assert.deepEqual(
      users.map(({ id }) => id),
      [peer.userId],
    )
    const second = await people.again('+9996621097')
    const heard = hear(second)
    await second.updates.getState()
    assert.equal(await ada.messages.hidePeerSettingsBar({ peer }), true)
    assert.deepEqual((await heard('updatePeerSettings')).update.settings, { _: 'peerSettings' })
    assert.deepEqual((await ada.messages.getPeerSettings({ peer })).settings, { _: 'peerSettings' })
    const self = await ada.messages.getPeerSettings({ peer: { _: 'inputPeerSelf' } })
    assert.deepEqual(self.settings, { _: 'peerSettings' })
  })

  test('settings that are no rules are kept', async () => {
    const ada = await people.person('+9996621094')
    assert.deepEqual(await ada.account.getGlobalPrivacySettings(), { _: 'globalPrivacySettings' })
    const settings = { _: 'globalPrivacySettings', hideReadMarks: true, keepArchivedUnmuted: true } as const
    assert.deepEqual(await ada.account.setGlobalPrivacySettings({ settings }), settings)
    assert.deepEqual(await ada.account.getGlobalPrivacySettings(), settings)
    assert.deepEqual(await ada.account.getAccountTTL(), { _: 'accountDaysTTL', days: 365 })
    await ada.account.setAccountTTL({ ttl: { _: 'accountDaysTTL', days: 180 } })
    assert.deepEqual(await ada.account.getAccountTTL(), { _: 'accountDaysTTL', days: 180 })
    const tooShort = ada.account.setAccountTTL({ ttl: { _: 'accountDaysTTL', days: 1 } })
    await assert.rejects(tooShort, { type: 'TTL_DAYS_INVALID' })
    assert.equal(await ada.account.getContactSignUpNotification(), false)
    await ada.account.setContactSignUpNotification({ silent: true })
    assert.equal(await ada.account.getContactSignUpNotification(), true)
  })

  test('a deleted account is nobody: no name, number or status, and no contact any more', async () => {
    const [ada, bob] = [await people.person('+9996621095'), await people.person('+9996621096')]
    await bob.account.updateUsername({ username: 'bob_of_1096' })
    const id = named(await resolve(ada, 'bob_of_1096'))
    await ada.contacts.addContact({ id, firstName: 'Bob', lastName: '', phone: '' })
    await bob.account.deleteAccount({ reason: 'enough' })
    const [gone] = await ada.users.getUsers({ id: [id] })
    assert.deepEqual(gone, { _: 'user', deleted: true, id: id.userId, accessHash: id.accessHash })
    const list = await ada.contacts.getContacts({ hash: 0n })
    assert.ok(list._ === 'contacts.contacts' && list.contacts.length === 0)
    await assert.rejects(resolve(ada, 'bob_of_1096'), { type: 'USERNAME_NOT_OCCUPIED' })
    await ada.account.updateUsername({ username: 'bob_of_1096' })
    const photos = await ada.photos.getUserPhotos({ userId: id, offset: 0, maxId: 0n, limit: 10 })
    assert.deepEqual([photos.photos, photos.users.length], [[], 1])
    const wrong = { ...id, accessHash: 1n }
    const asked = ada.photos.getUserPhotos({ userId: wrong, offset: 0, maxId: 0n, limit: 10 })
    await assert.rejects(asked, { type: 'USER_ID_INVALID' })
  })

  test('changes reach those who know the person, in all their sessions but the one that made them', async () => {
    const [ada, bob] = [await people.person('+9996622001'), await people.person('+9996622002')]
    await ada.account.updateUsername({ username: 'ada_of_2001' })
    const adaSeen = await resolve(bob, 'ada_of_2001')
    await bob.contacts.addContact({ id: named(adaSeen), firstName: 'Lady', lastName: 'A', phone: '' })
    const second = await people.again('+9996622001')
    const heard = { ada: hear(ada), bob: hear(bob), second: hear(second) }
    await second.updates.getState()
    await bob.updates.getState()
    await ada.account.updateUsername({ username: 'ada_of_2001_b' })
    const name = await heard.bob('updateUserName')
    assert.deepEqual(
      [name.update.userId, name.update.firstName, name.update.usernames[0]?.username],
      [adaSeen.id, 'Lady', 'ada_of_2001_b'],
    )
    assert.deepEqual(name.users, [adaSeen.id])
    assert.equal((await heard.second('updateUserName')).update.firstName, 'Ada')
    await ada.account.updateProfile({ about: 'Poet' })
    assert.equal((await heard.bob('updateUser')).update.userId, adaSeen.id)
    await bob.account.updateUsername({ username: 'bob_of_2002' })
    const bobPeer = peerTo(await resolve(ada, 'bob_of_2002'))
    await ada.contacts.block({ id: bobPeer })
    const { update } = await heard.second('updatePeerBlocked')
    assert.deepEqual([update.peerId, update.blocked], [{ _: 'peerUser', userId: bobPeer.userId }, true])
    const key = { _: 'inputPrivacyKeyAbout' } as const
    await ada.account.setPrivacy({ key, rules: [{ _: 'inputPrivacyValueAllowContacts' }] })
    const rules = await heard.second('updatePrivacy')
    assert.deepEqual(rules.update, {
      _: 'updatePrivacy',
      key: { _: 'privacyKeyAbout' },
      rules: [{ _: 'privacyValueAllowContacts' }],
    })
    await ada.contacts.addContact({
      id: { ...bobPeer, _: 'inputUser' },
      firstName: 'B',
      lastName: '',
      phone: '',
    })
    assert.equal((await heard.second('updatePeerSettings')).users.includes(bobPeer.userId), true)
    const own = new Set(['updatePeerBlocked', 'updatePrivacy', 'updatePeerSettings'])
    const repeated = heard.ada.names().filter((name) => own.has(name))
    assert.deepEqual(repeated, [], 'the calling key has its answers')
  })
})
