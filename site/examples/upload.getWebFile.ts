import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.getWebFile', {
  given: 'signedIn',
  params: {
    location: { _: 'inputWebFileLocation', url: 'https://example.org/cover.jpg', accessHash: 1n },
    offset: 0,
    limit: 4096,
  },
  refused: '400 LOCATION_INVALID',
  note: 'This server gives out no webDocuments.',
})
