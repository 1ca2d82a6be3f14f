import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.setBotGroupDefaultAdminRights', {
  given: 'botSignedIn',
  params: { adminRights: { _: 'chatAdminRights', banUsers: true } },
  shows: { '': true },
})
