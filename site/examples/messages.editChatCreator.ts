import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.editChatCreator', {
  given: 'group',
  params: ({ grace, group }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    userId: { _: 'inputUser', userId: grace.id, accessHash: grace.accessHash },
    password: { _: 'inputCheckPasswordEmpty' },
  }),
  refused: '400 PASSWORD_MISSING',
  note: 'With a password of the account, the answer has the service message that tells of it.',
})
