import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('langpack.getDifference', {
  given: 'anonymous',
  params: { langPack: 'android', langCode: 'en', fromVersion: 0 },
  as: 'pack',
  shows: { langCode: 'en', fromVersion: 0, version: 1 },
})
