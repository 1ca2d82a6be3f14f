import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getMessages', {
  given: 'messageSaved',
  params: { id: [{ _: 'inputMessageID', id: 1 }] },
  as: 'found',
  answer: 'messages.messages',
  shows: { 'messages.length': 1, 'messages.0._': 'message', 'messages.0.message': 'Hello' },
})
