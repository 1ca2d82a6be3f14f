import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.allowSendMessage', {
  given: 'botKnown',
  params: ({ bot }) => ({ bot: { _: 'inputUser', userId: bot.id, accessHash: bot.accessHash } }),
  as: 'allowed',
  shows: {
    _: 'updates',
    'updates.1._': 'updateNewMessage',
    'updates.1.message._': 'messageService',
    'updates.1.message.action._': 'messageActionBotAllowed',
  },
})
