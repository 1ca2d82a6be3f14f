import { defineExample, type Example } from '../printers/example.ts'
import { purchaseOf } from '../printers/states.ts'

export const example: Example = defineExample('payments.canPurchaseStore', {
  given: 'paymentDue',
  params: ({ asked }) => ({ purpose: purchaseOf(asked.phoneCodeHash) }),
  shows: { '': true },
})
