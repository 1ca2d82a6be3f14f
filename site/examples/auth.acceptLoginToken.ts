import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.acceptLoginToken', {
  given: 'qrShown',
  params: ({ token }) => ({ token }),
  as: 'screen',
  shows: { apiId: 10001, appName: 'Cablegram' },
})
