import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('photos.deletePhotos', {
  given: 'photoShown',
  params: { id: [{ _: 'inputPhoto', id: 1n, accessHash: 1n, fileReference: new Uint8Array() }] },
  as: 'deleted',
  shows: { length: 0 },
})
