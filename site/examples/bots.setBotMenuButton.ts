import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.setBotMenuButton', {
  given: 'botSignedIn',
  params: { userId: { _: 'inputUserEmpty' }, button: { _: 'botMenuButtonCommands' } },
  shows: { '': true },
})
