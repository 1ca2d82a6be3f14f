import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeAfterMsgs', {
  given: 'anonymous',
  params: { msgIds: [], query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
