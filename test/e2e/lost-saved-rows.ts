/** Lost answers of the methods of Saved Messages, of polls with open answers, and of reactions of groups. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { InputMedia } from '@cablegram/tl/api'
import { sceneIn } from './lost-group-rows.ts'
import type { LostAnswerRow } from './lost-world.ts'

const SELF = { _: 'inputPeerSelf' } as const
const CHAT = { _: 'inputDialogPeer', peer: SELF } as const
const LIKE = { _: 'reactionEmoji', emoticon: '👍' } as const

/** A row in which a note is in Saved Messages. */
function withNote(
  call: (client: TelegramClient) => Promise<unknown>,
  told: unknown,
  check: (client: TelegramClient) => Promise<void>,
): LostAnswerRow {
  return async (world) => {
    const client = await world.user()
    await client.messages.sendMessage({ peer: SELF, message: 'note', randomId: 1n })
    return { client, call: () => call(client), told, check: () => check(client) }
  }
}

/** A row in which the caller has a group, and has reacted to its first message. */
function inGroup(
  call: (client: TelegramClient, chatId: bigint) => Promise<unknown>,
  told: unknown,
): LostAnswerRow {
  return async (world) => {
    const { client, chatId, peer } = await sceneIn(world)
    await client.messages.sendMessage({ peer, message: 'hi', randomId: 2n })
    await client.messages.sendReaction({ peer, msgId: 2, reaction: [LIKE] })
    return { client, call: () => call(client, chatId), told }
  }
}

const pinned = async (client: TelegramClient): Promise<void> => {
  const answer = await client.messages.getPinnedSavedDialogs()
  assert.equal(answer._ === 'messages.savedDialogs' && answer.dialogs.length, 1)
}

const answer = (text: string, option: number) => ({
  _: 'pollAnswer' as const,
  text: { _: 'textWithEntities' as const, text, entities: [] },
  option: Uint8Array.of(option),
})
const POLL: InputMedia = {
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    openAnswers: true,
    question: { _: 'textWithEntities', text: '?', entities: [] },
    answers: [answer('a', 0), answer('b', 1)],
  },
}

/** A row in which a poll that takes answers is in Saved Messages, with one of them. */
function withPoll(call: (client: TelegramClient) => Promise<unknown>, told: unknown): LostAnswerRow {
  return async (world) => {
    const client = await world.user()
    await client.messages.sendMedia({ peer: SELF, media: POLL, message: '', randomId: 1n })
    await client.messages.addPollAnswer({ peer: SELF, msgId: 1, answer: answer('c', 2) })
    return { client, call: () => call(client), told }
  }
}

/** Outcomes of lost answers about Saved Messages and reactions. */
export const LOST_SAVED_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'messages.getSavedDialogs': 'reads',
  'messages.getSavedDialogsByID': 'reads',
  'messages.getPinnedSavedDialogs': 'reads',
  'messages.getSavedHistory': 'reads',
  'messages.getSavedReactionTags': 'reads',
  'messages.getDefaultTagReactions': 'reads',
  'messages.deleteSavedHistory': withNote(
    (client) => client.messages.deleteSavedHistory({ peer: SELF, maxId: 0 }),
    'messages.affectedHistory',
    async (client) => {
      const answer = await client.messages.getSavedDialogsByID({ ids: [SELF] })
      assert.equal(answer._ === 'messages.savedDialogs' && answer.dialogs.length, 0)
    },
  ),
  'messages.toggleSavedDialogPin': withNote(
    (client) => client.messages.toggleSavedDialogPin({ pinned: true, peer: CHAT }),
    true,
    pinned,
  ),
  'messages.reorderPinnedSavedDialogs': withNote(
    (client) => client.messages.reorderPinnedSavedDialogs({ force: true, order: [CHAT] }),
    true,
    pinned,
  ),
  'messages.setDefaultReaction': withNote(
    (client) => client.messages.setDefaultReaction({ reaction: LIKE }),
    true,
    async (client) => assert.deepEqual((await client.help.getConfig()).reactionsDefault, LIKE),
  ),
  'messages.setChatAvailableReactions': inGroup(
    (client, chatId) =>
      client.messages.setChatAvailableReactions({
        peer: { _: 'inputPeerChat', chatId },
        availableReactions: { _: 'chatReactionsNone' },
      }),
    '400 CHAT_NOT_MODIFIED',
  ),
  'messages.deleteParticipantReaction': inGroup(
    (client, chatId) =>
      client.messages.deleteParticipantReaction({
        peer: { _: 'inputPeerChat', chatId },
        msgId: 2,
        participant: SELF,
      }),
    'updates',
  ),
  'messages.deleteParticipantReactions': inGroup(
    (client, chatId) =>
      client.messages.deleteParticipantReactions({
        peer: { _: 'inputPeerChat', chatId },
        participant: SELF,
      }),
    true,
  ),
  'messages.getUnreadPollVotes': 'reads',
  'messages.addPollAnswer': withPoll(
    (client) => client.messages.addPollAnswer({ peer: SELF, msgId: 1, answer: answer('d', 3) }),
    '400 POLL_OPTION_DUPLICATE',
  ),
  'messages.deletePollAnswer': withPoll(
    (client) => client.messages.deletePollAnswer({ peer: SELF, msgId: 1, option: Uint8Array.of(2) }),
    '400 OPTION_INVALID',
  ),
  'messages.readPollVotes': withPoll(
    (client) => client.messages.readPollVotes({ peer: SELF }),
    'messages.affectedHistory',
  ),
}
