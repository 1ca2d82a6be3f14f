import { defineExample, type Example } from '../printers/example.ts'
import { purchaseOf } from '../printers/states.ts'

export const example: Example = defineExample('payments.assignPlayMarketTransaction', {
  given: 'paymentDue',
  params: ({ asked }) => ({
    receipt: { _: 'dataJSON', data: '{}' },
    purpose: purchaseOf(asked.phoneCodeHash),
  }),
  as: 'paid',
  answer: 'updateShort',
  shows: {
    'update._': 'updateSentPhoneCode',
    'update.sentCode._': 'auth.sentCode',
    'update.sentCode.type._': 'auth.sentCodeTypeSms',
  },
})
