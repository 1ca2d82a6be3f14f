import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithBusinessConnection', {
  given: 'anonymous',
  params: { connectionId: 'connection', query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
