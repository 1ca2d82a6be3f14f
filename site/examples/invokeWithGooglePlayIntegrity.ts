import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithGooglePlayIntegrity', {
  given: 'anonymous',
  params: { nonce: 'nonce', token: 'token', query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
