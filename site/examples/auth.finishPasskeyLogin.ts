import { defineExample, type Example } from '../printers/example.ts'

const WHY =
  'A passkey signs with a private key, which an authenticator keeps: a browser, a phone, or createTestPasskey of @cablegram/fixtures.'

export const example: Example = defineExample('auth.finishPasskeyLogin', {
  given: 'passkeyAsked',
  params: ({ signed }) => ({
    credential: {
      _: 'inputPasskeyCredentialPublicKey',
      id: signed.id,
      rawId: signed.id,
      response: {
        _: 'inputPasskeyResponseLogin',
        clientData: { _: 'dataJSON', data: signed.clientData },
        authenticatorData: signed.authenticatorData,
        signature: signed.signature,
        userHandle: signed.userHandle,
      },
    },
  }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada' },
  missing: { lua: `Not from Lua. ${WHY}`, command: `Not from the command line. ${WHY}` },
})
