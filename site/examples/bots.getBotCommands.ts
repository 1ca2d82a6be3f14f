import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.getBotCommands', {
  given: 'botSignedIn',
  params: { scope: { _: 'botCommandScopeDefault' }, langCode: '' },
  as: 'commands',
  shows: { length: 0 },
})
