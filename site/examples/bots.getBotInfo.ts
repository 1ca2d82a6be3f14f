import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('bots.getBotInfo', {
  given: 'botSignedIn',
  params: { langCode: '' },
  as: 'info',
  shows: { _: 'bots.botInfo', name: 'echo_bot' },
})
