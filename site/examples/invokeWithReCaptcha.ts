import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeWithReCaptcha', {
  given: 'anonymous',
  params: { token: 'token', query: queryOf('help.getNearestDc') },
  shows: { length: 16 },
})
