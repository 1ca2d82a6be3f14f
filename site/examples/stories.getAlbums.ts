import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('stories.getAlbums', {
  given: 'signedIn',
  params: { peer: { _: 'inputPeerSelf' }, hash: 0n },
  answer: 'stories.albums',
  shows: { 'albums.length': 0 },
})
