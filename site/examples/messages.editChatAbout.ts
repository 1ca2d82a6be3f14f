import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editChatAbout', {
  given: 'group',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId }, about: 'Games on Fridays' }),
  as: 'isChanged',
  shows: { '': true },
})
