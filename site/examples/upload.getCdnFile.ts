import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.getCdnFile', {
  given: 'sentToCdn',
  params: ({ redirect }) => ({ fileToken: redirect.fileToken, offset: 0n, limit: 4096 }),
  refused: '404 METHOD_INVALID',
  note: 'Only the CDN has this method, and the client here has no connection to it.',
})
