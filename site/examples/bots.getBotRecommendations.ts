import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.getBotRecommendations', {
  given: 'botKnown',
  params: ({ bot }) => ({ bot: { _: 'inputUser', userId: bot.id, accessHash: bot.accessHash } }),
  as: 'found',
  shows: { _: 'users.users', 'users.length': 0 },
})
