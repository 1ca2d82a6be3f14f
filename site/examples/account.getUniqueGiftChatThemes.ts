import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getUniqueGiftChatThemes', {
  given: 'signedIn',
  params: { offset: '', limit: 10, hash: 0n },
  answer: 'account.chatThemes',
  shows: { 'themes.length': 0 },
})
