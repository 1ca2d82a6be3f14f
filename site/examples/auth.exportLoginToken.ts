import { defineExample, type Example } from '../printers/example.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('auth.exportLoginToken', {
  given: 'anonymous',
  params: { ...APP, exceptIds: [] },
  as: 'shown',
  shows: { _: 'auth.loginToken', 'token.length': 32 },
})
