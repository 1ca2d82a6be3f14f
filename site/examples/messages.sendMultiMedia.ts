import { defineExample, type Example } from '../printers/example.ts'
import { PICTURE_FILE } from '../printers/file-states.ts'

const PHOTO = { _: 'inputMediaUploadedPhoto', file: PICTURE_FILE } as const

export const example: Example = defineExample('messages.sendMultiMedia', {
  given: 'pictureSaved',
  params: {
    peer: { _: 'inputPeerSelf' },
    multiMedia: [
      { _: 'inputSingleMedia', media: PHOTO, randomId: 5_193_006_042_378_199n, message: 'Two of me' },
      { _: 'inputSingleMedia', media: PHOTO, randomId: 1_771_450_823_916_405n, message: '' },
    ],
  },
  as: 'sent',
  shows: {
    _: 'updates',
    'updates.2._': 'updateNewMessage',
    'updates.2.message.message': 'Two of me',
    'updates.3._': 'updateNewMessage',
    'updates.3.message.media._': 'messageMediaPhoto',
  },
})
