import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('photos.getUserPhotos', {
  given: 'signedIn',
  params: { userId: { _: 'inputUserSelf' }, offset: 0, maxId: 0n, limit: 10 },
  as: 'list',
  shows: { 'photos.length': 0 },
})
