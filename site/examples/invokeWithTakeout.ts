import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithTakeout', {
  given: 'anonymous',
  params: { takeoutId: 1n, query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
