import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getCdnConfig', {
  given: 'cdnIsThere',
  params: {},
  as: 'config',
  shows: { 'publicKeys.length': 1, 'publicKeys.0.dcId': 203 },
})
