import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('upload.saveBigFilePart', {
  given: 'signedIn',
  params: {
    fileId: 5_830_117_402_961_774n,
    filePart: 0,
    fileTotalParts: 1,
    bytes: Uint8Array.of(72, 101, 108, 108, 111),
  },
  as: 'saved',
  shows: { '': true },
})
