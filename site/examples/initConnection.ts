import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'
import { APP } from '../printers/states.ts'

export const example: Example = defineExample('initConnection', {
  given: 'anonymous',
  params: {
    apiId: APP.apiId,
    deviceModel: 'Laptop',
    systemVersion: 'Linux',
    appVersion: '1.0',
    systemLangCode: 'en',
    langPack: '',
    langCode: 'en',
    query: queryOf('help.getNearestDc'),
  },
  shows: { length: 16 },
})
