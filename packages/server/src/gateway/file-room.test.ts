import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileRoom } from './file-room.ts'

const MIB = 1024 * 1024

/** A connection of a client: what the server has made for it, and what it has not read. */
function connectionOf(room: FileRoom, id: number) {
  const channel = { bufferedBytes: 0 }
  const granted: boolean[] = []
  return {
    granted,
    channel,
    ask: async (bytes: number): Promise<void> => void granted.push(await room.ask(id, channel, bytes)),
    /** The answer is made, and goes into the buffer. */
    answer(bytes: number, length = bytes): void {
      channel.bufferedBytes += length
      room.free(id, bytes, length)
    },
    read(bytes: number): void {
      channel.bufferedBytes -= bytes
      room.look(id)
    },
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a connection has 4 MiB promised and buffered, and the rest waits in order', async () => {
  const room = new FileRoom()
  const client = connectionOf(room, 1)
  for (let n = 0; n < 20; n++) void client.ask(MIB)
  await settled()
  assert.equal(client.granted.length, 4)
  client.answer(MIB)
  await settled()
  assert.equal(client.granted.length, 4, 'what is made is not taken yet')
  for (let made = 1; made < 20; made++) {
    client.read(MIB)
    await settled()
    assert.equal(client.granted.length, Math.min(made + 4, 20))
    client.answer(MIB)
  }
  client.read(MIB)
  await settled()
  assert.equal(room.bytes, 0)
})

test('other bytes in the buffer count, and a part shorter than asked for frees all that was promised', async () => {
  const room = new FileRoom()
  const client = connectionOf(room, 1)
  client.channel.bufferedBytes = 3.5 * MIB
  void client.ask(MIB)
  await settled()
  assert.equal(client.granted.length, 0)
  client.read(0.5 * MIB)
  await settled()
  assert.equal(client.granted.length, 1)
  void client.ask(MIB)
  client.answer(MIB, 0)
  await settled()
  assert.equal(client.granted.length, 2)
})

test('a part is promised whatever its length if nothing else is', async () => {
  const room = new FileRoom({ maxConnectionBytes: 10, maxBytes: 10 })
  const client = connectionOf(room, 1)
  void client.ask(MIB)
  await settled()
  assert.deepEqual(client.granted, [true])
})

test('beyond the limit of all connections each has one part, and those that wait are served as others read', async () => {
  const room = new FileRoom({ maxConnectionBytes: 4 * MIB, maxBytes: 6 * MIB })
  const clients = [1, 2, 3].map((id) => connectionOf(room, id))
  for (const client of clients) for (let n = 0; n < 4; n++) void client.ask(MIB)
  await settled()
  const granted = (): number[] => clients.map((client) => client.granted.length)
  assert.deepEqual(granted(), [4, 2, 1])
  clients[0]?.answer(MIB)
  clients[0]?.read(MIB)
  await settled()
  assert.deepEqual(granted(), [4, 2, 1], 'seven are promised still')
  clients[0]?.answer(MIB)
  clients[0]?.read(MIB)
  await settled()
  assert.deepEqual(granted(), [4, 3, 1])
})

test('a connection that closes ends its requests, and makes room for others', async () => {
  const room = new FileRoom({ maxConnectionBytes: 4 * MIB, maxBytes: 4 * MIB })
  const [gone, other] = [connectionOf(room, 1), connectionOf(room, 2)]
  for (let n = 0; n < 6; n++) void gone.ask(MIB)
  for (let n = 0; n < 2; n++) void other.ask(MIB)
  await settled()
  assert.deepEqual([gone.granted.length, other.granted.length], [4, 1])
  room.close(1)
  await settled()
  assert.deepEqual(gone.granted, [true, true, true, true, false, false])
  assert.deepEqual(other.granted, [true, true])
  // An answer that was being made finds nobody.
  room.free(1, MIB, 0)
  assert.equal(room.bytes, 2 * MIB)
})

test('the share of files in a buffer is at most what was made and not read', async () => {
  const room = new FileRoom()
  const client = connectionOf(room, 1)
  void client.ask(MIB)
  await settled()
  assert.equal(room.unreadBytes(1), 0)
  client.answer(MIB)
  client.channel.bufferedBytes += 100
  assert.equal(room.unreadBytes(1), MIB)
  client.read(0.75 * MIB)
  assert.equal(room.unreadBytes(1), 0.25 * MIB + 100)
  client.read(0.25 * MIB + 100)
  assert.equal(room.unreadBytes(1), 0)
})

test('an answer shorter than promised counts as what it is: behind it, other answers stop the reading', async () => {
  const room = new FileRoom()
  const client = connectionOf(room, 1)
  void client.ask(MIB)
  void client.ask(MIB)
  await settled()
  client.answer(MIB, 100)
  client.answer(MIB, 0)
  client.channel.bufferedBytes += MIB
  room.look(1)
  assert.equal(room.unreadBytes(1), 100)
})
