import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getRecentMeUrls', {
  given: 'signedIn',
  params: { referer: '' },
  shows: { 'urls.length': 0 },
})
