import type { TelegramClient } from '@cablegram/client'
import { type Cause, cause } from './registry.ts'
import { appOf, type World } from './world.ts'

const user = async (world: World) => world.user(await world.server())
const AT = { peer: { _: 'inputPeerSelf' }, msgId: 99, userId: 777_000n } as const
const MISSING = { _: 'inputUserFromMessage', ...AT } as const
const MISSING_PEER = { _: 'inputPeerUserFromMessage', ...AT } as const
const NOBODY = { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } as const
const NAMES = { firstName: 'A', lastName: '', phone: '' }
const PHOTOS = { offset: 0, maxId: 0n, limit: 1 }

/** A client that is signed in as a bot. */
async function bot(world: World, username: string) {
  const server = await world.server()
  const { token } = await server.bots.create({ username })
  const client = world.connect(server)
  await client.auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken: token })
  return client
}

/** Somebody else with this username, as the client knows them. */
async function other(world: World, client: TelegramClient, username: string) {
  const server = await world.server()
  await server.users.create({ phone: world.phone(), firstName: 'Grace', username })
  const { users } = await client.contacts.resolveUsername({ username })
  const [found] = users
  if (found?._ !== 'user') throw new Error('nobody has this name')
  return { _: 'inputUser', userId: found.id, accessHash: found.accessHash ?? 0n } as const
}

/** Causes of errors about people. */
export const PEOPLE_CAUSES: readonly Cause[] = [
  cause('users.getFullUser', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).users.getFullUser({ id: MISSING }),
  ),
  cause('contacts.addContact', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).contacts.addContact({ id: MISSING, ...NAMES }),
  ),
  cause('contacts.acceptContact', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).contacts.acceptContact({ id: MISSING }),
  ),
  cause('contacts.block', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).contacts.block({ id: MISSING_PEER }),
  ),
  cause('contacts.unblock', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).contacts.unblock({ id: MISSING_PEER }),
  ),
  cause('photos.getUserPhotos', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).photos.getUserPhotos({ userId: MISSING, ...PHOTOS }),
  ),
  cause('photos.getUserPhotos', '400 USER_ID_INVALID', async (world) =>
    (await user(world)).photos.getUserPhotos({ userId: NOBODY, ...PHOTOS }),
  ),
  cause('users.getUsers', '400 FROM_MESSAGE_BOT_DISABLED', async (world) =>
    (await bot(world, 'from_message_bot')).users.getUsers({ id: [MISSING] }),
  ),
  cause('account.toggleUsername', '400 USERNAME_INVALID', async (world) =>
    (await user(world)).account.toggleUsername({ username: 'ada_l', active: true }),
  ),
  cause('account.toggleUsername', '400 USERNAME_NOT_MODIFIED', async (world) => {
    const client = await user(world)
    await client.account.updateUsername({ username: 'shown_already' })
    await client.account.toggleUsername({ username: 'shown_already', active: true })
  }),
  cause('account.reorderUsernames', '400 USERNAME_NOT_MODIFIED', async (world) =>
    (await user(world)).account.reorderUsernames({ order: [] }),
  ),
  cause('account.reorderUsernames', '400 ORDER_INVALID', async (world) =>
    (await user(world)).account.reorderUsernames({ order: ['ada_l'] }),
  ),
  cause('account.updateProfile', '400 ABOUT_TOO_LONG', async (world) =>
    (await user(world)).account.updateProfile({ about: 'a'.repeat(71) }),
  ),
  cause('account.updateProfile', '400 FIRSTNAME_INVALID', async (world) =>
    (await user(world)).account.updateProfile({ firstName: ' ' }),
  ),
  cause('account.checkUsername', '400 USERNAME_INVALID', async (world) =>
    (await user(world)).account.checkUsername({ username: '1a' }),
  ),
  cause('account.updateUsername', '400 USERNAME_INVALID', async (world) =>
    (await user(world)).account.updateUsername({ username: '1a' }),
  ),
  cause('account.updateUsername', '400 USERNAME_NOT_MODIFIED', async (world) =>
    (await user(world)).account.updateUsername({ username: '' }),
  ),
  cause('account.updateUsername', '400 USERNAME_OCCUPIED', async (world) => {
    const client = await user(world)
    await other(world, client, 'occupied_name')
    return client.account.updateUsername({ username: 'Occupied_Name' })
  }),
  cause('contacts.resolvePhone', '400 PHONE_NOT_OCCUPIED', async (world) =>
    (await user(world)).contacts.resolvePhone({ phone: '+9996620000' }),
  ),
  cause('contacts.search', '400 SEARCH_QUERY_EMPTY', async (world) =>
    (await user(world)).contacts.search({ q: ' ', limit: 10 }),
  ),
  cause('contacts.search', '400 QUERY_TOO_SHORT', async (world) =>
    (await user(world)).contacts.search({ q: 'a', limit: 10 }),
  ),
  cause('contacts.addContact', '400 CONTACT_ID_INVALID', async (world) =>
    (await user(world)).contacts.addContact({ id: NOBODY, ...NAMES }),
  ),
  cause('contacts.acceptContact', '400 CONTACT_ID_INVALID', async (world) =>
    (await user(world)).contacts.acceptContact({ id: NOBODY }),
  ),
  cause('contacts.block', '400 CONTACT_ID_INVALID', async (world) =>
    (await user(world)).contacts.block({ id: { _: 'inputPeerSelf' } }),
  ),
  cause('contacts.unblock', '400 CONTACT_ID_INVALID', async (world) =>
    (await user(world)).contacts.unblock({ id: { _: 'inputPeerSelf' } }),
  ),
  cause('contacts.addContact', '400 CONTACT_NAME_EMPTY', async (world) => {
    const client = await user(world)
    const id = await other(world, client, 'nameless_contact')
    return client.contacts.addContact({ id, ...NAMES, firstName: '' })
  }),
  cause('contacts.acceptContact', '400 CONTACT_REQ_MISSING', async (world) =>
    (await user(world)).contacts.acceptContact({ id: { _: 'inputUserSelf' } }),
  ),
  cause('contacts.block', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).contacts.block({ id: { ...NOBODY, _: 'inputPeerUser' } }),
  ),
  cause('contacts.unblock', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).contacts.unblock({ id: { ...NOBODY, _: 'inputPeerUser' } }),
  ),
  cause('messages.getPeerSettings', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).messages.getPeerSettings({ peer: MISSING_PEER }),
  ),
  cause('messages.getPeerSettings', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.getPeerSettings({ peer: { ...NOBODY, _: 'inputPeerUser' } }),
  ),
  cause('messages.hidePeerSettingsBar', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.hidePeerSettingsBar({ peer: { ...NOBODY, _: 'inputPeerUser' } }),
  ),
  cause('account.setPrivacy', '400 PRIVACY_VALUE_INVALID', async (world) =>
    (await user(world)).account.setPrivacy({ key: { _: 'inputPrivacyKeyAbout' }, rules: [] }),
  ),
  cause('account.setPrivacy', '400 PRIVACY_TOO_LONG', async (world) => {
    const chats = Array.from({ length: 1001 }, (_, index) => BigInt(index + 1))
    const rules = [{ _: 'inputPrivacyValueAllowChatParticipants' as const, chats }]
    return (await user(world)).account.setPrivacy({ key: { _: 'inputPrivacyKeyAbout' }, rules })
  }),
  cause('account.setAccountTTL', '400 TTL_DAYS_INVALID', async (world) =>
    (await user(world)).account.setAccountTTL({ ttl: { _: 'accountDaysTTL', days: 1 } }),
  ),
]
