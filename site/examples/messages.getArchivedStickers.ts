import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getArchivedStickers', {
  given: 'signedIn',
  params: { offsetId: 0n, limit: 10 },
  shows: { count: 0 },
})
