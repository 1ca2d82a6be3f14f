import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.uploadMedia', {
  given: 'partSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    media: {
      _: 'inputMediaUploadedDocument',
      file: {
        _: 'inputFile',
        id: 5_830_117_402_961_774n,
        parts: 1,
        name: 'hello.txt',
        md5Checksum: '',
      },
      mimeType: 'text/plain',
      attributes: [],
    },
  },
  as: 'made',
  answer: 'messageMediaDocument',
  shows: { 'document.size': 5, 'document.attributes.0.fileName': 'hello.txt' },
})
