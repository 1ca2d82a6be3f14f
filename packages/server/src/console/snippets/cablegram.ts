import { CODE, type Library, PHONE } from './snippet.ts'

export const cablegram: Library = {
  name: 'cablegram',
  title: 'Cablegram',
  file: 'cablegram.mjs',
  comment: '//',
  install: 'npm install @cablegram/client',
  run: 'node cablegram.mjs',
  notes: ['Until the package is in a registry, install the files that `npm run pack` makes.'],
  program: ({ dcId, host, port, apiId, apiHash, pem }) => `\
import { memorySession, TelegramClient } from '@cablegram/client'

const PUBLIC_KEY = \`${pem}\`

const client = new TelegramClient(memorySession(), {
  apiId: ${apiId},
  apiHash: '${apiHash}',
  server: { dcs: [{ id: ${dcId}, host: '${host}', port: ${port} }], publicKeys: [{ pem: PUBLIC_KEY }] },
})
const me = await client.start({
  phone: async () => '${PHONE}', // a test number: its code is always ${CODE}
  code: async () => '${CODE}',
  name: async () => ({ firstName: 'Ada', lastName: 'Lovelace' }),
})
console.log(\`Signed in as \${me.firstName} (+\${me.phone}).\`)
await client.close()
`,
}
