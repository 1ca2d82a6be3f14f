import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.getFile', {
  given: 'signedIn',
  params: {
    location: {
      _: 'inputDocumentFileLocation',
      id: 1n,
      accessHash: 1n,
      fileReference: Uint8Array.of(1),
      thumbSize: '',
    },
    offset: 0n,
    limit: 4096,
  },
  as: 'part',
  answer: 'upload.file',
  shows: { 'type._': 'storage.fileWebp', 'bytes.length': 32 },
  note: 'This is the picture of the first reaction in the answer of messages.getAvailableReactions.',
})
