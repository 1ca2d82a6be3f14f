import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.addChatUser', {
  given: 'groupLeft',
  params: ({ group }) => ({ chatId: group.chatId, userId: { _: 'inputUserSelf' }, fwdLimit: 0 }),
  as: 'back',
  shows: { 'updates._': 'updates', 'updates.chats.0._': 'chat', 'updates.chats.0.participantsCount': 2 },
})
