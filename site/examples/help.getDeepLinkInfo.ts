import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getDeepLinkInfo', {
  given: 'signedIn',
  params: { path: 'settings' },
  shows: { _: 'help.deepLinkInfoEmpty' },
})
