import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.deletePasskey', {
  given: 'signedIn',
  params: { id: 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE' },
  shows: { '': false },
  note: 'The answer is `false` because Ada has no passkey of this id. For the id of a passkey that she has registered it is `true`.',
  more: [
    {
      title: 'Register a passkey and delete it',
      typescript: `\
import { memorySession, TelegramClient } from '@cablegram/client'
import { createTestPasskey } from '@cablegram/fixtures'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})

const { options } = await client.account.initPasskeyRegistration()
const { id, clientData, attestation } = createTestPasskey().create(options.data)
await client.account.registerPasskey({
  credential: {
    _: 'inputPasskeyCredentialPublicKey',
    id,
    rawId: id,
    response: {
      _: 'inputPasskeyResponseRegister',
      clientData: { _: 'dataJSON', data: clientData },
      attestationData: attestation,
    },
  },
})
console.log(await client.account.deletePasskey({ id }))

await client.close()
`,
      shows: 'true',
    },
  ],
})
