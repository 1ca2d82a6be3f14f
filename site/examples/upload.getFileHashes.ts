import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.getFileHashes', {
  given: 'documentSent',
  params: ({ document }) => ({
    location: {
      _: 'inputDocumentFileLocation',
      id: document.id,
      accessHash: document.accessHash,
      fileReference: document.fileReference,
      thumbSize: '',
    },
    offset: 0n,
  }),
  as: 'hashes',
  shows: { length: 1, '0.limit': 5 },
})
