/** After `close()` the process has what it had before: no socket, timer, worker, listener or file of the client. */
import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { type ClientOptions, logOut, memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { signUp, testPhone } from './logins.ts'
import type { ReadyLine } from './serve.ts'

/** Takes connections and says nothing. */
let mute: net.Server
let server: CablegramServer
let lastPhone = 40

before(async () => {
  server = await startServer({ store: 'memory', exchangeThreads: 0 })
  mute = net.createServer((socket) => socket.on('error', () => socket.destroy()).resume())
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
})

after(async () => {
  mute.close()
  await server.close()
})

/** Sockets that this process has opened, each until it is closed: the server opens none. */
const sockets = new Set<net.Socket>()
subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: net.Socket }
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})

/** Everything but timers that keeps the process alive, by kind: the server has timers of its own here. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Timeout' && kind !== 'Immediate')
    .sort()
}

/** The machine's clock; counts the timers that run. */
function countingClock() {
  const running = new Set<() => void>()
  const clock = {
    nowMs: () => Date.now(),
    after(delayMs: number, action: () => void) {
      const act = () => {
        running.delete(act)
        action()
      }
      running.add(act)
      const timer = setTimeout(act, delayMs)
      return () => {
        running.delete(act)
        clearTimeout(timer)
      }
    },
  }
  return { clock, running }
}

/** Runs `act` with a client and closes the client in the middle; what is left must be what was there. */
async function leavesNothing(
  options: ClientOptions,
  act: (client: TelegramClient) => Promise<unknown>,
): Promise<void> {
  await settled()
  const had = resources()
  const { clock, running } = countingClock()
  const client = new TelegramClient(memorySession(), { server: server.info, ...options, platform: { clock } })
  const acting = act(client).catch((error: unknown) => error)
  await settled()
  await acting
  await client.close()
  assert.equal(sockets.size, 0, 'sockets of the client')
  await settled(had)
  assert.deepEqual(resources(), had)
  assert.equal(running.size, 0, 'timers of the client')
}

/** Lets the server's side of the sockets, which is in this process too, notice that ours has gone. */
async function settled(had?: readonly string[]): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (turn >= 3 && (had === undefined || resources().join() === had.join())) return
  }
}

const silent = (): ClientOptions => {
  const { port } = mute.address() as net.AddressInfo
  return { server: { ...server.info, dcs: [{ id: 2, host: '127.0.0.1', port }] } }
}

async function signedIn(client: TelegramClient): Promise<void> {
  const ready: ReadyLine = JSON.parse(JSON.stringify({ event: 'ready', ...server.info }))
  await signUp(client, ready, testPhone(++lastPhone))
}

for (const transport of ['tcp', 'websocket', 'http'] as const) {
  test(`a client that has made calls over ${transport}`, () =>
    leavesNothing({ transport }, (client) => client.help.getNearestDc()))
}

test('a client that was never used', () => leavesNothing({}, async () => {}))

test('a client in the middle of connecting, and of a key exchange', () =>
  leavesNothing(silent(), async (client) => {
    void client.connect().catch(() => {})
    await new Promise((resolve) => mute.once('connection', resolve))
  }))

test('a client whose proxy says nothing', () =>
  leavesNothing(
    { ...silent(), proxy: `socks5://127.0.0.1:${(mute.address() as net.AddressInfo).port}` },
    async (client) => {
      void client.connect().catch(() => {})
      await new Promise((resolve) => mute.once('connection', resolve))
    },
  ))

test('a client whose first connection came to nothing', () =>
  leavesNothing({ ...silent(), connectTimeoutMs: 50 }, async (client) => {
    await assert.rejects(client.connect(), { code: 'CONNECT_TIMEOUT' })
  }))

test('a client that has logged out', () =>
  leavesNothing({}, async (client) => {
    await signedIn(client)
    await logOut(client)
  }))

test('a client that waits for the server to let it go on', () =>
  leavesNothing({ floodWaitMaxS: 600 }, async (client) => {
    server.faults.add({ method: 'help.getNearestDc', error: { code: 420, type: 'FLOOD_WAIT_300' }, times: 1 })
    const waits = new Promise((resolve) => client.on('wait', resolve))
    void client.help.getNearestDc().catch(() => {})
    await waits
  }))

test('a client whose call has no answer yet', () =>
  leavesNothing({}, async (client) => {
    await client.connect()
    server.faults.add({ method: 'help.getNearestDc', drop: true, times: 1 })
    void client.help.getNearestDc().catch(() => {})
  }))

test('a client that one of its handlers closes', () =>
  leavesNothing({}, async (client) => {
    await signedIn(client)
    const closing = new Promise((resolve) => {
      client.on('message', () => {
        resolve(undefined)
        return client.close()
      })
    })
    await server.people
      .create({ firstName: 'Bob' })
      .then((bob) => bob.send(`+${testPhone(lastPhone).slice(1)}`, 'hi'))
    await closing
  }))

test('a client in the middle of an upload and a download', () =>
  leavesNothing({}, async (client) => {
    await signedIn(client)
    const file = new Uint8Array(600_000).fill(1)
    const message = await client.sendFile('me', file, { asDocument: true })
    const reader = client.download(message)[Symbol.asyncIterator]()
    await reader.next()
    const uploading = new Promise((resolve) => {
      void client.uploadFile(new Uint8Array(4_000_000), { onProgress: resolve }).catch(() => {})
    })
    await uploading
  }))
