import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getFutureChatCreatorAfterLeave', {
  given: 'group',
  params: ({ group }) => ({ peer: { _: 'inputPeerChat', chatId: group.chatId } }),
  as: 'next',
  shows: { _: 'userEmpty' },
  note: 'A basic group stays with its creator here, also when the creator leaves.',
})
