import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { SocketChannel } from './socket-channel.ts'

/** A socket that records how many chunks each of its system calls takes. */
function countingSocket(): { socket: Socket; calls: number[] } {
  const calls: number[] = []
  const socket = new Duplex({
    read() {},
    writev(chunks, done) {
      calls.push(chunks.length)
      done()
    },
  })
  return { socket: Object.assign(socket, { setTimeout: () => socket }) as unknown as Socket, calls }
}

const ADDRESSES = { ip: '127.0.0.1', localIp: '127.0.0.1' }

test('writes of one turn leave in one system call', async () => {
  const { socket, calls } = countingSocket()
  const channel = new SocketChannel(socket, ADDRESSES)
  for (let i = 0; i < 16; i++) channel.write(new Uint8Array(8))
  assert.equal(channel.bufferedBytes, 16 * 8)
  await new Promise(setImmediate)
  channel.write(new Uint8Array(8))
  await new Promise(setImmediate)
  assert.deepEqual(calls, [16, 1])
})

test('a part of a file leaves at once, behind what was written before', async () => {
  const { socket, calls } = countingSocket()
  const channel = new SocketChannel(socket, ADDRESSES)
  channel.write(new Uint8Array(100_000))
  assert.equal(channel.bufferedBytes, 0)
  channel.write(new Uint8Array(8))
  channel.write(new Uint8Array(100_000))
  assert.equal(channel.bufferedBytes, 0)
  await new Promise(setImmediate)
  assert.deepEqual(calls, [1, 2])
})

test('bytes just written are flushed before the end', async () => {
  const { socket, calls } = countingSocket()
  const channel = new SocketChannel(socket, ADDRESSES)
  channel.write(new Uint8Array(8))
  channel.end()
  await once(socket, 'finish')
  assert.deepEqual(calls, [1])
})

/** A socket that takes what is written when the test says so. */
function slowSocket(): { socket: Socket; take: (error?: Error) => void } {
  let waiting: ((error?: Error) => void) | undefined
  const socket = new Duplex({
    read() {},
    writev(_chunks, done) {
      waiting = done
    },
  })
  socket.on('error', () => undefined)
  const plain = Object.assign(socket, { setTimeout: () => socket }) as unknown as Socket
  return { socket: plain, take: (error) => waiting?.(error) }
}

test('the memory of a large chunk is freed once it has left, and not before', async () => {
  const { socket, take } = slowSocket()
  const channel = new SocketChannel(socket, ADDRESSES)
  const chunks = [new Uint8Array(100_000), new Uint8Array(100_000)]
  for (const chunk of chunks) channel.write(chunk)
  await new Promise(setImmediate)
  assert.deepEqual(
    chunks.map(({ length }) => length),
    [100_000, 100_000],
  )
  take()
  await new Promise(setImmediate)
  take()
  await new Promise(setImmediate)
  assert.deepEqual(
    chunks.map(({ length }) => length),
    [0, 0],
  )
})

test('a chunk that has not left is not freed by hand: the system may still read it', async () => {
  for (const end of ['error', 'destroyed'] as const) {
    const { socket, take } = slowSocket()
    const channel = new SocketChannel(socket, ADDRESSES)
    const chunks = [new Uint8Array(100_000), new Uint8Array(100_000)]
    for (const chunk of chunks) channel.write(chunk)
    await new Promise(setImmediate)
    if (end === 'error') take(new Error('reset'))
    else channel.destroy()
    await new Promise(setImmediate)
    channel.write(new Uint8Array(100_000))
    await new Promise(setImmediate)
    assert.deepEqual(
      chunks.map(({ length }) => length),
      [100_000, 100_000],
      end,
    )
  }
})

test('a view of a larger chunk, as of one that is cut off, is sent and never freed', async () => {
  const { socket, take } = slowSocket()
  const whole = new Uint8Array(100_000)
  new SocketChannel(socket, ADDRESSES).write(whole.subarray(0, 50_000))
  await new Promise(setImmediate)
  take()
  await new Promise(setImmediate)
  assert.equal(whole.length, 100_000)
})
