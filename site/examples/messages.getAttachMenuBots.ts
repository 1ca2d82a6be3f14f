import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getAttachMenuBots', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'attachMenuBots',
  shows: { 'bots.length': 0 },
})
