import { CODE, type Library, PHONE } from './snippet.ts'

export const mtcute: Library = {
  name: 'mtcute',
  title: 'mtcute',
  file: 'mtcute.mjs',
  comment: '//',
  install: 'npm install --ignore-scripts @mtcute/node@0.30.3',
  run: 'node mtcute.mjs',
  notes: ['--ignore-scripts: its SQLite driver would be compiled, and a session in memory needs none.'],
  program: ({ dcId, host, port, apiId, apiHash, pem }) => `\
import { MemoryStorage, MtUnsupportedError, TelegramClient } from '@mtcute/node'
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js'

const PUBLIC_KEY = \`${pem}\`
const phone = '${PHONE}' // a test number: its code is always ${CODE}

const crypto = new NodeCryptoProvider()
await crypto.initialize()
addPublicKey(crypto, PUBLIC_KEY)
const main = { id: ${dcId}, ipAddress: '${host}', port: ${port} }
const client = new TelegramClient({
  apiId: ${apiId},
  apiHash: '${apiHash}',
  crypto,
  storage: new MemoryStorage(),
  defaultDcs: { main, media: { ...main, mediaOnly: true } },
})

let sent
try {
  await client.start({
    phone,
    code: async () => '${CODE}',
    codeSentCallback: (code) => {
      sent = code
    },
  })
} catch (error) {
  if (!(error instanceof MtUnsupportedError)) throw error
  // mtcute does not sign up; the method of the API does.
  const phoneNumber = phone.slice(1)
  const { phoneCodeHash } = sent
  const signUp = { phoneNumber, phoneCodeHash, firstName: 'Ada', lastName: 'Lovelace' }
  await client.notifyLoggedIn(await client.call({ _: 'auth.signUp', ...signUp }))
}
const me = await client.getMe()
console.log(\`Signed in as \${me.firstName} (+\${me.phoneNumber}).\`)
await client.destroy()
`,
}
