import assert from 'node:assert/strict'
import type { DialogFilter } from '@cablegram/tl/api'
import { signUp } from '../e2e/logins.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const user = async (world: World) => world.user(await world.server())

const SELF = { _: 'inputPeerSelf' } as const
const HIDDEN = { _: 'inputDialogPeer', peer: NOBODY } as const
const SAVED = { _: 'inputDialogPeer', peer: SELF } as const

const UNKNOWN = {
  _: 'inputMessageEntityMentionName',
  offset: 0,
  length: 1,
  userId: { ...NOBODY, _: 'inputUser' },
} as const

/** A folder of the user's contacts. */
function folder(change: Partial<Extract<DialogFilter, { _: 'dialogFilter' }>> = {}): DialogFilter {
  return {
    _: 'dialogFilter',
    contacts: true,
    id: 2,
    title: { _: 'textWithEntities', text: 'Work', entities: [] },
    pinnedPeers: [],
    includePeers: [],
    excludePeers: [],
    ...change,
  }
}

const titled = (text: string): DialogFilter =>
  folder({ title: { _: 'textWithEntities', text, entities: [] } })

const FROM_NEWEST = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0, hash: 0n }

/** A user with six chats inside Saved Messages. */
const withSixSaved = (world: World) => withSixChats(world, SIX_SAVED)

/** A user with six chats in the list. */
async function withSixChats(world: World, sql = SIX_CHATS) {
  const { client } = await world.damaged(async (server, ada) => {
    await signUp(ada, server.info, world.phone())
    await ada.messages.sendMessage({ peer: SELF, message: 'first', randomId: 1n })
    for (const name of NAMES) {
      await server.users.create({ phone: world.phone(), firstName: 'Bob', username: name })
    }
  }, sql)
  const found = await Promise.all(NAMES.map((username) => client.contacts.resolveUsername({ username })))
  const others = found.map(({ users: [user] }) => {
    assert.ok(user?._ === 'user' && user.accessHash !== undefined)
    const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash } as const
    return { _: 'inputDialogPeer', peer } as const
  })
  return { client, chats: [SAVED, ...others] }
}

/** The first message, once for each of five others. */
const SIX_SAVED = `
  INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id, saved_peer_id)
    SELECT m.box_id, u.id, m.peer_id, m.from_id, m.is_out, m.date_s, m.random_id, m.pts, m.body_id, u.id
    FROM messages m JOIN users u ON u.id <> m.box_id WHERE m.saved_peer_id = m.box_id;`
const NAMES = ['bob_one', 'bob_two', 'bob_three', 'bob_four', 'bob_five']
const SIX_CHATS = `
  INSERT INTO dialogs (box_id, peer_id, top_id, top_date_s, message_count)
    SELECT d.box_id, u.id, d.top_id, d.top_date_s, d.message_count FROM dialogs d JOIN users u ON u.id <> d.box_id
    WHERE d.peer_id = d.box_id;`

type Act = (client: Awaited<ReturnType<typeof user>>) => Promise<unknown>

const of = (method: string, error: string, act: Act): Cause =>
  cause(method, error, async (world) => act(await user(world)))

/** Causes of errors about lists of chats, and about what clients ask of a chat. */
export const DIALOG_CAUSES: readonly Cause[] = [
  of('account.getNotifySettings', '400 PEER_ID_INVALID', ({ account }) =>
    account.getNotifySettings({ peer: { _: 'inputNotifyPeer', peer: NOBODY } }),
  ),
  of('account.updateNotifySettings', '400 PEER_ID_INVALID', ({ account }) =>
    account.updateNotifySettings({
      peer: { _: 'inputNotifyPeer', peer: NOBODY },
      settings: { _: 'inputPeerNotifySettings', muteUntil: 1 },
    }),
  ),
  of('account.updateNotifySettings', '400 SETTINGS_INVALID', ({ account }) =>
    account.updateNotifySettings({
      peer: { _: 'inputNotifyUsers' },
      settings: { _: 'inputPeerNotifySettings', muteUntil: -1 },
    }),
  ),
  of('account.getNotifyExceptions', '400 PEER_ID_INVALID', ({ account }) =>
    account.getNotifyExceptions({ peer: { _: 'inputNotifyPeer', peer: NOBODY } }),
  ),
  of('folders.editPeerFolders', '400 PEER_ID_INVALID', ({ folders }) =>
    folders.editPeerFolders({ folderPeers: [{ _: 'inputFolderPeer', peer: NOBODY, folderId: 1 }] }),
  ),
  of('folders.editPeerFolders', '400 FOLDER_ID_INVALID', ({ folders }) =>
    folders.editPeerFolders({ folderPeers: [{ _: 'inputFolderPeer', peer: SELF, folderId: 2 }] }),
  ),
  of('folders.editPeerFolders', '400 LIMIT_INVALID', ({ folders }) =>
    folders.editPeerFolders({
      folderPeers: Array(101).fill({ _: 'inputFolderPeer', peer: SELF, folderId: 1 }),
    }),
  ),
  of('messages.getDialogUnreadMarks', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.getDialogUnreadMarks({ parentPeer: NOBODY }),
  ),
  of('messages.markDialogUnread', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.markDialogUnread({ unread: true, peer: HIDDEN }),
  ),
  of('messages.toggleDialogPin', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.toggleDialogPin({ pinned: true, peer: HIDDEN }),
  ),
  of('messages.toggleDialogPin', '400 PEER_HISTORY_EMPTY', ({ messages }) =>
    messages.toggleDialogPin({ pinned: true, peer: SAVED }),
  ),
  cause('messages.toggleDialogPin', '400 PINNED_DIALOGS_TOO_MUCH', async (world) => {
    const { client, chats } = await withSixChats(world)
    for (const peer of chats) await client.messages.toggleDialogPin({ pinned: true, peer })
  }),
  cause('messages.reorderPinnedDialogs', '400 PINNED_DIALOGS_TOO_MUCH', async (world) => {
    const { client, chats } = await withSixChats(world)
    await client.messages.reorderPinnedDialogs({ force: true, folderId: 0, order: chats })
  }),
  of('messages.reorderPinnedDialogs', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.reorderPinnedDialogs({ folderId: 0, order: [HIDDEN] }),
  ),
  of('messages.reorderPinnedDialogs', '400 FOLDER_ID_INVALID', ({ messages }) =>
    messages.reorderPinnedDialogs({ folderId: 2, order: [] }),
  ),
  of('messages.reorderPinnedDialogs', '400 LIMIT_INVALID', ({ messages }) =>
    messages.reorderPinnedDialogs({ folderId: 0, order: Array(201).fill(SAVED) }),
  ),
  of('messages.saveDraft', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.saveDraft({ peer: NOBODY, message: 'Hello' }),
  ),
  of('messages.saveDraft', '400 ENTITY_BOUNDS_INVALID', ({ messages }) =>
    messages.saveDraft({
      peer: SELF,
      message: 'a',
      entities: [{ _: 'messageEntityBold', offset: 1, length: 1 }],
    }),
  ),
  of('messages.saveDraft', '400 ENTITY_MENTION_USER_INVALID', ({ messages }) =>
    messages.saveDraft({ peer: SELF, message: 'a', entities: [UNKNOWN] }),
  ),
  of('messages.updateDialogFilter', '400 ENTITY_MENTION_USER_INVALID', ({ messages }) =>
    messages.updateDialogFilter({
      id: 2,
      filter: folder({ title: { _: 'textWithEntities', text: 'a', entities: [UNKNOWN] } }),
    }),
  ),
  of('messages.saveDraft', '400 MESSAGE_TOO_LONG', ({ messages }) =>
    messages.saveDraft({ peer: SELF, message: 'a'.repeat(4097) }),
  ),
  of('messages.updateDialogFilter', '400 FILTER_ID_INVALID', ({ messages }) =>
    messages.updateDialogFilter({ id: 1 }),
  ),
  of('messages.updateDialogFilter', '400 FILTER_INCLUDE_EMPTY', ({ messages }) =>
    messages.updateDialogFilter({ id: 2, filter: folder({ contacts: false }) }),
  ),
  of('messages.updateDialogFilter', '400 FILTER_TITLE_EMPTY', ({ messages }) =>
    messages.updateDialogFilter({ id: 2, filter: titled(' ') }),
  ),
  of('messages.updateDialogFilter', '400 MESSAGE_TOO_LONG', ({ messages }) =>
    messages.updateDialogFilter({ id: 2, filter: titled('a'.repeat(13)) }),
  ),
  of('messages.updateDialogFilter', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.updateDialogFilter({ id: 2, filter: folder({ includePeers: [NOBODY] }) }),
  ),
  of('messages.updateDialogFilter', '400 LIMIT_INVALID', async ({ messages }) => {
    for (let id = 2; id <= 12; id++) await messages.updateDialogFilter({ id, filter: folder({ id }) })
  }),
  of('messages.updateDialogFiltersOrder', '400 LIMIT_INVALID', ({ messages }) =>
    messages.updateDialogFiltersOrder({ order: Array(201).fill(2) }),
  ),
  of('messages.getSponsoredMessages', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.getSponsoredMessages({ peer: NOBODY }),
  ),
  of('messages.reportMessagesDelivery', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.reportMessagesDelivery({ peer: NOBODY, id: [1] }),
  ),
  of('messages.reportReadMetrics', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.reportReadMetrics({ peer: NOBODY, metrics: [] }),
  ),
  of('payments.getSavedStarGifts', '400 PEER_ID_INVALID', ({ payments }) =>
    payments.getSavedStarGifts({ peer: NOBODY, offset: '', limit: 10 }),
  ),
  of('payments.getStarsStatus', '400 PEER_ID_INVALID', ({ payments }) =>
    payments.getStarsStatus({ peer: NOBODY }),
  ),
  of('stories.getAlbums', '400 PEER_ID_INVALID', ({ stories }) =>
    stories.getAlbums({ peer: NOBODY, hash: 0n }),
  ),
  of('stories.getPeerStories', '400 PEER_ID_INVALID', ({ stories }) =>
    stories.getPeerStories({ peer: NOBODY }),
  ),
  of('stories.getPinnedStories', '400 PEER_ID_INVALID', ({ stories }) =>
    stories.getPinnedStories({ peer: NOBODY, offsetId: 0, limit: 10 }),
  ),
  of('messages.getStickerSet', '406 STICKERSET_INVALID', ({ messages }) =>
    messages.getStickerSet({ stickerset: { _: 'inputStickerSetAnimatedEmoji' }, hash: 0 }),
  ),
  of('messages.getSavedDialogs', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.getSavedDialogs({ offsetDate: 1, offsetId: 1, offsetPeer: NOBODY, limit: 1, hash: 0n }),
  ),
  of('messages.getSavedDialogsByID', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.getSavedDialogsByID({ ids: [NOBODY] }),
  ),
  of('messages.getSavedDialogsByID', '400 LIMIT_INVALID', ({ messages }) =>
    messages.getSavedDialogsByID({ ids: Array<typeof SELF>(201).fill(SELF) }),
  ),
  of('messages.getSavedHistory', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.getSavedHistory({ ...FROM_NEWEST, peer: NOBODY }),
  ),
  of('messages.deleteSavedHistory', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.deleteSavedHistory({ peer: NOBODY, maxId: 0 }),
  ),
  of('messages.toggleSavedDialogPin', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.toggleSavedDialogPin({ pinned: true, peer: HIDDEN }),
  ),
  of('messages.toggleSavedDialogPin', '400 PEER_HISTORY_EMPTY', ({ messages }) =>
    messages.toggleSavedDialogPin({ pinned: true, peer: SAVED }),
  ),
  of('messages.reorderPinnedSavedDialogs', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.reorderPinnedSavedDialogs({ order: [HIDDEN] }),
  ),
  of('messages.reorderPinnedSavedDialogs', '400 LIMIT_INVALID', ({ messages }) =>
    messages.reorderPinnedSavedDialogs({ order: Array<typeof SAVED>(201).fill(SAVED) }),
  ),
  cause('messages.toggleSavedDialogPin', '400 PINNED_DIALOGS_TOO_MUCH', async (world) => {
    const { client, chats } = await withSixSaved(world)
    for (const peer of chats) await client.messages.toggleSavedDialogPin({ pinned: true, peer })
  }),
  cause('messages.reorderPinnedSavedDialogs', '400 PINNED_DIALOGS_TOO_MUCH', async (world) => {
    const { client, chats } = await withSixSaved(world)
    await client.messages.reorderPinnedSavedDialogs({ force: true, order: chats })
  }),
]
