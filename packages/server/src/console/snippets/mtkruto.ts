import { CODE, type Library, PHONE } from './snippet.ts'

export const mtkruto: Library = {
  name: 'mtkruto',
  title: 'MTKruto',
  file: 'mtkruto.mjs',
  comment: '//',
  install: 'npm install @mtkruto/node',
  run: 'node mtkruto.mjs',
  program: ({ dcId, wsUrl, apiId, apiHash, fingerprint, modulus }) => `\
import { Client, ConnectionWebSocket, StorageMemory, TransportIntermediate } from '@mtkruto/node'

const MODULUS = 0x${modulus}n
const phone = '${PHONE}' // a test number: its code is always ${CODE}

const client = new Client({
  storage: new StorageMemory(),
  apiId: ${apiId},
  apiHash: '${apiHash}',
  initialDc: '${dcId}',
  publicKeys: [[${fingerprint}n, [MODULUS, 65537n]]],
  transportProvider: () => {
    const connection = new ConnectionWebSocket('${wsUrl}')
    return { connection, transport: new TransportIntermediate(connection, true), dcId: ${dcId} }
  },
})
await client.connect()
const app = { api_id: ${apiId}, api_hash: '${apiHash}' }
const settings = { _: 'codeSettings' }
const sent = await client.invoke({ _: 'auth.sendCode', phone_number: phone, ...app, settings })
const login = { phone_number: phone, phone_code_hash: sent.phone_code_hash }
const signedIn = await client.invoke({ _: 'auth.signIn', ...login, phone_code: '${CODE}' })
if (signedIn._ === 'auth.authorizationSignUpRequired') {
  await client.invoke({ _: 'auth.signUp', ...login, first_name: 'Ada', last_name: 'Lovelace' })
}
const [me] = await client.invoke({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] })
console.log(\`Signed in as \${me.first_name} (+\${me.phone}).\`)
await client.disconnect()
`,
}
