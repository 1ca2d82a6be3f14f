import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.checkChatInvite', {
  given: 'linkOfClub',
  params: ({ link }) => ({ hash: link }),
  as: 'shown',
  answer: 'chatInvite',
  shows: { title: 'Chess club', participantsCount: 2 },
})
