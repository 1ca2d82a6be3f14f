import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getAvailableEffects', {
  given: 'signedIn',
  params: { hash: 0 },
  answer: 'messages.availableEffects',
  shows: { 'effects.length': 0 },
})
