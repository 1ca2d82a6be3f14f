import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.sendReaction', {
  given: 'messageSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    msgId: 1,
    reaction: [{ _: 'reactionEmoji', emoticon: '👍' }],
  },
  as: 'reacted',
  shows: {
    _: 'updates',
    'updates.0._': 'updateMessageReactions',
    'updates.0.reactions.results.0.count': 1,
  },
})
