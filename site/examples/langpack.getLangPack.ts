import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('langpack.getLangPack', {
  given: 'anonymous',
  params: { langPack: 'android', langCode: 'en' },
  as: 'pack',
  shows: { langCode: 'en', version: 1, 'strings.length': 0 },
})
