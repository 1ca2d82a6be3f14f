import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.deleteMessages', {
  given: 'messageSaved',
  params: { id: [1] },
  as: 'deleted',
  shows: { _: 'messages.affectedMessages', ptsCount: 1 },
})
