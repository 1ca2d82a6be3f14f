import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { readInTurns } from './read-in-turns.ts'

const CHUNK_BYTES = 64 * 1024
const CHUNKS = 32

test('a socket with much to read gives a quarter of a MiB in a turn, and loses nothing', async () => {
  const socket = new PassThrough({ highWaterMark: CHUNKS * CHUNK_BYTES })
  for (let count = 0; count < CHUNKS; count++) socket.write(new Uint8Array(CHUNK_BYTES).fill(count))
  const read: number[] = []
  readInTurns(socket, ([first = -1]) => read.push(first))
  let most = 0
  while (read.length < CHUNKS) {
    const before = read.length
    await new Promise((resolve) => setImmediate(resolve))
    most = Math.max(most, read.length - before)
  }
  assert.deepEqual(
    read,
    Array.from({ length: CHUNKS }, (_, index) => index),
  )
  assert.ok(most <= 8, `${most} chunks in one turn`)
})
