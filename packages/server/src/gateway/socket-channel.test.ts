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

test('bytes just written are flushed before the end', async () => {
  const { socket, calls } = countingSocket()
  const channel = new SocketChannel(socket, ADDRESSES)
  channel.write(new Uint8Array(8))
  channel.end()
  await once(socket, 'finish')
  assert.deepEqual(calls, [1])
})
