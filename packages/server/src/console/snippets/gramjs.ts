import { CODE, type Library, PHONE } from './snippet.ts'

export const gramjs: Library = {
  name: 'gramjs',
  title: 'GramJS',
  file: 'gramjs.cjs',
  comment: '//',
  install: 'npm install telegram@2.26.22 big-integer@1.6.52',
  run: 'node gramjs.cjs',
  notes: [
    'GramJS waits by itself for FLOOD_WAIT errors up to 60 seconds: use FLOOD_WAIT_61 or more to see the error.',
  ],
  program: ({ dcId, host, port, apiId, apiHash, fingerprint, modulus }) => `\
const bigInt = require('big-integer')
const { TelegramClient } = require('telegram')
const { _serverKeys } = require('telegram/crypto/RSA')
const { ConnectionTCPFull } = require('telegram/network')
const { StringSession } = require('telegram/sessions')

const MODULUS = '${modulus}'
_serverKeys.set('${fingerprint}', { n: bigInt(MODULUS, 16), e: 65537 })

// GramJS dials port 80 of the session's address; this connection dials the server.
class LocalConnection extends ConnectionTCPFull {
  constructor(options) {
    super({ ...options, ip: '${host}', port: ${port} })
  }
}

async function main() {
  const session = new StringSession('')
  session.setDC(${dcId}, '${host}', 443)
  const client = new TelegramClient(session, ${apiId}, '${apiHash}', { connection: LocalConnection })
  client.setLogLevel('error')
  await client.start({
    phoneNumber: '${PHONE}', // a test number: its code is always ${CODE}
    phoneCode: async () => '${CODE}',
    firstAndLastNames: async () => ['Ada', 'Lovelace'],
    onError: (error) => {
      throw error
    },
  })
  const me = await client.getMe()
  console.log(\`Signed in as \${me.firstName} (+\${me.phone}).\`)
  await client.destroy()
}

main()
`,
}
