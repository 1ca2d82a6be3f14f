import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.canSendMessage', {
  given: 'botKnown',
  params: ({ bot }) => ({ bot: { _: 'inputUser', userId: bot.id, accessHash: bot.accessHash } }),
  shows: { '': false },
})
