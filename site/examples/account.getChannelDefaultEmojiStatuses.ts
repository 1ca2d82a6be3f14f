import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getChannelDefaultEmojiStatuses', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'account.emojiStatuses',
  shows: { 'statuses.length': 0 },
})
