import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithApnsSecret', {
  given: 'anonymous',
  params: { nonce: 'nonce', secret: 'secret', query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
