import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.getBotMenuButton', {
  given: 'botSignedIn',
  params: { userId: { _: 'inputUserEmpty' } },
  as: 'button',
  shows: { _: 'botMenuButtonDefault' },
})
