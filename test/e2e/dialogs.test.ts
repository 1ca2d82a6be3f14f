/** Lists of chats over the wire: what one session of an account changes, the other is told, and finds again. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { DialogFilter, Update, Updates } from '@cablegram/tl/api'
import { signUp } from './logins.ts'

const SELF = { _: 'inputPeerSelf' } as const
const SAVED = { _: 'inputDialogPeer', peer: SELF } as const
const BOLD = { _: 'messageEntityBold', offset: 0, length: 5 } as const

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

function connect(server: CablegramServer): TelegramClient {
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  open.push(client)
  return client
}

/** Two sessions of Ada, the updates that the second one gets, and Bob, whom she has written to. */
async function createScene() {
  const server = await startServer({ store: 'memory', testClock: true })
  open.push(server)
  const [one, other] = [connect(server), connect(server)]
  const phone = '+9996621234'
  await signUp(one, server.info, phone)
  await other.start({ phone: async () => phone, code: async () => '22222' })
  const heard: Update[] = []
  other.onUpdate((updates: Updates) => {
    if (updates._ === 'updates') heard.push(...updates.updates)
  })
  await other.updates.getState()
  await one.messages.sendMessage({ peer: SELF, message: 'a note', randomId: 1n })
  const [self] = await one.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  const userId = self?.id ?? assert.fail()
  /** The next update of this kind that the other session gets. */
  const next = async <K extends Update['_']>(kind: K): Promise<Extract<Update, { _: K }>> => {
    for (;;) {
      const found = heard.findIndex(({ _ }) => _ === kind)
      if (found >= 0) return heard.splice(found, 1)[0] as Extract<Update, { _: K }>
      await other.updates.getState()
    }
  }
  return { server, one, other, heard, next, self: { _: 'peerUser', userId } as const }
}

test('a draft reaches the other session, stands in the list, and goes', async () => {
  const { one, other, next, self } = await createScene()
  const replyTo = { _: 'inputReplyToMessage', replyToMsgId: 1 } as const
  const draft = { peer: SELF, message: 'Hello, ', entities: [BOLD], replyTo, noWebpage: true }
  assert.equal(await one.messages.saveDraft(draft), true)
  const told = await next('updateDraftMessage')
  assert.deepEqual(told.peer, self)
  assert.ok(told.draft._ === 'draftMessage')
  const { date, ...kept } = told.draft
  assert.deepEqual(kept, {
    _: 'draftMessage',
    noWebpage: true,
    replyTo,
    message: 'Hello,',
    entities: [BOLD],
  })
  assert.ok(date > 0)
  const all = await other.messages.getAllDrafts()
  assert.ok(all._ === 'updates')
  assert.deepEqual(all.updates, [told])
  assert.deepEqual(
    all.users.map(({ id }) => id),
    [self.userId],
  )
  await one.messages.saveDraft({ peer: SELF, message: '' })
  const gone = await next('updateDraftMessage')
  assert.equal(gone.draft._, 'draftMessageEmpty')
  assert.ok(gone.draft._ === 'draftMessageEmpty' && gone.draft.date !== undefined)
  const none = await other.messages.getAllDrafts()
  assert.deepEqual(none._ === 'updates' && none.updates, [])
})

test('all drafts go at once, and the other session is told of each', async () => {
  const { one, next, self } = await createScene()
  await one.messages.saveDraft({ peer: SELF, message: 'Hello' })
  assert.equal((await next('updateDraftMessage')).draft._, 'draftMessage')
  await one.messages.clearAllDrafts()
  const gone = await next('updateDraftMessage')
  assert.deepEqual([gone.peer, gone.draft._], [self, 'draftMessageEmpty'])
})

test('a session that was away learns of a draft from its difference', async () => {
  const { one, other } = await createScene()
  const { pts, date } = await other.updates.getState()
  await one.messages.saveDraft({ peer: SELF, message: 'Hello' })
  const missed = await other.updates.getDifference({ pts, date, qts: 0 })
  assert.ok(missed._ === 'updates.difference')
  const drafts = missed.otherUpdates.filter(({ _ }) => _ === 'updateDraftMessage')
  assert.equal(drafts.length, 1)
})

test('a chat is pinned, put in order and unpinned', async () => {
  const { one, other, next, self } = await createScene()
  const peer = { _: 'dialogPeer', peer: self } as const
  assert.equal(await one.messages.toggleDialogPin({ pinned: true, peer: SAVED }), true)
  assert.deepEqual(await next('updateDialogPinned'), { _: 'updateDialogPinned', pinned: true, peer })
  await one.messages.reorderPinnedDialogs({ force: true, folderId: 0, order: [] })
  assert.deepEqual(await next('updatePinnedDialogs'), { _: 'updatePinnedDialogs', order: [] })
  const archive = { _: 'inputDialogPeerFolder', folderId: 1 } as const
  await one.messages.reorderPinnedDialogs({ force: true, folderId: 0, order: [archive, SAVED] })
  assert.deepEqual(await next('updatePinnedDialogs'), { _: 'updatePinnedDialogs', order: [peer] })
  await other.messages.toggleDialogPin({ peer: SAVED })
  await one.messages.toggleDialogPin({ pinned: true, peer: SAVED })
  assert.ok((await next('updateDialogPinned')).pinned)
})

test('a chat goes to the archive under a pts, without its pin', async () => {
  const { one, other, next, self } = await createScene()
  await one.messages.toggleDialogPin({ pinned: true, peer: SAVED })
  const before = await other.updates.getState()
  const folderPeers = [{ _: 'inputFolderPeer', peer: SELF, folderId: 1 } as const]
  const answer = await one.folders.editPeerFolders({ folderPeers })
  assert.ok(answer._ === 'updates')
  const told = {
    _: 'updateFolderPeers',
    folderPeers: [{ _: 'folderPeer', peer: self, folderId: 1 }],
    pts: before.pts + 1,
    ptsCount: 1,
  }
  assert.deepEqual(answer.updates, [told])
  assert.deepEqual(await next('updateFolderPeers'), told)
  const again = await one.folders.editPeerFolders({ folderPeers })
  assert.deepEqual(again._ === 'updates' && again.updates, [])
  await one.messages.toggleDialogPin({ pinned: true, peer: SAVED })
  const pinned = await next('updateDialogPinned')
  if (pinned.folderId === undefined) assert.equal((await next('updateDialogPinned')).folderId, 1)
})

test('a mark of an unread chat is told, listed and taken away', async () => {
  const { one, other, next, self } = await createScene()
  const peer = { _: 'dialogPeer', peer: self } as const
  await one.messages.markDialogUnread({ unread: true, peer: SAVED })
  assert.deepEqual(await next('updateDialogUnreadMark'), { _: 'updateDialogUnreadMark', unread: true, peer })
  assert.deepEqual(await other.messages.getDialogUnreadMarks({}), [peer])
  await one.messages.markDialogUnread({ peer: SAVED })
  assert.deepEqual(await next('updateDialogUnreadMark'), { _: 'updateDialogUnreadMark', peer })
  assert.deepEqual(await other.messages.getDialogUnreadMarks({}), [])
})

test('kinds of chats have full notification settings, and a chat only those of its own', async () => {
  const { one, other, next, self } = await createScene()
  const kinds = ['inputNotifyUsers', 'inputNotifyChats', 'inputNotifyBroadcasts'] as const
  const full = { _: 'peerNotifySettings', showPreviews: true, silent: false, muteUntil: 0 } as const
  for (const _ of kinds) assert.deepEqual(await one.account.getNotifySettings({ peer: { _ } }), full)
  const chat = { _: 'inputNotifyPeer', peer: SELF } as const
  assert.deepEqual(await one.account.getNotifySettings({ peer: chat }), { _: 'peerNotifySettings' })
  const muted = { muteUntil: 2_000_000_000 }
  await one.account.updateNotifySettings({ peer: chat, settings: { _: 'inputPeerNotifySettings', ...muted } })
  const told = {
    _: 'updateNotifySettings',
    peer: { _: 'notifyPeer', peer: self },
    notifySettings: { _: 'peerNotifySettings', ...muted },
  }
  assert.deepEqual(await next('updateNotifySettings'), told)
  const { fullUser } = await other.users.getFullUser({ id: { _: 'inputUserSelf' } })
  assert.deepEqual(fullUser.notifySettings, told.notifySettings)
  const exceptions = await other.account.getNotifyExceptions({})
  assert.deepEqual(exceptions._ === 'updates' && exceptions.updates, [told])
  const ofGroups = await other.account.getNotifyExceptions({ peer: { _: 'inputNotifyChats' } })
  assert.deepEqual(ofGroups._ === 'updates' && ofGroups.updates, [])
  const users = { _: 'inputNotifyUsers' } as const
  const silent = { _: 'inputPeerNotifySettings', silent: true } as const
  await one.account.updateNotifySettings({ peer: users, settings: silent })
  const kind = await next('updateNotifySettings')
  assert.deepEqual([kind.peer, kind.notifySettings], [{ _: 'notifyUsers' }, { ...full, silent: true }])
  await one.account.resetNotifySettings()
  assert.deepEqual(await other.account.getNotifySettings({ peer: users }), full)
  assert.deepEqual(await other.account.getNotifySettings({ peer: chat }), { _: 'peerNotifySettings' })
  await next('updateNotifySettings')
  await next('updateNotifySettings')
})

function folder(id: number, text: string): Extract<DialogFilter, { _: 'dialogFilter' }> {
  return {
    _: 'dialogFilter',
    contacts: true,
    excludeMuted: true,
    id,
    title: { _: 'textWithEntities', text, entities: [] },
    emoticon: '🐱',
    pinnedPeers: [],
    includePeers: [],
    excludePeers: [],
  }
}

test('folders are made, changed, ordered and deleted', async () => {
  const { one, other, next, self } = await createScene()
  const all = { _: 'dialogFilterDefault' } as const
  const [work, fun] = [folder(2, 'Work'), folder(3, 'Fun')]
  await one.messages.updateDialogFilter({ id: 2, filter: work })
  assert.deepEqual(await next('updateDialogFilter'), { _: 'updateDialogFilter', id: 2, filter: work })
  await one.messages.updateDialogFilter({ id: 3, filter: { ...fun, includePeers: [SELF] } })
  const { filter: told } = await next('updateDialogFilter')
  assert.ok(told?._ === 'dialogFilter')
  const [included] = told.includePeers
  assert.ok(included?._ === 'inputPeerUser' && included.userId === self.userId)
  assert.deepEqual((await other.messages.getDialogFilters()).filters, [all, work, told])
  await one.messages.updateDialogFiltersOrder({ order: [0, 3, 2] })
  assert.deepEqual((await next('updateDialogFilterOrder')).order, [0, 3, 2])
  assert.deepEqual((await other.messages.getDialogFilters()).filters, [all, told, work])
  await one.messages.updateDialogFilter({ id: 3 })
  assert.deepEqual(await next('updateDialogFilter'), { _: 'updateDialogFilter', id: 3 })
  assert.deepEqual((await other.messages.getDialogFilters()).filters, [all, work])
})

test('two folders are suggested, of which each says what it has', async () => {
  const { one } = await createScene()
  const suggested = await one.messages.getSuggestedDialogFilters()
  assert.deepEqual(
    suggested.map(({ filter }) => filter._ === 'dialogFilter' && [filter.title.text, filter.id]),
    [
      ['Unread', 0],
      ['Personal', 0],
    ],
  )
})

/** Bob, as Ada's sessions know him, and a way for him to write to her. */
async function withBob(scene: Awaited<ReturnType<typeof createScene>>) {
  const { server, one } = scene
  const bob = connect(server)
  await signUp(bob, server.info, '+9996625678')
  await bob.account.updateUsername({ username: 'bob_writes' })
  await one.account.updateUsername({ username: 'ada_reads' })
  const peerFor = async (client: TelegramClient, username: string) => {
    const { users } = await client.contacts.resolveUsername({ username })
    const [user] = users
    assert.ok(user?._ === 'user' && user.accessHash !== undefined)
    return { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash } as const
  }
  const [peer, ada] = [await peerFor(one, 'bob_writes'), await peerFor(bob, 'ada_reads')]
  let randomId = 100n
  const write = () => bob.messages.sendMessage({ peer: ada, message: 'Hello', randomId: ++randomId })
  return { peer, write }
}

test('a draft stands in the list of chats, and goes with the message that it becomes', async () => {
  const { one, other, next } = await createScene()
  await one.messages.saveDraft({ peer: SELF, message: 'Hello' })
  const draftOf = async () => {
    const { dialogs } = await other.messages.getPeerDialogs({ peers: [SAVED] })
    const [dialog] = dialogs
    return dialog?._ === 'dialog' && dialog.draft?._ === 'draftMessage' ? dialog.draft.message : undefined
  }
  assert.equal(await draftOf(), 'Hello')
  await next('updateDraftMessage')
  await one.messages.sendMessage({ peer: SELF, message: 'Hello', randomId: 2n, clearDraft: true })
  assert.equal((await next('updateDraftMessage')).draft._, 'draftMessageEmpty')
  assert.equal(await draftOf(), undefined)
})

test('the archive is an entry of the pinned chats, and its chats are in its own list', async () => {
  const scene = await createScene()
  const { one, other } = scene
  const { peer, write } = await withBob(scene)
  await write()
  const folderPeers = [{ _: 'inputFolderPeer', peer, folderId: 1 } as const]
  await one.folders.editPeerFolders({ folderPeers })
  await one.messages.toggleDialogPin({ pinned: true, peer: SAVED })
  const bob = { _: 'peerUser', userId: peer.userId } as const
  const pinned = await other.messages.getPinnedDialogs({ folderId: 0 })
  const [archive, saved, ...more] = pinned.dialogs
  const top = pinned.messages.find(({ peerId }) => peerId?._ === 'peerUser' && peerId.userId === bob.userId)
  assert.deepEqual(archive, {
    _: 'dialogFolder',
    pinned: true,
    folder: { _: 'folder', id: 1, title: 'Archived Chats' },
    peer: bob,
    topMessage: top?.id,
    unreadMutedPeersCount: 0,
    unreadUnmutedPeersCount: 1,
    unreadMutedMessagesCount: 0,
    unreadUnmutedMessagesCount: 1,
  })
  assert.ok(pinned.users.some(({ id }) => id === bob.userId))
  assert.deepEqual([saved?._ === 'dialog' && saved.pinned, more], [true, []])
  const page = {
    offsetDate: 0,
    offsetId: 0,
    offsetPeer: { _: 'inputPeerEmpty' },
    limit: 20,
    hash: 0n,
  } as const
  const archived = await other.messages.getDialogs({ ...page, folderId: 1 })
  assert.ok(archived._ === 'messages.dialogs')
  assert.deepEqual(
    archived.dialogs.map((dialog) => dialog._ === 'dialog' && dialog.peer),
    [bob],
  )
  assert.deepEqual((await other.messages.getPinnedDialogs({ folderId: 1 })).dialogs, [])
})

test('a message brings a chat back from the archive, unless the chat is muted', async () => {
  const scene = await createScene()
  const { one, other, next } = scene
  const { peer, write } = await withBob(scene)
  await write()
  const folderPeers = [{ _: 'inputFolderPeer', peer, folderId: 1 } as const]
  await one.folders.editPeerFolders({ folderPeers })
  assert.equal((await next('updateFolderPeers')).folderPeers[0]?.folderId, 1)
  await write()
  const back = await next('updateFolderPeers')
  assert.deepEqual(back.folderPeers[0]?.folderId, 0)
  assert.equal(back.pts, (await other.updates.getState()).pts)
  await one.folders.editPeerFolders({ folderPeers })
  const muted = { _: 'inputPeerNotifySettings', muteUntil: 2_147_483_647 } as const
  await one.account.updateNotifySettings({ peer: { _: 'inputNotifyPeer', peer }, settings: muted })
  await write()
  const { dialogs } = await other.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] })
  assert.equal(dialogs[0]?._ === 'dialog' && dialogs[0].folderId, 1)
})
