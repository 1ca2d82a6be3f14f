import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('auth.bindTempAuthKey', {
  given: 'anonymous',
  params: {
    permAuthKeyId: 1n,
    nonce: 1n,
    expiresAt: 2_000_000_000,
    encryptedMessage: new Uint8Array([1, 2, 3, 4]),
  },
  refused: '400 ENCRYPTED_MESSAGE_INVALID',
  note: 'Every client of ours binds its temporary key by itself, before its first call: the binding is encrypted with the permanent key, which no program gets to see. Made by hand, the call is refused.',
})
