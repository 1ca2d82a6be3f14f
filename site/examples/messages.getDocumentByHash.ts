import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getDocumentByHash', {
  given: 'documentSent',
  params: {
    sha256: Uint8Array.from(
      Buffer.from('185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969', 'hex'),
    ),
    size: 5n,
    mimeType: 'text/plain',
  },
  as: 'found',
  answer: 'document',
  shows: { size: 5 },
})
