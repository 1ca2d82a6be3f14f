import { defineExample, type Example } from '../printers/example.ts'
import { PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.checkPaidAuth', {
  given: 'formShown',
  params: ({ asked, form }) => ({
    phoneNumber: PHONE,
    phoneCodeHash: asked.phoneCodeHash,
    formId: form.formId,
  }),
  as: 'paid',
  shows: { _: 'auth.sentCodePaymentRequired', premiumDays: 7 },
})
