import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.exportAuthorization', {
  given: 'signedIn',
  params: { dcId: 4 },
  as: 'exported',
  shows: { _: 'auth.exportedAuthorization', 'bytes.length': 32 },
})
