import { defineExample, type Example } from '../printers/example.ts'
import { purchaseOf } from '../printers/states.ts'

export const example: Example = defineExample('payments.sendPaymentForm', {
  given: 'formShown',
  params: ({ asked, form }) => ({
    formId: form.formId,
    invoice: { _: 'inputInvoicePremiumAuthCode', purpose: purchaseOf(asked.phoneCodeHash) },
    credentials: { _: 'inputPaymentCredentials', data: { _: 'dataJSON', data: '{}' } },
  }),
  as: 'paid',
  answer: 'payments.paymentResult',
  shows: { 'updates._': 'updateShort', 'updates.update._': 'updateSentPhoneCode' },
})
