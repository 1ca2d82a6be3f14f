import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.readMessageContents', {
  given: 'messageSaved',
  params: { id: [1] },
  as: 'read',
  shows: { _: 'messages.affectedMessages', ptsCount: 0 },
})
