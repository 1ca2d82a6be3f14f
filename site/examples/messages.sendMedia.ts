import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.sendMedia', {
  given: 'signedIn',
  params: {
    peer: { _: 'inputPeerSelf' },
    media: {
      _: 'inputMediaContact',
      phoneNumber: '+9996625678',
      firstName: 'Grace',
      lastName: '',
      vcard: '',
    },
    message: '',
    randomId: 5_193_006_042_378_199n,
  },
  as: 'sent',
  shows: {
    _: 'updates',
    'updates.1._': 'updateNewMessage',
    'updates.1.message.media.firstName': 'Grace',
  },
})
