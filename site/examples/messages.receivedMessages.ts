import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.receivedMessages', {
  given: 'messageSaved',
  params: { maxId: 1 },
  as: 'received',
  shows: { length: 0 },
})
