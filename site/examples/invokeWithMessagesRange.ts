import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithMessagesRange', {
  given: 'anonymous',
  params: { range: { _: 'messageRange', minId: 1, maxId: 100 }, query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
