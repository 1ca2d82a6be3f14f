import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Params } from '@cablegram/tl/api'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const STRANGER = { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } as const
const DATE = { _: 'messageEntityFormattedDate', offset: 0, length: 1, date: 1 } as const
const user = async (world: World) => world.user(await world.server())
const state = async (world: World, change: { pts?: number; date?: number }) => {
  const client = await user(world)
  return client.updates.getDifference({ pts: 1, date: Math.floor(Date.now() / 1000), qts: 0, ...change })
}
/** A client of a server with the English texts of one app. */
const clientOfPacks = async (world: World) => {
  const langPacks = await world.folder()
  await writeFile(join(langPacks, 'weba_en_v7.strings'), '"Cancel" = "Cancel";\n')
  return world.connect(await world.start({ langPacks }))
}
const dialog = { _: 'inputDialogPeer', peer: NOBODY } as const
const many = <T>(one: T): T[] => Array<T>(1001).fill(one)

const TEXT = { peer: { _: 'inputPeerSelf' }, message: 'a', randomId: 1n } as const
const text = (error: string, change: Partial<Params<'messages.sendMessage'>>) =>
  cause('messages.sendMessage', `400 ${error}`, async (world) =>
    (await user(world)).messages.sendMessage({ ...TEXT, ...change }),
  )

const SELF = { _: 'inputPeerSelf' } as const
const PAGE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0, hash: 0n }

/** Causes of errors about messages, updates, users and texts. */
export const MESSAGE_CAUSES: readonly Cause[] = [
  cause('messages.getReplies', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.getReplies({ peer: SELF, msgId: 1, ...PAGE }),
  ),
  cause('messages.getDiscussionMessage', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.getDiscussionMessage({ peer: SELF, msgId: 1 }),
  ),
  cause('messages.readDiscussion', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.readDiscussion({ peer: SELF, msgId: 1, readMaxId: 1 }),
  ),
  cause('messages.readDiscussion', '400 CHAT_ID_INVALID', async (world) => {
    const [ada, grace] = [await user(world), await user(world)]
    await grace.account.updateUsername({ username: 'grace_in_group' })
    const { users } = await ada.contacts.resolveUsername({ username: 'grace_in_group' })
    const [found] = users
    if (found?._ !== 'user') throw new Error('nobody has this name')
    const id = { _: 'inputUser', userId: found.id, accessHash: found.accessHash ?? 0n } as const
    const { updates } = await ada.messages.createChat({ users: [id], title: 'Club' })
    const chatId = updates._ === 'updates' ? (updates.chats[0]?.id ?? 0n) : 0n
    await ada.messages.readDiscussion({ peer: { _: 'inputPeerChat', chatId }, msgId: 1, readMaxId: 1 })
  }),
  text('PEER_ID_INVALID', { peer: { _: 'inputPeerUser', userId: 777000n, accessHash: 1n } }),
  text('MESSAGE_EMPTY', { message: ' \n' }),
  text('MESSAGE_TOO_LONG', { message: 'a'.repeat(4097) }),
  text('RANDOM_ID_EMPTY', { randomId: 0n }),
  text('ENTITY_BOUNDS_INVALID', { entities: [{ _: 'messageEntityBold', offset: 1, length: 1 }] }),
  text('ENTITY_MENTION_USER_INVALID', {
    entities: [{ _: 'inputMessageEntityMentionName', offset: 0, length: 1, userId: STRANGER }],
  }),
  text('ENTITY_DATE_INVALID', { entities: [{ ...DATE, date: -1 }] }),
  text('ENTITY_DATE_FORMAT_INVALID', { entities: [{ ...DATE, shortDate: true, longDate: true }] }),
  text('ENTITY_DATE_TOO_LONG', { message: 'a'.repeat(128), entities: [{ ...DATE, length: 128 }] }),
  text('REPLY_MARKUP_INVALID', { replyMarkup: { _: 'replyKeyboardHide' } }),
  text('QUICK_REPLIES_TOO_MUCH', { quickReplyShortcut: { _: 'inputQuickReplyShortcut', shortcut: 'a' } }),
  text('SUGGESTED_POST_PEER_INVALID', { suggestedPost: { _: 'suggestedPost' } }),
  text('SEND_AS_PEER_INVALID', { sendAs: NOBODY }),
  cause('messages.getHistory', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.getHistory({
      peer: NOBODY,
      offsetId: 0,
      offsetDate: 0,
      addOffset: 0,
      limit: 10,
      maxId: 0,
      minId: 0,
      hash: 0n,
    }),
  ),
  cause('messages.readHistory', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.readHistory({ peer: NOBODY, maxId: 0 }),
  ),
  cause('messages.getPeerDialogs', '400 PEER_ID_INVALID', async (world) =>
    (await user(world)).messages.getPeerDialogs({ peers: [dialog] }),
  ),
  cause('messages.getPeerDialogs', '400 INPUT_PEERS_EMPTY', async (world) =>
    (await user(world)).messages.getPeerDialogs({ peers: [] }),
  ),
  cause('messages.getPeerDialogs', '400 LIMIT_INVALID', async (world) =>
    (await user(world)).messages.getPeerDialogs({ peers: many(dialog) }),
  ),
  cause('messages.getMessages', '400 LIMIT_INVALID', async (world) =>
    (await user(world)).messages.getMessages({ id: many({ _: 'inputMessageID', id: 1 } as const) }),
  ),
  cause('messages.deleteMessages', '400 LIMIT_INVALID', async (world) =>
    (await user(world)).messages.deleteMessages({ id: many(1) }),
  ),
  cause('messages.getDialogs', '400 FOLDER_ID_INVALID', async (world) =>
    (await user(world)).messages.getDialogs({
      folderId: 7,
      offsetDate: 0,
      offsetId: 0,
      offsetPeer: { _: 'inputPeerEmpty' },
      limit: 10,
      hash: 0n,
    }),
  ),
  cause('messages.getPinnedDialogs', '400 FOLDER_ID_INVALID', async (world) =>
    (await user(world)).messages.getPinnedDialogs({ folderId: 7 }),
  ),
  cause('updates.getDifference', '400 PERSISTENT_TIMESTAMP_EMPTY', async (world) => state(world, { pts: 0 })),
  cause('updates.getDifference', '400 PERSISTENT_TIMESTAMP_INVALID', async (world) =>
    state(world, { pts: 999 }),
  ),
  cause('updates.getDifference', '400 DATE_EMPTY', async (world) => state(world, { date: 0 })),
  cause('users.getFullUser', '400 USER_ID_INVALID', async (world) =>
    (await user(world)).users.getFullUser({ id: { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } }),
  ),
  cause('users.getUsers', '400 LIMIT_INVALID', async (world) =>
    (await user(world)).users.getUsers({ id: many({ _: 'inputUserSelf' } as const) }),
  ),
  cause('account.invalidateSignInCodes', '400 LIMIT_INVALID', async (world) =>
    // So many that a function cannot be called with them.
    (await user(world)).account.invalidateSignInCodes({ codes: Array<string>(150_000).fill('1') }),
  ),
  cause('langpack.getStrings', '400 LIMIT_INVALID', async (world) =>
    (await world.client()).langpack.getStrings({ langPack: '', langCode: 'en', keys: many('LNG') }),
  ),
  cause('contacts.resolveUsername', '400 USERNAME_INVALID', async (world) =>
    (await user(world)).contacts.resolveUsername({ username: '!' }),
  ),
  cause('contacts.resolveUsername', '400 USERNAME_NOT_OCCUPIED', async (world) =>
    (await user(world)).contacts.resolveUsername({ username: 'nobody_has_this' }),
  ),
  cause('langpack.getLanguage', '400 LANG_CODE_NOT_SUPPORTED', async (world) =>
    (await world.client()).langpack.getLanguage({ langPack: 'tdesktop', langCode: 'xx' }),
  ),
  cause('langpack.getLangPack', '400 LANG_CODE_NOT_SUPPORTED', async (world) =>
    (await clientOfPacks(world)).langpack.getLangPack({ langPack: 'weba', langCode: 'xx' }),
  ),
  cause('langpack.getStrings', '400 LANG_CODE_NOT_SUPPORTED', async (world) =>
    (await clientOfPacks(world)).langpack.getStrings({ langPack: 'weba', langCode: 'xx', keys: [] }),
  ),
  cause('langpack.getLanguages', '400 LANG_PACK_INVALID', async (world) =>
    (await clientOfPacks(world)).langpack.getLanguages({ langPack: 'tdesktop' }),
  ),
  cause('langpack.getLanguage', '400 LANG_PACK_INVALID', async (world) =>
    (await clientOfPacks(world)).langpack.getLanguage({ langPack: 'tdesktop', langCode: 'en' }),
  ),
  cause('langpack.getLangPack', '400 LANG_PACK_INVALID', async (world) =>
    (await clientOfPacks(world)).langpack.getLangPack({ langPack: 'tdesktop', langCode: 'en' }),
  ),
  cause('langpack.getDifference', '400 LANG_PACK_INVALID', async (world) =>
    (await clientOfPacks(world)).langpack.getDifference({ langPack: 'ios', langCode: 'en', fromVersion: 0 }),
  ),
  cause('langpack.getStrings', '400 LANG_PACK_INVALID', async (world) =>
    (await clientOfPacks(world)).langpack.getStrings({ langPack: 'ios', langCode: 'en', keys: [] }),
  ),
  cause('help.acceptTermsOfService', '400 DATA_JSON_INVALID', async (world) => {
    const server = await world.start({ terms: { text: 'Be kind.' } })
    const client = await world.user(server)
    return client.help.acceptTermsOfService({ id: { _: 'dataJSON', data: 'no JSON' } })
  }),
]
