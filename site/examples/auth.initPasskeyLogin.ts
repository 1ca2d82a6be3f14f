import { defineExample, type Example } from '../printers/example.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('auth.initPasskeyLogin', {
  given: 'anonymous',
  params: APP,
  as: 'asked',
  shows: { _: 'auth.passkeyLoginOptions', 'options.data.length': 161 },
})
