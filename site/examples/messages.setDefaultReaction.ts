import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.setDefaultReaction', {
  given: 'signedIn',
  params: { reaction: { _: 'reactionEmoji', emoticon: '👍' } },
  as: 'done',
  shows: { '': true },
})
