import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('langpack.getStrings', {
  given: 'anonymous',
  params: { langPack: 'android', langCode: 'en', keys: ['Cancel'] },
  as: 'strings',
  shows: { '0._': 'langPackStringDeleted', '0.key': 'Cancel' },
})
