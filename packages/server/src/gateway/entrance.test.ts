import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import type { Channel } from './channel.ts'
import { Entrance } from './entrance.ts'
import { type Listener, listen } from './listener.ts'

const PACKET = Buffer.from('a packet')
const POST = Buffer.from(`POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: ${PACKET.length}\r\n\r\n${PACKET}`)
const timeouts = { headMs: 100, requestMs: 200, idleMs: 100, checkMs: 20 }
const channels: Channel[] = []
const heard: string[] = []
let closedChannels = 0
let entrance: Entrance
let listener: Listener

before(async () => {
  entrance = new Entrance({
    tls: undefined,
    proxyProtocol: false,
    logger: pino({ level: 'silent' }),
    hint: () => 'Elsewhere.',
    enterTimeoutMs: 100,
    timeouts,
    onChannel(channel) {
      channels.push(channel)
      const onClosed = () => {
        closedChannels += 1
      }
      const onBytes = (bytes: Uint8Array) => void heard.push(Buffer.from(bytes).toString())
      channel.open({ onBytes, onDrained: () => undefined, onClosed }, 1000)
    },
  })
  listener = await listen(
    { host: '127.0.0.1', port: 0, maxConnections: 100 },
    (socket) => void entrance.accept(socket, undefined),
    (error) => assert.fail(error),
  )
})

after(async () => {
  entrance.stop()
  entrance.close()
  for (const channel of channels) channel.destroy()
  listener.stop()
  await listener.closed
})

function dial(): { socket: Socket; received: () => string; ended: Promise<void> } {
  const socket = connect({ port: listener.port, host: '127.0.0.1' })
  let text = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  return { socket, received: () => text, ended }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

function heldChannel(): Channel {
  return channels.at(-1) ?? assert.fail('there is no channel')
}

test('who shows nothing is closed after a while', async () => {
  const { ended } = dial()
  await ended
})

test('who trickles a head, or a body, is closed all the same', async () => {
  const drips = ['POST /api HTTP/1.1\r\n', 'POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n']
  await Promise.all(
    drips.map(async (start) => {
      const { socket, ended, received } = dial()
      socket.write(start)
      const timer = setInterval(() => socket.write('x'), 20)
      await ended
      clearInterval(timer)
      assert.match(received(), /^HTTP\/1\.1 408 /)
    }),
  )
})

test('a request is held for as long as it takes, then answered, and the connection used again', async () => {
  const { socket, received, ended } = dial()
  heard.length = 0
  socket.write(POST)
  await until(() => heard.length === 1)
  // Longer than any of the time-outs.
  await new Promise((resolve) => setTimeout(resolve, 300))
  heldChannel().write(Buffer.from('first'))
  await until(() => received().includes('first'))
  socket.write(POST)
  await until(() => heard.length === 2)
  heldChannel().write(Buffer.from('second'))
  await until(() => received().includes('second'))
  assert.deepEqual(heard, ['a packet', 'a packet'])
  // Nothing more comes.
  await ended
})

test('requests sent ahead wait for the answers before them, and too many of them are cut off', async () => {
  const { socket, received, ended } = dial()
  heard.length = 0
  socket.write(Buffer.concat([POST, POST, POST]))
  await until(() => heard.length === 1)
  for (const answer of ['one', 'two', 'three']) heldChannel().write(Buffer.from(answer))
  await until(() => received().includes('three'))
  assert.match(received(), /one.*two.*three/s)
  assert.equal(heard.length, 3)
  socket.write(Buffer.concat(Array.from({ length: 20 }, () => POST)))
  await ended
})

test('a channel that is paused is asked nothing until it goes on', async () => {
  const { socket } = dial()
  heard.length = 0
  socket.write(POST)
  await until(() => heard.length === 1)
  const channel = heldChannel()
  channel.pause()
  channel.write(Buffer.from('answer'))
  socket.write(POST)
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(heard.length, 1)
  channel.resume()
  await until(() => heard.length === 2)
  socket.destroy()
})

test('the status says why there is no answer', async () => {
  const ends: readonly (readonly [number, (channel: Channel) => void])[] = [
    [404, (channel) => channel.refuse(-404)],
    [429, (channel) => channel.refuse(-429)],
    [400, (channel) => channel.end('fault')],
    [503, (channel) => channel.end('leaving')],
  ]
  for (const [status, end] of ends) {
    const { socket, received, ended } = dial()
    heard.length = 0
    socket.write(POST)
    await until(() => heard.length === 1)
    end(heldChannel())
    await ended
    assert.match(received(), new RegExp(`^HTTP/1\\.1 ${status} `))
  }
})

test('a client that goes while it waits is noticed', async () => {
  const { socket } = dial()
  heard.length = 0
  socket.write(POST)
  await until(() => heard.length === 1)
  const before = closedChannels
  socket.destroy()
  await until(() => closedChannels === before + 1)
})
