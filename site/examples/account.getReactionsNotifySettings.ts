import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getReactionsNotifySettings', {
  given: 'signedIn',
  params: {},
  shows: { _: 'reactionsNotifySettings', showPreviews: true },
})
