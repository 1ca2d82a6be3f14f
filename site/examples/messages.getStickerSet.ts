import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getStickerSet', {
  given: 'signedIn',
  params: { stickerset: { _: 'inputStickerSetAnimatedEmoji' }, hash: 0 },
  refused: '406 STICKERSET_INVALID',
  note: 'This server has no stickers.',
})
