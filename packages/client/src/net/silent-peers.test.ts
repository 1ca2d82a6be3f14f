import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'

/** Actions of a peer on a new connection before it falls silent. Afterwards it reads and closes nothing. */
type Beginning = (socket: Socket) => void

const sockets = new Set<Socket>()
const children: ChildProcess[] = []
const servers: { close(): void }[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

async function silentPeer(begin: Beginning): Promise<number> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    begin(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return (server.address() as AddressInfo).port
}

function acceptUpgrade(socket: Socket): void {
  socket.once('data', (head: Buffer) => {
    socket.pause()
    const key = /sec-websocket-key: (.*)\r\n/i.exec(head.toString('latin1'))?.[1] ?? ''
    const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`,
    )
  })
  socket.resume()
}

function answerOptions(socket: Socket): void {
  socket.once('data', () => {
    socket.pause()
    socket.write('HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n')
  })
  socket.resume()
}

const MODULES = {
  tcp: new URL('tcp.ts', import.meta.url).href,
  posts: new URL('node-posts.ts', import.meta.url).href,
  webSocket: new URL('node-web-socket.ts', import.meta.url).href,
  random: new URL('../random.ts', import.meta.url).href,
  client: new URL('../index.ts', import.meta.url).href,
}

/** Runs a script in its own process, which has to end by itself: the limit of the test ends the wait. */
async function runs(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  const [status] = await once(child, 'close')
  assert.equal(status, 0)
  return said
}

test('a process ends although its peers are silent, on every transport', {
  timeout: 120_000,
}, async () => {
  const [mute, upgraded, optioned] = [
    await silentPeer(() => {}),
    await silentPeer(acceptUpgrade),
    await silentPeer(answerOptions),
  ]
  const said = await runs(`
    import { dialTcp } from ${JSON.stringify(MODULES.tcp)}
    import { dialNodePosts } from ${JSON.stringify(MODULES.posts)}
    import { nodeWebSocketDial } from ${JSON.stringify(MODULES.webSocket)}
    import { secureRandom } from ${JSON.stringify(MODULES.random)}
    const dialWebSocket = nodeWebSocketDial(secureRandom)
    const events = { onBytes() {}, onTransportError() {}, onUnanswered() {}, onClosed() {} }
    const at = (port, wsUrl) => ({ host: '127.0.0.1', port, wsUrl })
    // Open, with more to send than the peer's system takes.
    for (const [dial, port] of [[dialTcp, ${mute}], [dialWebSocket, ${upgraded}], [dialNodePosts, ${optioned}]]) {
      const transport = await dial(at(port), events, new AbortController().signal)
      for (let i = 0; i < 10; i++) transport.send(new Uint8Array(1_000_000))
      await new Promise((resolve) => setTimeout(resolve, 30))
      transport.close()
    }
    // Still being opened: the upgrade, the question, and TLS under both.
    for (const [dial, address] of [
      [dialWebSocket, at(${mute})],
      [dialNodePosts, at(${mute})],
      [dialWebSocket, at(1, 'wss://127.0.0.1:${mute}/apiws')],
      [dialNodePosts, at(1, 'wss://127.0.0.1:${mute}/apiws')],
    ]) {
      const abort = new AbortController()
      const dialling = dial(address, events, abort.signal)
      await new Promise((resolve) => setTimeout(resolve, 30))
      abort.abort(new Error('given up'))
      await dialling.catch((error) => console.log(error.message))
    }
    // In a process that goes on, none of them is left either.
    const isSocket = (name) => /TCP|TLS/.test(name)
    while (process.getActiveResourcesInfo().some(isSocket)) await new Promise((resolve) => setTimeout(resolve, 20))
    console.log('no socket is left')`)
  assert.equal(said, `${'given up\n'.repeat(4)}no socket is left\n`)
})

test('a closed client lets its process end, whatever it was waiting for', {
  timeout: 120_000,
}, async () => {
  const port = await silentPeer(acceptUpgrade)
  const mute = await silentPeer(() => {})
  const said = await runs(`
    import { memorySession, TelegramClient } from ${JSON.stringify(MODULES.client)}
    import { generateKeyPairSync } from 'node:crypto'
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'pkcs1', format: 'pem' })
    const options = { apiId: 1, apiHash: 'x', connectTimeoutMs: 200 }
    const server = (port) => ({ dcs: [{ id: 2, host: '127.0.0.1', port }], publicKeys: [{ pem }] })
    for (const [port, transport] of [[${port}, 'websocket'], [${mute}, 'tcp'], [${mute}, 'http']]) {
      const client = new TelegramClient(memorySession(), { ...options, server: server(port), transport })
      await client.connect().catch((error) => console.log(error.code))
      const closing = client.connect().catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 30))
      await client.close()
      await closing
    }
    // A console that does not answer.
    const client = new TelegramClient(memorySession(), { ...options, server: 'http://127.0.0.1:${mute}' })
    const connecting = client.connect().catch((error) => console.log(error.code))
    await new Promise((resolve) => setTimeout(resolve, 30))
    await client.close()
    await connecting`)
  assert.equal(said, 'CONNECT_TIMEOUT\nCONNECT_TIMEOUT\nCONNECT_TIMEOUT\nCLIENT_CLOSED\n')
})
