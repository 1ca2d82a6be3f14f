import { defineExample, type Example } from '../printers/example.ts'
import { PICTURE_FILE } from '../printers/file-states.ts'

export const example: Example = defineExample('photos.uploadProfilePhoto', {
  given: 'pictureSaved',
  params: { file: PICTURE_FILE },
  as: 'made',
  shows: { 'photo._': 'photo', 'photo.sizes.0.type': 'a', 'photo.sizes.1.type': 'c' },
})
