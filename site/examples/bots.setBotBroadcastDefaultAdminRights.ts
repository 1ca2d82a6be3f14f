import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.setBotBroadcastDefaultAdminRights', {
  given: 'botSignedIn',
  params: { adminRights: { _: 'chatAdminRights', postMessages: true } },
  shows: { '': true },
})
