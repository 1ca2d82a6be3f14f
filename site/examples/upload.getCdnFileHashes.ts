import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.getCdnFileHashes', {
  given: 'sentToCdn',
  params: ({ redirect }) => ({ fileToken: redirect.fileToken, offset: 0n }),
  as: 'hashes',
  shows: { length: 1, '0.limit': 5 },
})
