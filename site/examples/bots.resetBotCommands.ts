import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.resetBotCommands', {
  given: 'botSignedIn',
  params: { scope: { _: 'botCommandScopeDefault' }, langCode: '' },
  shows: { '': true },
})
