import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.startBot', {
  given: 'botKnown',
  params: ({ bot }) => ({
    bot: { _: 'inputUser', userId: bot.id, accessHash: bot.accessHash },
    peer: { _: 'inputPeerUser', userId: bot.id, accessHash: bot.accessHash },
    randomId: 1n,
    startParam: 'from-link',
  }),
  as: 'started',
  shows: {
    _: 'updates',
    'updates.1._': 'updateNewMessage',
    'updates.1.message._': 'message',
    'updates.1.message.message': '/start',
  },
  note: 'The bot reads `/start from-link`.',
})
