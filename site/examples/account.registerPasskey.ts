import { defineExample, type Example } from '../printers/example.ts'

const WHY =
  'A passkey signs with a private key, which an authenticator keeps: a browser, a phone, or createTestPasskey of @cablegram/fixtures.'

export const example: Example = defineExample('account.registerPasskey', {
  given: 'passkeyMade',
  params: ({ made }) => ({
    credential: {
      _: 'inputPasskeyCredentialPublicKey',
      id: made.id,
      rawId: made.id,
      response: {
        _: 'inputPasskeyResponseRegister',
        clientData: { _: 'dataJSON', data: made.clientData },
        attestationData: made.attestation,
      },
    },
  }),
  as: 'registered',
  shows: { _: 'passkey', 'id.length': 43 },
  missing: { lua: `Not from Lua. ${WHY}`, command: `Not from the command line. ${WHY}` },
})
