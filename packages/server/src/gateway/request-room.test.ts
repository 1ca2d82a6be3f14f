import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestRoom } from './request-room.ts'

const KIB = 1024
const MIB = KIB * KIB

test('a connection is not read while its requests have more than 4 MiB, and others are', () => {
  const room = new RequestRoom()
  for (let n = 0; n < 7; n++) room.enter(1, 512 * KIB)
  assert.equal(room.isFull(1), false)
  room.enter(1, 512 * KIB)
  assert.equal(room.isFull(1), true)
  assert.equal(room.isFull(2), false)
  room.leave(1, 512 * KIB)
  assert.equal(room.isFull(1), false)
})

test('of 1,000 short requests 128 run, the rest waits in order, and the connection is read', async () => {
  const room = new RequestRoom()
  const started: number[] = []
  for (let n = 0; n < 1000; n++) {
    const turn = room.enter(1, KIB)
    if (turn === undefined) started.push(n)
    else void turn.then(() => started.push(n))
  }
  assert.equal(started.length, 128)
  assert.equal(room.isFull(1), false)
  for (let n = 0; n < 1000; n++) {
    room.leave(1, KIB)
    await Promise.resolve()
  }
  assert.deepEqual(started, [...Array(1000).keys()])
  assert.equal(room.bytes, 0)
})

test('beyond 8 MiB of all only those are read that have no request, beyond 128 MiB nobody, and all again once there is room', () => {
  const room = new RequestRoom()
  let connections = 0
  const fillTo = (bytes: number): void => {
    for (; room.bytes <= bytes; connections++) room.enter(connections, MIB)
  }
  const idle = -1
  fillTo(8 * MIB)
  assert.deepEqual([room.isFull(0), room.isFull(1), room.isFull(idle)], [true, true, false])
  fillTo(128 * MIB)
  assert.equal(room.isFull(idle), true)
  const freed: number[] = []
  for (let n = connections - 1; n >= 0 && freed.length === 0; n--) freed.push(...room.leave(n, MIB))
  assert.deepEqual(freed.toSorted(), [idle, 0, 1])
  assert.ok(room.bytes <= 8 * MIB)
  assert.equal(room.isFull(0), false)
})

test('a connection that has closed is not read again, and its requests free their room when they end', () => {
  const room = new RequestRoom({
    maxRunning: 1,
    maxConnectionBytes: MIB,
    sharedBytes: KIB,
    maxBytes: 2 * KIB,
  })
  room.enter(1, KIB)
  room.enter(2, KIB)
  assert.deepEqual([room.isFull(1), room.isFull(2)], [true, true])
  room.close(1)
  room.leave(1, KIB)
  assert.deepEqual(room.leave(2, KIB), [2])
  assert.equal(room.bytes, 0)
})

test('a parked request takes no turn and no room of others, and its connection alone is not read if it has too many', () => {
  const room = new RequestRoom({
    maxRunning: 1,
    maxConnectionBytes: MIB,
    sharedBytes: 8 * KIB,
    maxBytes: 16 * KIB,
  })
  room.enter(1, 100 * KIB)
  assert.ok(room.enter(1, KIB) instanceof Promise)
  assert.equal(room.isFull(2), true)
  assert.deepEqual(room.park(1, 100 * KIB), [2])
  assert.equal(room.bytes, 2 * KIB)
  room.leave(1, KIB)
  assert.equal(room.bytes, 0)
  assert.equal(room.isFull(2), false)
  for (let n = 0; n < 2; n++) {
    room.enter(1, 100 * KIB)
    room.park(1, 100 * KIB)
  }
  assert.deepEqual([room.isFull(1), room.isFull(2), room.bytes], [true, false, 0])
  for (let n = 0; n < 3; n++) {
    assert.equal(room.unpark(1, 100 * KIB), undefined)
    room.leave(1, 100 * KIB)
  }
  assert.deepEqual([room.isFull(1), room.bytes], [false, 0])
  room.enter(1, KIB)
  assert.equal(room.park(1, KIB).length, 0)
  room.enter(1, KIB)
  assert.ok(room.unpark(1, KIB) instanceof Promise, 'one of the connection runs')
})

test('packed requests are unpacked one after the other once a connection has its room, and all end', async () => {
  const room = new RequestRoom()
  const unpacked: number[] = []
  const inOrder = (n: number): void => void unpacked.push(n)
  for (let n = 0; n < 100; n++) {
    room.enter(1, KIB)
    const turn = room.unpack(1, MIB)
    if (turn === undefined) inOrder(n)
    else void turn.then(() => inOrder(n))
  }
  await Promise.resolve()
  assert.deepEqual(unpacked, [0, 1, 2])
  assert.ok(room.bytes <= 4 * MIB)
  assert.equal(room.unpack(2, MIB), undefined, 'there is no such request')
  room.enter(2, KIB)
  assert.equal(room.unpack(2, MIB), undefined, 'another connection has its own room')
  room.leave(2, KIB, MIB)
  // Fewer bytes came out than there was room for.
  room.keepUnpacked(1, MIB - 512 * KIB)
  await Promise.resolve()
  assert.deepEqual(unpacked, [0, 1, 2, 3])
  room.leave(1, KIB, 512 * KIB)
  await Promise.resolve()
  assert.deepEqual(unpacked, [0, 1, 2, 3])
  for (let n = 1; n < 100; n++) {
    room.leave(1, KIB, MIB)
    await Promise.resolve()
    assert.ok(room.bytes <= 4 * MIB)
  }
  assert.deepEqual(unpacked, [...Array(100).keys()])
  assert.equal(room.bytes, 0)
})

test('all connections together unpack no more than 128 MiB, in turns, and one even if packed requests fill that', async () => {
  const room = new RequestRoom()
  const unpacked: number[] = []
  for (let n = 0; n < 3; n++) {
    for (let connection = 0; connection < 60; connection++) {
      room.enter(connection, KIB)
      void Promise.resolve(room.unpack(connection, MIB)).then(() => unpacked.push(connection))
    }
  }
  await Promise.resolve()
  assert.ok(room.bytes <= 128 * MIB)
  const before = unpacked.length
  assert.ok(before > 120 && before < 130, `${before}`)
  room.leave(0, KIB, MIB)
  room.leave(1, KIB, MIB)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(unpacked.length, before + 2)
  assert.notEqual(unpacked.at(-1), unpacked.at(-2), 'another connection has the next turn')

  const full = new RequestRoom({
    maxRunning: 10,
    maxConnectionBytes: KIB,
    sharedBytes: KIB,
    maxBytes: 2 * KIB,
  })
  for (let n = 0; n < 3; n++) full.enter(n, 10 * KIB)
  const turns = [0, 1, 2].map((connection) => full.unpack(connection, MIB))
  assert.equal(turns[0], undefined)
  full.leave(0, 10 * KIB, MIB)
  await turns[1]
  full.leave(1, 10 * KIB, MIB)
  await turns[2]
  full.leave(2, 10 * KIB, MIB)
  assert.equal(full.bytes, 0)
})

test('a packed request that is parked takes its room along', () => {
  const room = new RequestRoom()
  room.enter(1, KIB)
  room.unpack(1, MIB)
  room.keepUnpacked(1, MIB - 8 * KIB)
  room.park(1, KIB, 8 * KIB)
  assert.equal(room.bytes, 0)
  room.unpark(1, KIB, 8 * KIB)
  assert.equal(room.bytes, 10 * KIB)
  room.leave(1, KIB, 8 * KIB)
  assert.equal(room.bytes, 0)
})
