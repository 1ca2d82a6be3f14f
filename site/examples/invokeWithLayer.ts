import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithLayer', {
  given: 'anonymous',
  params: { layer: 228, query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
