import type { TelegramClient } from '@cablegram/client'
import type { InputPeer, Params } from '@cablegram/tl/api'
import { GroupPeople, type GroupPerson } from '../e2e/group-people.ts'
import { TEST_CODE } from '../e2e/logins.ts'
import { type Cause, cause } from './registry.ts'
import { proof, type World } from './world.ts'

const SELF = { _: 'inputUserSelf' } as const
const HERE = { _: 'inputPeerSelf' } as const
const STRANGER = { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } as const
const NOWHERE = 999_999n
const UNKNOWN_LINK = `https://t.me/+${'a'.repeat(16)}`

/** Ada's group, with Bob in it; Cid has left it, and Dan never was there. */
interface Scene {
  readonly ada: GroupPerson
  readonly bob: GroupPerson
  readonly cid: GroupPerson
  readonly dan: GroupPerson
  readonly chatId: bigint
  readonly peer: InputPeer
  /** A link that has not ended. */
  readonly link: string
}

const scenes = new WeakMap<World, Promise<Scene>>()

function sceneOf(world: World): Promise<Scene> {
  const made = scenes.get(world) ?? makeScene(world)
  scenes.set(world, made)
  return made
}

/** People of the shared server, closed with the world. */
async function peopleOf(world: World, server = world.server()): Promise<GroupPeople> {
  const people = new GroupPeople(await server)
  world.closeLater(people)
  return people
}

async function makeScene(world: World): Promise<Scene> {
  const people = await peopleOf(world)
  const [ada, bob] = [await people.person('ada'), await people.person('bob')]
  const [cid, dan] = [await people.person('cid'), await people.person('dan')]
  const chatId = await ada.makeGroup('Club', bob, cid)
  await cid.client.messages.deleteChatUser({ chatId, userId: SELF })
  const peer = { _: 'inputPeerChat', chatId } as const
  const invite = await ada.client.messages.exportChatInvite({ peer })
  if (invite._ !== 'chatInviteExported') throw new Error('the group has no link')
  return { ada, bob, cid, dan, chatId, peer, link: invite.link }
}

function hashOf(link: string): string {
  return link.split('+').at(-1) ?? ''
}

/** Calls that name a group as a peer, with something valid otherwise. */
const CALLS = {
  'messages.editChatAbout': (client, peer) => client.messages.editChatAbout({ peer, about: 'A' }),
  'messages.editChatDefaultBannedRights': (client, peer) =>
    client.messages.editChatDefaultBannedRights({ peer, bannedRights: rights() }),
  'messages.exportChatInvite': (client, peer) => client.messages.exportChatInvite({ peer }),
  'messages.editExportedChatInvite': (client, peer, { link }) =>
    client.messages.editExportedChatInvite({ peer, link, title: 'A' }),
  'messages.deleteExportedChatInvite': (client, peer, { link }) =>
    client.messages.deleteExportedChatInvite({ peer, link }),
  'messages.deleteRevokedExportedChatInvites': (client, peer) =>
    client.messages.deleteRevokedExportedChatInvites({ peer, adminId: SELF }),
  'messages.getExportedChatInvites': (client, peer) =>
    client.messages.getExportedChatInvites({ peer, adminId: SELF, limit: 10 }),
  'messages.getExportedChatInvite': (client, peer, { link }) =>
    client.messages.getExportedChatInvite({ peer, link }),
  'messages.getAdminsWithInvites': (client, peer) => client.messages.getAdminsWithInvites({ peer }),
  'messages.getChatInviteImporters': (client, peer) =>
    client.messages.getChatInviteImporters({ peer, ...IMPORTERS }),
  'messages.hideChatJoinRequest': (client, peer) =>
    client.messages.hideChatJoinRequest({ peer, userId: SELF }),
  'messages.hideAllChatJoinRequests': (client, peer) => client.messages.hideAllChatJoinRequests({ peer }),
  'messages.toggleNoForwards': (client, peer) => client.messages.toggleNoForwards({ peer, enabled: true }),
} satisfies Readonly<
  Record<string, (client: TelegramClient, peer: InputPeer, scene: Scene) => Promise<unknown>>
>

const IMPORTERS = { offsetDate: 0, offsetUser: { _: 'inputUserEmpty' }, limit: 10 } as const

function rights(change: Partial<Params<'messages.editChatDefaultBannedRights'>['bannedRights']> = {}) {
  return { _: 'chatBannedRights', sendPolls: true, untilDate: 0, ...change } as const
}

/** A refusal in the scene. */
function refused(
  method: string,
  error: string,
  run: (scene: Scene, world: World) => Promise<unknown>,
): Cause {
  return cause(method, error, async (world) => run(await sceneOf(world), world))
}

const ofEachCall: Cause[] = Object.entries(CALLS).flatMap(([method, call]) => [
  refused(method, '400 PEER_ID_INVALID', (scene) => call(scene.ada.client, HERE, scene)),
  refused(method, '403 CHAT_WRITE_FORBIDDEN', (scene) => call(scene.cid.client, scene.peer, scene)),
  ...(method === 'messages.editChatAbout'
    ? []
    : [refused(method, '400 CHAT_ADMIN_REQUIRED', (scene) => call(scene.bob.client, scene.peer, scene))]),
])

/** A group where members may not do these things, with Bob in it. */
async function strictGroup({ ada, bob }: Scene, change: Parameters<typeof rights>[0]): Promise<bigint> {
  const chatId = await ada.makeGroup('Strict', bob)
  const peer = { _: 'inputPeerChat', chatId } as const
  await ada.client.messages.editChatDefaultBannedRights({ peer, bannedRights: rights(change) })
  return chatId
}

/** A person whose account is gone, as Ada knows them. */
async function goneFor(world: World, ada: GroupPerson) {
  const gone = await (await peopleOf(world)).person('gone')
  const user = await ada.user(gone)
  await (await world.server()).users.remove(Number(gone.id))
  return user
}

/** A full group of two, and a third person who has its link. */
async function fullGroup(world: World, needsRequest: boolean) {
  const people = await peopleOf(world, world.start({ settings: { chatSizeMax: 2 } }))
  const [ada, bob] = [await people.person('ada'), await people.person('bob')]
  const cid = await people.person('cid')
  const chatId = await ada.makeGroup('Full', bob)
  const peer = { _: 'inputPeerChat', chatId } as const
  const invite = await ada.client.messages.exportChatInvite({
    peer,
    ...(needsRequest && { requestNeeded: true }),
  })
  return { ada, cid, chatId, peer, hash: invite._ === 'chatInviteExported' ? hashOf(invite.link) : '' }
}

/** Somebody who waits to be let into Ada's group. */
async function waitingFor(world: World, { ada, peer }: Scene, person?: GroupPerson) {
  const guest = person ?? (await (await peopleOf(world)).person('guest'))
  const invite = await ada.client.messages.exportChatInvite({ peer, requestNeeded: true })
  const hash = invite._ === 'chatInviteExported' ? hashOf(invite.link) : ''
  await guest.client.messages.importChatInvite({ hash }).catch(() => undefined)
  return { guest, hash }
}

/** The owner of a group has a password; Bob is in it, and the owner knows Dan, who is not. */
async function ownedGroup(world: World) {
  const server = await world.server()
  const people = await peopleOf(world)
  const [bob, dan] = [await people.person('bob'), await people.person('dan')]
  const client = await world.protectedUser(server, 'secret')
  const user = async ({ username }: GroupPerson) => {
    const { users } = await client.contacts.resolveUsername({ username })
    const [found] = users
    if (found?._ !== 'user') throw new Error('nobody has this name')
    return { _: 'inputUser', userId: found.id, accessHash: found.accessHash ?? 0n } as const
  }
  const made = await client.messages.createChat({ users: [await user(bob)], title: 'Owned' })
  const chatId = made.updates._ === 'updates' ? (made.updates.chats[0]?.id ?? 0n) : 0n
  return {
    client,
    bob: await user(bob),
    dan: await user(dan),
    peer: { _: 'inputPeerChat', chatId } as const,
    people,
  }
}

type Owned = Awaited<ReturnType<typeof ownedGroup>>

/** The owner of a group, who gives the password, calls messages.editChatCreator. */
const giving = (
  error: string,
  change: (owned: Owned) => Partial<Params<'messages.editChatCreator'>>,
  before: (owned: Owned) => Promise<unknown> = async () => undefined,
): Cause =>
  cause('messages.editChatCreator', error, async (world) => {
    const owned = await ownedGroup(world)
    await before(owned)
    const { client, bob: userId, peer } = owned
    const password = await proof(client, 'secret')
    return client.messages.editChatCreator({ peer, userId, password, ...change(owned) })
  })

const NO_PASSWORD = { _: 'inputCheckPasswordEmpty' } as const

/** An owner gives a group away with a password of just now, or of two days ago and a login of just now. */
const tooFresh = (error: string, passwordAgeS: number): Cause =>
  cause('messages.editChatCreator', error, async (world) => {
    const server = await world.start({ testClock: true, settings: { freshLoginS: 86_400 } })
    const phone = world.phone()
    await server.users.create({ phone, firstName: 'Ada', password: 'secret' })
    await server.clock.advance(passwordAgeS)
    const client = world.connect(server)
    const sent = await world.sent(client, server, phone)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE }).catch(() => undefined)
    await client.auth.checkPassword({ password: await proof(client, 'secret') })
    const peer = { _: 'inputPeerChat', chatId: NOWHERE } as const
    return client.messages.editChatCreator({ peer, userId: SELF, password: NO_PASSWORD })
  })

const OF_OWNERS: readonly Cause[] = [
  tooFresh('400 PASSWORD_TOO_FRESH_X', 1),
  tooFresh('400 SESSION_TOO_FRESH_X', 172_800),
  giving('400 PEER_ID_INVALID', () => ({ peer: HERE })),
  giving('400 USER_ID_INVALID', () => ({ userId: SELF })),
  giving('400 USER_NOT_PARTICIPANT', ({ dan }) => ({ userId: dan })),
  giving(
    '403 CHAT_WRITE_FORBIDDEN',
    () => ({}),
    ({ client, peer: { chatId } }) => client.messages.deleteChatUser({ chatId, userId: SELF }),
  ),
  giving(
    '400 CHAT_ADMIN_REQUIRED',
    () => ({}),
    async ({ client, bob, peer }) =>
      client.messages.editChatCreator({ peer, userId: bob, password: await proof(client, 'secret') }),
  ),
  refused('messages.editChatCreator', '400 PASSWORD_MISSING', async ({ ada, bob, peer }) =>
    ada.client.messages.editChatCreator({ peer, userId: await ada.user(bob), password: NO_PASSWORD }),
  ),
]

const rank = (client: TelegramClient, peer: InputPeer, of: InputPeer, word: string) =>
  client.messages.editChatParticipantRank({ peer, participant: of, rank: word })

const OF_RANKS: readonly Cause[] = [
  refused('messages.editChatParticipantRank', '400 PEER_ID_INVALID', ({ ada }) =>
    rank(ada.client, HERE, HERE, 'a'),
  ),
  refused('messages.editChatParticipantRank', '400 ADMIN_RANK_INVALID', ({ ada, peer }) =>
    rank(ada.client, peer, HERE, 'a'.repeat(17)),
  ),
  refused('messages.editChatParticipantRank', '400 USER_NOT_PARTICIPANT', async ({ ada, dan, peer }) =>
    rank(ada.client, peer, peerOfUser(await ada.user(dan)), 'a'),
  ),
  refused('messages.editChatParticipantRank', '400 CHAT_ADMIN_REQUIRED', async ({ ada, bob, peer }) =>
    rank(bob.client, peer, peerOfUser(await bob.user(ada)), 'a'),
  ),
  refused('messages.editChatParticipantRank', '403 CHAT_WRITE_FORBIDDEN', ({ cid, peer }) =>
    rank(cid.client, peer, HERE, 'a'),
  ),
  refused('messages.getFutureChatCreatorAfterLeave', '400 PEER_ID_INVALID', ({ ada }) =>
    ada.client.messages.getFutureChatCreatorAfterLeave({ peer: HERE }),
  ),
  refused('messages.toggleNoForwards', '400 CHAT_NOT_MODIFIED', ({ ada, peer }) =>
    ada.client.messages.toggleNoForwards({ peer, enabled: false }),
  ),
  refused('messages.deleteChat', '400 CHAT_ID_INVALID', ({ ada }) =>
    ada.client.messages.deleteChat({ chatId: NOWHERE }),
  ),
  refused('messages.deleteChat', '400 CHAT_ADMIN_REQUIRED', ({ bob, chatId }) =>
    bob.client.messages.deleteChat({ chatId }),
  ),
  refused('messages.deleteChat', '403 CHAT_WRITE_FORBIDDEN', ({ cid, chatId }) =>
    cid.client.messages.deleteChat({ chatId }),
  ),
]

/** Causes of errors about basic groups and their links. */
export const GROUP_CAUSES: readonly Cause[] = [
  ...ofEachCall,
  ...OF_OWNERS,
  ...OF_RANKS,
  refused('messages.createChat', '400 CHAT_TITLE_EMPTY', async ({ ada, bob }) =>
    ada.client.messages.createChat({ users: [await ada.user(bob)], title: ' \n' }),
  ),
  refused('messages.createChat', '400 USERS_TOO_FEW', ({ ada }) =>
    ada.client.messages.createChat({ users: [SELF], title: 'Alone' }),
  ),
  refused('messages.createChat', '400 USERS_TOO_MUCH', ({ ada }) =>
    ada.client.messages.createChat({ users: Array(201).fill(SELF), title: 'Crowd' }),
  ),
  refused('messages.createChat', '400 TTL_PERIOD_INVALID', async ({ ada, bob }) =>
    ada.client.messages.createChat({ users: [await ada.user(bob)], title: 'A', ttlPeriod: 86_400 }),
  ),
  refused('messages.createChat', '400 USER_ID_INVALID', ({ ada }) =>
    ada.client.messages.createChat({ users: [STRANGER], title: 'A' }),
  ),
  refused('messages.createChat', '400 INPUT_USER_DEACTIVATED', async ({ ada }, world) =>
    ada.client.messages.createChat({ users: [await goneFor(world, ada)], title: 'A' }),
  ),
  refused('messages.addChatUser', '400 INPUT_USER_DEACTIVATED', async ({ ada, chatId }, world) =>
    ada.client.messages.addChatUser({ chatId, userId: await goneFor(world, ada), fwdLimit: 0 }),
  ),
  refused('messages.addChatUser', '400 USER_ID_INVALID', ({ ada, chatId }) =>
    ada.client.messages.addChatUser({ chatId, userId: STRANGER, fwdLimit: 0 }),
  ),
  refused('messages.addChatUser', '400 CHAT_ID_INVALID', async ({ ada, bob }) =>
    ada.client.messages.addChatUser({ chatId: NOWHERE, userId: await ada.user(bob), fwdLimit: 0 }),
  ),
  refused('messages.addChatUser', '403 CHAT_WRITE_FORBIDDEN', async ({ cid, dan, chatId }) =>
    cid.client.messages.addChatUser({ chatId, userId: await cid.user(dan), fwdLimit: 0 }),
  ),
  refused('messages.addChatUser', '403 CHAT_ADMIN_REQUIRED', async (scene) => {
    const chatId = await strictGroup(scene, { inviteUsers: true })
    const { bob, dan } = scene
    return bob.client.messages.addChatUser({ chatId, userId: await bob.user(dan), fwdLimit: 0 })
  }),
  refused('messages.addChatUser', '400 USER_ALREADY_PARTICIPANT', async ({ ada, bob, chatId }) =>
    ada.client.messages.addChatUser({ chatId, userId: await ada.user(bob), fwdLimit: 0 }),
  ),
  refused('messages.addChatUser', '403 USER_NOT_MUTUAL_CONTACT', async ({ ada, cid, chatId }) =>
    ada.client.messages.addChatUser({ chatId, userId: await ada.user(cid), fwdLimit: 0 }),
  ),
  cause('messages.addChatUser', '400 USERS_TOO_MUCH', async (world) => {
    const { ada, cid, chatId } = await fullGroup(world, false)
    return ada.client.messages.addChatUser({ chatId, userId: await ada.user(cid), fwdLimit: 0 })
  }),
  refused('messages.addChatUser', '400 YOU_BLOCKED_USER', async ({ ada, chatId }, world) => {
    const guest = await (await peopleOf(world)).person('guest')
    const userId = await ada.user(guest)
    await ada.client.contacts.block({ id: peerOfUser(userId) })
    return ada.client.messages.addChatUser({ chatId, userId, fwdLimit: 0 })
  }),
  refused('messages.addChatUser', '400 USER_IS_BLOCKED', async ({ ada, chatId }, world) => {
    const guest = await (await peopleOf(world)).person('guest')
    await guest.client.contacts.block({ id: peerOfUser(await guest.user(ada)) })
    return ada.client.messages.addChatUser({ chatId, userId: await ada.user(guest), fwdLimit: 0 })
  }),
  refused('messages.addChatUser', '403 USER_PRIVACY_RESTRICTED', async ({ ada, chatId }, world) => {
    const guest = await (await peopleOf(world)).person('guest')
    await guest.client.account.setPrivacy({
      key: { _: 'inputPrivacyKeyChatInvite' },
      rules: [{ _: 'inputPrivacyValueDisallowAll' }],
    })
    return ada.client.messages.addChatUser({ chatId, userId: await ada.user(guest), fwdLimit: 0 })
  }),
  cause('messages.addChatUser', '400 BOT_GROUPS_BLOCKED', async (world) => {
    const { client, chatId, userId } = await shyBot(world)
    return client.messages.addChatUser({ chatId, userId, fwdLimit: 0 })
  }),
  cause('messages.startBot', '400 BOT_GROUPS_BLOCKED', async (world) => {
    const { client, chatId, userId: bot } = await shyBot(world)
    const peer = { _: 'inputPeerChat', chatId } as const
    return client.messages.startBot({ bot, peer, randomId: 1n, startParam: 'a' })
  }),
  refused('messages.deleteChatUser', '400 CHAT_ID_INVALID', ({ ada }) =>
    ada.client.messages.deleteChatUser({ chatId: NOWHERE, userId: SELF }),
  ),
  refused('messages.deleteChatUser', '400 USER_ID_INVALID', ({ ada, chatId }) =>
    ada.client.messages.deleteChatUser({ chatId, userId: STRANGER }),
  ),
  refused('messages.deleteChatUser', '400 USER_NOT_PARTICIPANT', async ({ ada, dan, chatId }) =>
    ada.client.messages.deleteChatUser({ chatId, userId: await ada.user(dan) }),
  ),
  refused('messages.deleteChatUser', '403 CHAT_WRITE_FORBIDDEN', ({ cid, chatId }) =>
    cid.client.messages.deleteChatUser({ chatId, userId: SELF }),
  ),
  refused('messages.deleteChatUser', '400 CHAT_ADMIN_REQUIRED', async ({ ada, bob, chatId }) =>
    bob.client.messages.deleteChatUser({ chatId, userId: await bob.user(ada) }),
  ),
  refused('messages.editChatTitle', '400 CHAT_TITLE_EMPTY', ({ ada, chatId }) =>
    ada.client.messages.editChatTitle({ chatId, title: '' }),
  ),
  refused('messages.editChatTitle', '400 CHAT_ID_INVALID', ({ ada }) =>
    ada.client.messages.editChatTitle({ chatId: NOWHERE, title: 'A' }),
  ),
  refused('messages.editChatTitle', '403 CHAT_WRITE_FORBIDDEN', ({ cid, chatId }) =>
    cid.client.messages.editChatTitle({ chatId, title: 'A' }),
  ),
  refused('messages.editChatTitle', '400 CHAT_NOT_MODIFIED', ({ ada, chatId }) =>
    ada.client.messages.editChatTitle({ chatId, title: 'Club' }),
  ),
  refused('messages.editChatTitle', '400 CHAT_ADMIN_REQUIRED', async (scene) => {
    const chatId = await strictGroup(scene, { changeInfo: true })
    return scene.bob.client.messages.editChatTitle({ chatId, title: 'A' })
  }),
  refused('messages.editChatAbout', '400 CHAT_ADMIN_REQUIRED', async (scene) => {
    const chatId = await strictGroup(scene, { changeInfo: true })
    return scene.bob.client.messages.editChatAbout({ peer: { _: 'inputPeerChat', chatId }, about: 'A' })
  }),
  refused('messages.editChatAbout', '400 CHAT_ABOUT_NOT_MODIFIED', ({ ada, peer }) =>
    ada.client.messages.editChatAbout({ peer, about: '' }),
  ),
  refused('messages.editChatAbout', '400 CHAT_ABOUT_TOO_LONG', ({ ada, peer }) =>
    ada.client.messages.editChatAbout({ peer, about: 'a'.repeat(256) }),
  ),
  refused('messages.editChatAdmin', '400 CHAT_ID_INVALID', async ({ ada, bob }) =>
    ada.client.messages.editChatAdmin({ chatId: NOWHERE, userId: await ada.user(bob), isAdmin: true }),
  ),
  refused('messages.editChatAdmin', '400 USER_ID_INVALID', ({ ada, chatId }) =>
    ada.client.messages.editChatAdmin({ chatId, userId: SELF, isAdmin: true }),
  ),
  refused('messages.editChatAdmin', '400 USER_NOT_PARTICIPANT', async ({ ada, dan, chatId }) =>
    ada.client.messages.editChatAdmin({ chatId, userId: await ada.user(dan), isAdmin: true }),
  ),
  refused('messages.editChatAdmin', '400 CHAT_ADMIN_REQUIRED', ({ bob, chatId }) =>
    bob.client.messages.editChatAdmin({ chatId, userId: SELF, isAdmin: true }),
  ),
  refused('messages.editChatAdmin', '403 CHAT_WRITE_FORBIDDEN', ({ cid, chatId }) =>
    cid.client.messages.editChatAdmin({ chatId, userId: SELF, isAdmin: true }),
  ),
  refused('messages.editChatDefaultBannedRights', '400 BANNED_RIGHTS_INVALID', ({ ada, peer }) =>
    ada.client.messages.editChatDefaultBannedRights({ peer, bannedRights: rights({ viewMessages: true }) }),
  ),
  refused('messages.editChatDefaultBannedRights', '400 UNTIL_DATE_INVALID', ({ ada, peer }) =>
    ada.client.messages.editChatDefaultBannedRights({
      peer,
      bannedRights: rights({ untilDate: 2_000_000_000 }),
    }),
  ),
  refused('messages.editChatDefaultBannedRights', '400 CHAT_NOT_MODIFIED', async (scene) => {
    const chatId = await strictGroup(scene, {})
    const peer = { _: 'inputPeerChat', chatId } as const
    return scene.ada.client.messages.editChatDefaultBannedRights({ peer, bannedRights: rights() })
  }),
  refused('messages.getFullChat', '400 CHAT_ID_INVALID', ({ dan, chatId }) =>
    dan.client.messages.getFullChat({ chatId }),
  ),
  refused('messages.getChats', '400 CHAT_ID_INVALID', ({ dan, chatId }) =>
    dan.client.messages.getChats({ id: [chatId] }),
  ),
  refused('messages.getChats', '400 LIMIT_INVALID', ({ dan, chatId }) =>
    dan.client.messages.getChats({ id: Array(201).fill(chatId) }),
  ),
  refused('messages.getOnlines', '400 PEER_ID_INVALID', ({ ada }) =>
    ada.client.messages.getOnlines({ peer: HERE }),
  ),
  refused('messages.getCommonChats', '400 USER_ID_INVALID', ({ ada }) =>
    ada.client.messages.getCommonChats({ userId: SELF, maxId: 0n, limit: 10 }),
  ),
  refused('messages.exportChatInvite', '400 USAGE_LIMIT_INVALID', ({ ada, peer }) =>
    ada.client.messages.exportChatInvite({ peer, usageLimit: -1 }),
  ),
  refused('messages.exportChatInvite', '400 EXPIRE_DATE_INVALID', ({ ada, peer }) =>
    ada.client.messages.exportChatInvite({ peer, expireDate: 1 }),
  ),
  refused('messages.exportChatInvite', '400 PRICING_CHAT_INVALID', ({ ada, peer }) =>
    ada.client.messages.exportChatInvite({
      peer,
      subscriptionPricing: { _: 'starsSubscriptionPricing', period: 2_592_000, amount: 1n },
    }),
  ),
  refused('messages.editExportedChatInvite', '400 USAGE_LIMIT_INVALID', ({ ada, peer, link }) =>
    ada.client.messages.editExportedChatInvite({ peer, link, usageLimit: -1 }),
  ),
  refused('messages.editExportedChatInvite', '400 EXPIRE_DATE_INVALID', ({ ada, peer, link }) =>
    ada.client.messages.editExportedChatInvite({ peer, link, expireDate: 1 }),
  ),
  refused('messages.editExportedChatInvite', '400 CHAT_INVITE_PERMANENT', async ({ ada, peer, chatId }) => {
    const { fullChat } = await ada.client.messages.getFullChat({ chatId })
    const own = fullChat._ === 'chatFull' ? fullChat.exportedInvite : undefined
    const link = own?._ === 'chatInviteExported' ? own.link : ''
    return ada.client.messages.editExportedChatInvite({ peer, link, title: 'A' })
  }),
  refused('messages.editExportedChatInvite', '400 INVITE_HASH_EXPIRED', ({ ada, peer }) =>
    ada.client.messages.editExportedChatInvite({ peer, link: UNKNOWN_LINK }),
  ),
  refused('messages.deleteExportedChatInvite', '400 INVITE_HASH_EXPIRED', ({ ada, peer }) =>
    ada.client.messages.deleteExportedChatInvite({ peer, link: UNKNOWN_LINK }),
  ),
  refused('messages.deleteExportedChatInvite', '400 INVITE_REVOKED_MISSING', ({ ada, peer, link }) =>
    ada.client.messages.deleteExportedChatInvite({ peer, link }),
  ),
  refused('messages.getExportedChatInvite', '400 INVITE_HASH_EXPIRED', ({ ada, peer }) =>
    ada.client.messages.getExportedChatInvite({ peer, link: UNKNOWN_LINK }),
  ),
  refused('messages.getExportedChatInvites', '400 ADMIN_ID_INVALID', async ({ ada, bob, peer }) =>
    ada.client.messages.getExportedChatInvites({ peer, adminId: await ada.user(bob), limit: 10 }),
  ),
  refused('messages.deleteRevokedExportedChatInvites', '400 ADMIN_ID_INVALID', async ({ ada, bob, peer }) =>
    ada.client.messages.deleteRevokedExportedChatInvites({ peer, adminId: await ada.user(bob) }),
  ),
  ...(['checkChatInvite', 'importChatInvite'] as const).flatMap((own) => [
    refused(`messages.${own}`, '400 INVITE_HASH_EMPTY', ({ dan }) => dan.client.messages[own]({ hash: '' })),
    refused(`messages.${own}`, '400 INVITE_HASH_INVALID', ({ dan }) =>
      dan.client.messages[own]({ hash: 'a' }),
    ),
    refused(`messages.${own}`, '406 INVITE_HASH_EXPIRED', ({ dan }) =>
      dan.client.messages[own]({ hash: 'a'.repeat(16) }),
    ),
  ]),
  refused('messages.importChatInvite', '400 USER_ALREADY_PARTICIPANT', ({ bob, link }) =>
    bob.client.messages.importChatInvite({ hash: hashOf(link) }),
  ),
  refused('messages.importChatInvite', '400 INVITE_REQUEST_SENT', async (scene, world) => {
    const { guest, hash } = await waitingFor(world, scene)
    return guest.client.messages.importChatInvite({ hash })
  }),
  cause('messages.importChatInvite', '400 USERS_TOO_MUCH', async (world) => {
    const { cid, hash } = await fullGroup(world, false)
    return cid.client.messages.importChatInvite({ hash })
  }),
  refused('messages.getChatInviteImporters', '400 INVITE_HASH_EXPIRED', ({ ada, peer }) =>
    ada.client.messages.getChatInviteImporters({ peer, ...IMPORTERS, link: UNKNOWN_LINK }),
  ),
  refused('messages.getChatInviteImporters', '400 SEARCH_WITH_LINK_NOT_SUPPORTED', ({ ada, peer, link }) =>
    ada.client.messages.getChatInviteImporters({ peer, ...IMPORTERS, link, q: 'bob' }),
  ),
  refused('messages.hideChatJoinRequest', '400 USER_ID_INVALID', ({ ada, peer }) =>
    ada.client.messages.hideChatJoinRequest({ peer, userId: STRANGER }),
  ),
  refused('messages.hideChatJoinRequest', '400 HIDE_REQUESTER_MISSING', async ({ ada, dan, peer }) =>
    ada.client.messages.hideChatJoinRequest({ peer, userId: await ada.user(dan) }),
  ),
  refused('messages.hideChatJoinRequest', '400 USER_ALREADY_PARTICIPANT', async ({ ada, bob, peer }) =>
    ada.client.messages.hideChatJoinRequest({ peer, userId: await ada.user(bob), approved: true }),
  ),
  refused('messages.hideChatJoinRequest', '400 INPUT_USER_DEACTIVATED', async (scene, world) => {
    const { guest } = await waitingFor(world, scene)
    const userId = await scene.ada.user(guest)
    await (await world.server()).users.remove(Number(guest.id))
    return scene.ada.client.messages.hideChatJoinRequest({ peer: scene.peer, userId, approved: true })
  }),
  cause('messages.hideChatJoinRequest', '400 USERS_TOO_MUCH', async (world) => {
    const { ada, cid, peer, hash } = await fullGroup(world, true)
    await cid.client.messages.importChatInvite({ hash }).catch(() => undefined)
    return ada.client.messages.hideChatJoinRequest({ peer, userId: await ada.user(cid), approved: true })
  }),
  refused('messages.hideAllChatJoinRequests', '400 INVITE_HASH_EXPIRED', ({ ada, peer }) =>
    ada.client.messages.hideAllChatJoinRequests({ peer, link: UNKNOWN_LINK }),
  ),
]

function peerOfUser(user: Awaited<ReturnType<GroupPerson['user']>>): InputPeer {
  if (user._ !== 'inputUser') throw new Error('the user has no access hash')
  return { ...user, _: 'inputPeerUser' }
}

/** SQL: no bot joins groups. */
const SHY = `
  INSERT INTO bots (user_id, joins_groups) SELECT id, 0 FROM users WHERE is_bot = 1
  ON CONFLICT (user_id) DO UPDATE SET joins_groups = 0`

/** A bot that joins no groups, and a group of Ada's. */
async function shyBot(world: World) {
  const { server } = await world.damaged(async (first) => {
    await first.bots.create({ username: 'shy_bot' })
  }, SHY)
  const people = await peopleOf(world, Promise.resolve(server))
  const [ada, bob] = [await people.person('ada'), await people.person('bob')]
  const chatId = await ada.makeGroup('A', bob)
  const userId = await ada.user({ username: 'shy_bot' })
  return { client: ada.client, chatId, userId }
}
