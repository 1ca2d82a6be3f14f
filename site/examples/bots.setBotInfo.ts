import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('bots.setBotInfo', {
  given: 'botSignedIn',
  params: { langCode: '', name: 'Echo', about: 'Says it again' },
  shows: { '': true },
  after: followUp(
    'bots.getBotInfo',
    { langCode: '' },
    { as: 'info', shows: { name: 'Echo', about: 'Says it again' } },
  ),
})
