/** Many simultaneous key exchanges, and too many. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, it } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { exchange } from './raw-socket.ts'

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', ...options })
  open.push(server)
  return server
}

function connect(server: CablegramServer, connectTimeoutMs = 10_000): TelegramClient {
  const client = new TelegramClient(memorySession(), { server: server.info, connectTimeoutMs })
  open.push(client)
  return client
}

/** Begins this many key exchanges over the intermediate transport. */
function reqPq(count: number): Buffer {
  const packets = Array.from({ length: count }, (_, index) => {
    const packet = Buffer.alloc(44)
    packet.writeUInt32LE(40, 0)
    packet.writeBigInt64LE((BigInt(Math.floor(Date.now() / 1000)) << 32n) + BigInt(index * 4), 12)
    packet.writeUInt32LE(20, 20)
    packet.writeUInt32LE(0xbe7e8ef1, 24)
    randomBytes(16).copy(packet, 28)
    return packet
  })
  return Buffer.concat([Buffer.alloc(4, 0xee), ...packets])
}

/** The last four bytes of an answer, which may be a transport error. */
const lastCode = (received: Buffer) => received.readInt32LE(received.length - 4)

for (const exchangeThreads of [0, 1]) {
  it(`a crowd of new clients is served with ${exchangeThreads} exchange threads`, async () => {
    const server = await start({ exchangeThreads })
    const clients = Array.from({ length: 12 }, () => connect(server))
    await Promise.all(clients.map((client) => client.help.getNearestDc()))
    await Promise.all(clients.map((client) => client.help.getNearestDc()))
  })
}

it('strict limits bound the key exchanges of an address, and the box does not', async () => {
  const strict = await start({ limits: 'strict' })
  const { port = 0 } = strict.info.dcs[0] ?? {}
  const refused = await exchange(port, reqPq(101), 30_000)
  assert.ok(refused.closedByServer)
  assert.equal(lastCode(refused.received), -429)
  assert.equal(lastCode((await exchange(port, reqPq(1), 30_000)).received), -429)
  const box = await start()
  const { received } = await exchange(box.info.dcs[0]?.port ?? 0, reqPq(101), 30_000, 101 * 88)
  assert.notEqual(lastCode(received), -429)
})

it('a server closes while its exchange threads work', async () => {
  const server = await startServer({ store: 'memory' })
  const clients = Array.from({ length: 8 }, () => connect(server, 500))
  const calls = clients.map((client) => client.help.getNearestDc({}, { timeoutMs: 500 }).catch(() => {}))
  await Promise.any(calls)
  await server.close()
  await Promise.all(calls)
})
