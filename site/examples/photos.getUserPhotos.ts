import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('photos.getUserPhotos', {
  given: 'photoShown',
  params: { userId: { _: 'inputUserSelf' }, offset: 0, maxId: 0n, limit: 10 },
  as: 'list',
  answer: 'photos.photos',
  shows: { 'photos.length': 1, 'photos.0._': 'photo' },
})
