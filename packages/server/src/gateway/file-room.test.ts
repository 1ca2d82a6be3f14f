import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FILE_ROOM_LIMITS, FileRoom, type FileRoomLimits } from './file-room.ts'

const MIB = 1024 * 1024

const roomOf = (limits: FileRoomLimits = FILE_ROOM_LIMITS): FileRoom =>
  new FileRoom(limits, { nowMs: () => 0, startTimer: () => () => undefined, onStalled: () => assert.fail() })

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
  const room = roomOf()
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
  const room = roomOf()
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
  const room = roomOf({ maxConnectionBytes: 10, sharedBytes: 10, maxBytes: 20 })
  const client = connectionOf(room, 1)
  void client.ask(MIB)
  await settled()
  assert.deepEqual(client.granted, [true])
})

test('beyond what all connections share each has one part, and those that wait are served as others read', async () => {
  const room = roomOf({ maxConnectionBytes: 4 * MIB, sharedBytes: 6 * MIB, maxBytes: 12 * MIB })
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
  const room = roomOf({ maxConnectionBytes: 4 * MIB, sharedBytes: 4 * MIB, maxBytes: 8 * MIB })
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
  const room = roomOf()
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
  const room = roomOf()
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

test('beyond the limit of all connections they wait in line for one part each, behind those that came before, and all get one', async () => {
  const room = roomOf({ maxConnectionBytes: 4 * MIB, sharedBytes: 2 * MIB, maxBytes: 4 * MIB })
  const clients = [1, 2, 3, 4, 5, 6].map((id) => connectionOf(room, id))
  for (let n = 0; n < 2; n++) for (const client of clients) void client.ask(MIB)
  await settled()
  const granted = (): number[] => clients.map((client) => client.granted.length)
  assert.deepEqual(granted(), [1, 1, 1, 1, 0, 0])
  assert.equal(room.bytes, 4 * MIB)
  const takePart = async (client: (typeof clients)[number] | undefined): Promise<void> => {
    client?.answer(MIB)
    client?.read(MIB)
    await settled()
  }
  await takePart(clients[1])
  assert.deepEqual(granted(), [1, 1, 1, 1, 1, 0], 'the fast reader goes behind the line')
  await takePart(clients[2])
  assert.deepEqual(granted(), [1, 1, 1, 1, 1, 1])
  await takePart(clients[3])
  assert.deepEqual(granted(), [1, 2, 1, 1, 1, 1])
  await takePart(clients[4])
  assert.deepEqual(granted(), [1, 2, 2, 1, 1, 1])
  assert.equal(room.bytes, 4 * MIB)
})

test('while connections wait in line, one that takes nothing for a minute is closed for each', async () => {
  let nowMs = 0
  let tick: () => void = () => assert.fail('nobody waits')
  const stalled: number[] = []
  const startTimer = (run: () => void): (() => void) => {
    tick = run
    return () => undefined
  }
  const onStalled = (id: number): void => {
    stalled.push(id)
    room.close(id)
  }
  const room = new FileRoom(
    { maxConnectionBytes: MIB, sharedBytes: MIB, maxBytes: 2 * MIB },
    { nowMs: () => nowMs, startTimer, onStalled },
  )
  const [reader, idler, newcomer] = [connectionOf(room, 1), connectionOf(room, 2), connectionOf(room, 3)]
  for (const client of [reader, idler]) {
    void client.ask(MIB)
    client.answer(MIB)
  }
  void newcomer.ask(MIB)
  nowMs = 59_000
  // The system has taken some, and nothing has been told of it.
  reader.channel.bufferedBytes -= 1
  void connectionOf(room, 4).ask(1)
  room.look(1)
  await settled()
  assert.deepEqual(newcomer.granted, [true])
  void connectionOf(room, 5).ask(MIB)
  tick()
  assert.deepEqual(stalled, [])
  nowMs = 60_000
  tick()
  assert.deepEqual(stalled, [2])
  await settled()
})
