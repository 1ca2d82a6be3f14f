import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('langpack.getLanguages', {
  given: 'anonymous',
  params: { langPack: 'android' },
  as: 'languages',
  shows: { length: 1, '0.langCode': 'en', '0.name': 'English' },
})
