import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.reuploadCdnFile', {
  given: 'sentToCdn',
  params: ({ redirect }) => ({ fileToken: redirect.fileToken, requestToken: Uint8Array.of(1) }),
  refused: '400 REQUEST_TOKEN_INVALID',
  note: 'Only the CDN gives the token of the request, and the client here has no connection to it.',
})
