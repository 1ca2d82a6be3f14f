/** Lost answers of messages in the chat with oneself, and of the list of chats. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { DialogFilter, InputMedia } from '@cablegram/tl/api'
import { type LostAnswerRow, type LostCall, type LostWorld, SELF, settings } from './lost-world.ts'

const DICE = { _: 'inputMediaDice', emoticon: '🎲' } as const
const POLL: InputMedia = {
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    question: { _: 'textWithEntities', text: 'Tea?', entities: [] },
    answers: [1, 2].map((option) => ({
      _: 'pollAnswer',
      text: { _: 'textWithEntities', text: String(option), entities: [] },
      option: Uint8Array.of(option),
    })),
  },
}
const SAVED_CHAT = { _: 'inputDialogPeer', peer: SELF } as const
const FRIENDS = {
  _: 'dialogFilter',
  contacts: true,
  id: 2,
  title: { _: 'textWithEntities', text: 'Friends', entities: [] },
  pinnedPeers: [],
  includePeers: [],
  excludePeers: [],
} satisfies DialogFilter

/** A user who has written a note to themselves. */
const noted = async (
  world: LostWorld,
  change: (client: TelegramClient) => Promise<unknown>,
): Promise<LostCall> => {
  const client = await world.user()
  await client.messages.sendMessage({ peer: SELF, message: 'a note', randomId: 1n })
  return { client, call: () => change(client), told: true }
}

/** Methods that change messages and chats. */
export const LOST_MESSAGE_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'messages.readDiscussion': { because: 'the server has no channels: nothing is ever changed' },
  'messages.saveDraft': async (world) => {
    const row = await settings(world, ({ messages }) => messages.saveDraft({ peer: SELF, message: 'Hello' }))
    const check = async () => {
      const drafts = await row.client.messages.getAllDrafts()
      assert.equal(drafts._ === 'updates' && drafts.updates.length, 1)
    }
    return { ...row, check }
  },
  'messages.clearAllDrafts': (world) => settings(world, async ({ messages }) => messages.clearAllDrafts()),
  'messages.toggleDialogPin': (world) =>
    noted(world, ({ messages }) => messages.toggleDialogPin({ pinned: true, peer: SAVED_CHAT })),
  'messages.reorderPinnedDialogs': (world) =>
    noted(world, ({ messages }) =>
      messages.reorderPinnedDialogs({ force: true, folderId: 0, order: [SAVED_CHAT] }),
    ),
  'messages.markDialogUnread': async (world) => {
    const row = await noted(world, ({ messages }) =>
      messages.markDialogUnread({ unread: true, peer: SAVED_CHAT }),
    )
    const check = async () => assert.equal((await row.client.messages.getDialogUnreadMarks({})).length, 1)
    return { ...row, check }
  },
  'folders.editPeerFolders': async (world) => {
    const folderPeers = [{ _: 'inputFolderPeer', peer: SELF, folderId: 1 } as const]
    const row = await noted(world, ({ folders }) => folders.editPeerFolders({ folderPeers }))
    return { ...row, told: 'updates' }
  },
  'messages.updateDialogFilter': async (world) => {
    const row = await settings(world, ({ messages }) =>
      messages.updateDialogFilter({ id: 2, filter: FRIENDS }),
    )
    const check = async () => assert.equal((await row.client.messages.getDialogFilters()).filters.length, 2)
    return { ...row, check }
  },
  'messages.updateDialogFiltersOrder': (world) =>
    settings(world, ({ messages }) => messages.updateDialogFiltersOrder({ order: [0] })),
  'messages.reportSpam': (world) => settings(world, ({ messages }) => messages.reportSpam({ peer: SELF })),
  'messages.reportReaction': (world) =>
    noted(world, ({ messages }) => messages.reportReaction({ peer: SELF, id: 1, reactionPeer: SELF })),
  'messages.toggleDialogFilterTags': { because: 'nobody has Premium here, which the tags need' },
  'messages.sendMessage': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.messages.sendMessage({ peer: SELF, message: 'once', randomId: 5n }),
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 1)
      },
    }
  },
  'messages.readHistory': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'read', randomId: 6n })
    const call = () => client.messages.readHistory({ peer: SELF, maxId: 1 })
    return { client, call, told: 'messages.affectedMessages' }
  },
  'messages.deleteMessages': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'gone', randomId: 7n })
    const call = () => client.messages.deleteMessages({ id: [1] })
    return { client, call, told: 'messages.affectedMessages' }
  },
  'messages.deleteHistory': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'gone', randomId: 8n })
    const call = () => client.messages.deleteHistory({ peer: SELF, maxId: 0 })
    return { client, call, told: 'messages.affectedHistory' }
  },
  'messages.editMessage': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'before', randomId: 9n })
    const call = () => client.messages.editMessage({ peer: SELF, id: 1, message: 'after' })
    return { client, call, told: '400 MESSAGE_NOT_MODIFIED' }
  },
  'messages.forwardMessages': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'again', randomId: 10n })
    const copy = { fromPeer: SELF, id: [1], randomId: [11n], toPeer: SELF }
    return {
      client,
      call: () => client.messages.forwardMessages(copy),
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 2)
      },
    }
  },
  'messages.updatePinnedMessage': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'pinned', randomId: 12n })
    const call = () => client.messages.updatePinnedMessage({ peer: SELF, id: 1 })
    return { client, call, told: '400 CHAT_NOT_MODIFIED' }
  },
  'messages.unpinAllMessages': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'pinned', randomId: 13n })
    await client.messages.updatePinnedMessage({ peer: SELF, id: 1 })
    const call = () => client.messages.unpinAllMessages({ peer: SELF })
    return { client, call, told: 'messages.affectedHistory' }
  },
  'messages.readMessageContents': async (world) => {
    const client = await world.user()
    const call = () => client.messages.readMessageContents({ id: [1] })
    return { client, call, told: 'messages.affectedMessages' }
  },
  'messages.readMentions': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.messages.readMentions({ peer: SELF }),
      told: 'messages.affectedHistory',
    }
  },
  'messages.setTyping': { because: 'what somebody does now is kept nowhere, and is told again' },
  'messages.sendMedia': async (world) => {
    const client = await world.user()
    return {
      client,
      call: () => client.messages.sendMedia({ peer: SELF, media: DICE, message: '', randomId: 14n }),
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 1)
      },
    }
  },
  'messages.sendVote': async (world) => {
    const client = await world.user()
    await client.messages.sendMedia({ peer: SELF, media: POLL, message: '', randomId: 15n })
    const call = () => client.messages.sendVote({ peer: SELF, msgId: 1, options: [Uint8Array.of(1)] })
    return { client, call, told: 'updates' }
  },
  'messages.sendReaction': async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'good', randomId: 16n })
    const reaction = [{ _: 'reactionEmoji', emoticon: '👍' } as const]
    const call = () => client.messages.sendReaction({ peer: SELF, msgId: 1, reaction })
    return { client, call, told: '400 MESSAGE_NOT_MODIFIED' }
  },
  'messages.readReactions': async (world) => {
    const client = await world.user()
    const call = () => client.messages.readReactions({ peer: SELF })
    return { client, call, told: 'messages.affectedHistory' }
  },
  'messages.clearRecentReactions': { because: 'the server keeps no such list' },
}
