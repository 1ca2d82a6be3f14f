import { defineExample, type Example } from '../printers/example.ts'
import { APP, PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.sendCode', {
  given: 'anonymous',
  params: { phoneNumber: PHONE, ...APP, settings: { _: 'codeSettings' } },
  as: 'sent',
  answer: 'auth.sentCode',
  shows: {
    'type._': 'auth.sentCodeTypeSms',
    'phoneCodeHash.length': 32,
    'nextType._': 'auth.codeTypeCall',
    timeout: 60,
  },
})
