import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('photos.updateProfilePhoto', {
  given: 'photoShown',
  params: { id: { _: 'inputPhotoEmpty' } },
  as: 'taken',
  shows: { 'photo._': 'photoEmpty' },
})
