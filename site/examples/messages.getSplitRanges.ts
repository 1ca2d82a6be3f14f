import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getSplitRanges', {
  given: 'signedIn',
  params: {},
  shows: { length: 1, '0.minId': 1 },
})
