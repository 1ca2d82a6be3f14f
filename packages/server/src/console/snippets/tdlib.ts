import { CODE, type Library, PHONE } from './snippet.ts'

export const tdlib: Library = {
  name: 'tdlib',
  title: 'TDLib (tdl)',
  file: 'tdlib.cjs',
  comment: '//',
  install: 'npm install --ignore-scripts tdl@8.1.0 prebuilt-tdlib@0.1008065.0',
  run: 'node tdlib.cjs',
  notes: [
    "TDLib has Telegram's addresses and keys compiled in. This program overwrites the keys in a copy, and leads every",
    'connection here through a SOCKS5 proxy of its own. Until the proxy is set, TDLib may dial Telegram: to rule that out,',
    'run server and program where nothing but loopback can be reached (unshare --net).',
  ],
  program: ({ host, port, apiId, apiHash, pem }) => `\
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const { getTdjson } = require('prebuilt-tdlib')
const tdl = require('tdl')

const PUBLIC_KEY = Buffer.from(\`${pem}\`)
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tdlib-'))

// The keys of Telegram's data centres: every key of 2048 bits has a PEM of this length.
function patchedLibrary() {
  const library = fs.readFileSync(getTdjson())
  for (let at = -1, keys = 0; keys < 2; keys += 1) {
    at = library.indexOf('-----BEGIN RSA PUBLIC KEY-----', at + 1)
    PUBLIC_KEY.copy(library, at)
  }
  const file = path.join(folder, path.basename(getTdjson()))
  fs.writeFileSync(file, library)
  return file
}

// Whatever address TDLib asks for, it gets the server.
const proxy = net.createServer((socket) => {
  socket.once('data', () => {
    socket.write(Buffer.from([5, 0]))
    socket.once('data', () => {
      const server = net.connect(${port}, '${host}', () => {
        socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        socket.pipe(server).pipe(socket)
      })
      server.on('error', () => socket.destroy())
      socket.on('close', () => server.destroy())
    })
  })
  socket.on('error', () => socket.destroy())
})

async function main() {
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  tdl.configure({ tdjson: patchedLibrary(), verbosityLevel: 0 })
  const client = tdl.createClient({
    apiId: ${apiId},
    apiHash: '${apiHash}',
    databaseDirectory: path.join(folder, 'database'),
    filesDirectory: path.join(folder, 'files'),
  })
  client.on('error', console.error)
  await client.invoke({
    _: 'addProxy',
    enable: true,
    comment: '',
    proxy: { _: 'proxy', server: '127.0.0.1', port: proxy.address().port, type: { _: 'proxyTypeSocks5' } },
  })
  await client.login({
    getPhoneNumber: async () => '${PHONE}', // a test number: its code is always ${CODE}
    getAuthCode: async () => '${CODE}',
    getName: async () => ({ firstName: 'Ada', lastName: 'Lovelace' }),
  })
  const me = await client.invoke({ _: 'getMe' })
  console.log(\`Signed in as \${me.first_name} (+\${me.phone_number}).\`)
  await client.close()
  proxy.close()
  fs.rmSync(folder, { recursive: true })
}

main()
`,
}
