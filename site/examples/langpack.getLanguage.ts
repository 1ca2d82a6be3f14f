import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('langpack.getLanguage', {
  given: 'anonymous',
  params: { langPack: 'android', langCode: 'en' },
  as: 'language',
  shows: { langCode: 'en', name: 'English' },
})
