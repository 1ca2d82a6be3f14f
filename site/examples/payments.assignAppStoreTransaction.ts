import { defineExample, type Example } from '../printers/example.ts'
import { purchaseOf } from '../printers/states.ts'

export const example: Example = defineExample('payments.assignAppStoreTransaction', {
  given: 'paymentDue',
  params: ({ asked }) => ({
    receipt: new Uint8Array([1, 2, 3, 4]),
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
