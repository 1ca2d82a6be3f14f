import { defineExample, type Example } from '../printers/example.ts'
import { purchaseOf } from '../printers/states.ts'

export const example: Example = defineExample('payments.getPaymentForm', {
  given: 'paymentDue',
  params: ({ asked }) => ({
    invoice: { _: 'inputInvoicePremiumAuthCode', purpose: purchaseOf(asked.phoneCodeHash) },
  }),
  as: 'form',
  answer: 'payments.paymentForm',
  shows: { title: 'Login code', 'invoice.currency': 'USD', 'invoice.prices.0.amount': 99 },
})
