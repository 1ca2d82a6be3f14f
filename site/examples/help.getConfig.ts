import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getConfig', {
  given: 'anonymous',
  params: {},
  as: 'config',
  shows: { thisDc: 2, 'dcOptions.length': 5, messageLengthMax: 4096 },
})
