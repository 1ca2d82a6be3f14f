import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getCountriesList', {
  given: 'anonymous',
  params: { langCode: 'de', hash: 0 },
  as: 'list',
  shows: {
    _: 'help.countriesList',
    'countries.0.iso2': 'AF',
    'countries.0.countryCodes.0.countryCode': '93',
  },
})
