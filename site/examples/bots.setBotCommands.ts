import { defineExample, type Example, followUp } from '../printers/example.ts'

export const example: Example = defineExample('bots.setBotCommands', {
  given: 'botSignedIn',
  params: {
    scope: { _: 'botCommandScopeDefault' },
    langCode: '',
    commands: [{ _: 'botCommand', command: 'help', description: 'What I can do' }],
  },
  shows: { '': true },
  after: followUp(
    'bots.getBotCommands',
    { scope: { _: 'botCommandScopeDefault' }, langCode: '' },
    { as: 'commands', shows: { '0.command': 'help' } },
  ),
})
