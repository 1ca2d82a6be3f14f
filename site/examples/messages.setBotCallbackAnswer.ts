import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.setBotCallbackAnswer', {
  given: 'botSignedIn',
  params: { queryId: 1n, message: 'Done', cacheTime: 0 },
  refused: '400 QUERY_ID_INVALID',
  note: 'The query_id is that of an updateBotCallbackQuery, for ten seconds.',
})
