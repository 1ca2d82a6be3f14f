import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.updateDeviceLocked', {
  given: 'signedIn',
  params: { period: 60 },
  shows: { '': true },
})
