import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeFrame, FrameReader, OPCODES, type Part } from './web-socket-frames.ts'

const text = (part: Part) =>
  `${part.kind} ${Buffer.from(part.kind === 'bytes' ? part.bytes : part.payload).toString('latin1')}`

/** A frame as a server sends it. */
function frame(
  opcode: number,
  payload: string | Uint8Array,
  { last = true, first = 0, mask = 0 } = {},
): Buffer {
  const body = Buffer.from(payload)
  const length =
    body.length < 126
      ? [mask | body.length]
      : body.length < 65_536
        ? [mask | 126, body.length >> 8, body.length & 255]
        : [mask | 127, 0, 0, 0, 0, 0, (body.length >> 16) & 255, (body.length >> 8) & 255, body.length & 255]
  return Buffer.concat([Buffer.from([(last ? 0x80 : 0) | first | opcode, ...length]), body])
}

test('frames of every length are read however the stream is cut', () => {
  const long = 'x'.repeat(70_000)
  const stream = Buffer.concat([
    frame(2, 'one'),
    frame(2, 'tw', { last: false }),
    frame(9, 'ping'),
    frame(0, 'o'),
    frame(2, ''),
    frame(2, 'y'.repeat(300)),
    frame(10, ''),
    frame(2, long),
    frame(8, '\x03\xe8'),
  ])
  for (const size of [1, 2, 3, 7, 1000, stream.length]) {
    const reader = new FrameReader()
    let bytes = ''
    const others: string[] = []
    for (let at = 0; at < stream.length; at += size) {
      for (const part of reader.read(stream.subarray(at, at + size))) {
        if (part.kind === 'bytes') bytes += Buffer.from(part.bytes).toString('latin1')
        else others.push(text(part))
      }
    }
    assert.equal(bytes, `onetwo${'y'.repeat(300)}${long}`)
    assert.deepEqual(others.slice(0, 2), ['ping ping', 'pong '])
    assert.equal(others.length, 3)
  }
})

for (const [what, bytes] of [
  ['text', frame(1, 'hello')],
  ['an unknown kind', frame(3, '')],
  ['an extension', frame(2, 'x', { first: 0x40 })],
  ['a masked frame', frame(2, 'x', { mask: 0x80 })],
  ['a control frame in parts', frame(9, 'x', { last: false })],
  ['a control frame too long', frame(9, 'x'.repeat(126))],
  ['a length of 2^63', Buffer.from([0x82, 127, 128, 0, 0, 0, 0, 0, 0, 0])],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => [...new FrameReader().read(bytes)], /over the WebSocket/)
  })
}

test('client frames are masked and use the shortest length form', () => {
  const mask = Uint8Array.of(1, 2, 3, 4)
  assert.deepEqual(
    [...encodeFrame(OPCODES.binary, Uint8Array.of(0, 0, 0, 0, 9), mask)],
    [0x82, 0x85, 1, 2, 3, 4, 1, 2, 3, 4, 8],
  )
  assert.deepEqual([...encodeFrame(2, new Uint8Array(126), mask).subarray(0, 4)], [0x82, 0xfe, 0, 126])
  assert.deepEqual(
    [...encodeFrame(2, new Uint8Array(65_536), mask).subarray(0, 10)],
    [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0],
  )
})
