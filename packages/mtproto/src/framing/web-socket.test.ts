import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  encodeMaskedWebSocketFrame,
  encodeWebSocketHead,
  type WebSocketEvent,
  WebSocketReader,
} from './web-socket.ts'

const OPCODES = { continuation: 0, text: 1, binary: 2, reserved: 3, close: 8, ping: 9, pong: 10, odd: 11 }
const MASK = Uint8Array.of(1, 2, 3, 4)

interface Sent {
  readonly opcode: keyof typeof OPCODES
  readonly payload: Uint8Array
  readonly isFinal?: boolean
  readonly reserved?: number
  readonly isMasked?: boolean
  /** The length the head announces, if it lies. */
  readonly announced?: bigint
}

function frameOf({
  opcode,
  payload,
  isFinal = true,
  reserved = 0,
  isMasked = true,
  announced,
}: Sent): Buffer {
  const length = announced ?? BigInt(payload.length)
  const short = length < 126n ? Number(length) : length < 65_536n ? 126 : 127
  const head = Buffer.from([(isFinal ? 0x80 : 0) | reserved | OPCODES[opcode], (isMasked ? 0x80 : 0) | short])
  const long = Buffer.alloc(short === 126 ? 2 : short === 127 ? 8 : 0)
  if (short === 126) long.writeUInt16BE(Number(length))
  if (short === 127) long.writeBigUInt64BE(length)
  const body = isMasked ? payload.map((byte, at) => byte ^ (MASK[at & 3] ?? 0)) : payload
  return Buffer.concat([head, long, isMasked ? MASK : Buffer.alloc(0), body])
}

const reader = (maxMessageBytes = 1 << 20) => new WebSocketReader({ isMasked: true, maxMessageBytes })

/** Events in their own memory, with neighbouring bytes joined. */
function readAll(one: WebSocketReader, chunks: readonly Uint8Array[]): WebSocketEvent[] {
  const events: WebSocketEvent[] = []
  for (const event of chunks.flatMap((chunk) => one.push(new Uint8Array(chunk)))) {
    const last = events.at(-1)
    if (event.kind === 'bytes' && last?.kind === 'bytes') {
      events[events.length - 1] = { kind: 'bytes', bytes: Buffer.concat([last.bytes, event.bytes]) }
    } else
      events.push(
        event.kind === 'closed' || event.kind === 'failed'
          ? event
          : { ...event, bytes: Buffer.from(event.bytes) },
      )
  }
  return events
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

describe('WebSocketReader', () => {
  it('gives the same stream however frames, fragments and chunks are cut', () => {
    const fragments = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 })
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 })
    fc.assert(
      fc.property(fc.array(fragments), sizes, (messages, cuts) => {
        const frames = messages.flatMap((parts) =>
          parts.map((payload, i) =>
            frameOf({
              opcode: i === 0 ? 'binary' : 'continuation',
              payload,
              isFinal: i === parts.length - 1,
            }),
          ),
        )
        const whole = Buffer.concat(messages.flat())
        const read = readAll(reader(), cut(Buffer.concat(frames), cuts))
        assert.deepEqual(read, whole.length === 0 ? [] : [{ kind: 'bytes', bytes: whole }])
      }),
    )
  })

  it('never throws, and gives nothing after the last event', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const one = reader(100)
        const events = chunks.flatMap((chunk) => one.push(new Uint8Array(chunk)))
        const last = events.findIndex(({ kind }) => kind === 'closed' || kind === 'failed')
        assert.ok(last === -1 || last === events.length - 1)
      }),
    )
  })

  it('keeps no part of a message, even of a million fragments of one byte or none', () => {
    const one = reader(4 << 20)
    let bytes = 0
    const fragment = Buffer.concat([
      frameOf({ opcode: 'continuation', payload: Buffer.from('x'), isFinal: false }),
      frameOf({ opcode: 'continuation', payload: Buffer.alloc(0), isFinal: false }),
    ])
    const chunk = Buffer.concat(Array.from({ length: 1000 }, () => fragment))
    one.push(frameOf({ opcode: 'binary', payload: Buffer.alloc(0), isFinal: false }))
    for (let count = 0; count < 500; count++) {
      const events = one.push(new Uint8Array(chunk))
      assert.equal(events.length, 1)
      for (const event of events) if (event.kind === 'bytes') bytes += event.bytes.length
    }
    assert.equal(bytes, 500_000)
  })

  it('passes on what came before a ping, the ping, and what came after it', () => {
    const frames = [
      frameOf({ opcode: 'binary', payload: Buffer.from('be'), isFinal: false }),
      frameOf({ opcode: 'ping', payload: Buffer.from('there?') }),
      frameOf({ opcode: 'pong', payload: Buffer.from('ignored') }),
      frameOf({ opcode: 'continuation', payload: Buffer.from('fore') }),
      frameOf({ opcode: 'close', payload: Buffer.from([3, 232]) }),
      frameOf({ opcode: 'binary', payload: Buffer.from('after') }),
    ]
    assert.deepEqual(readAll(reader(), frames), [
      { kind: 'bytes', bytes: Buffer.from('be') },
      { kind: 'ping', bytes: Buffer.from('there?') },
      { kind: 'bytes', bytes: Buffer.from('fore') },
      { kind: 'closed' },
    ])
  })

  const payload = Buffer.from('payload')
  const refused: readonly (readonly [string, number, readonly Sent[]])[] = [
    ['a frame without a mask', 1002, [{ opcode: 'binary', payload, isMasked: false }]],
    ['reserved bits', 1002, [{ opcode: 'binary', payload, reserved: 0x40 }]],
    ['an unknown opcode', 1002, [{ opcode: 'reserved', payload }]],
    ['an unknown control opcode', 1002, [{ opcode: 'odd', payload }]],
    ['a continuation of nothing', 1002, [{ opcode: 'continuation', payload }]],
    [
      'a message inside a message',
      1002,
      [
        { opcode: 'binary', payload, isFinal: false },
        { opcode: 'binary', payload },
      ],
    ],
    [
      'a continuation after the end',
      1002,
      [
        { opcode: 'binary', payload },
        { opcode: 'continuation', payload },
      ],
    ],
    ['a ping in fragments', 1002, [{ opcode: 'ping', payload, isFinal: false }]],
    ['a ping of 126 bytes', 1002, [{ opcode: 'ping', payload: Buffer.alloc(126) }]],
    ['text', 1003, [{ opcode: 'text', payload }]],
    ['a message of 2^53 bytes', 1009, [{ opcode: 'binary', payload, announced: 1n << 53n }]],
    ['a message of 2^64 - 1 bytes', 1009, [{ opcode: 'binary', payload, announced: (1n << 64n) - 1n }]],
    ['a message a byte too long', 1009, [{ opcode: 'binary', payload: Buffer.alloc(101) }]],
    [
      'fragments that are too long together',
      1009,
      [
        { opcode: 'binary', payload: Buffer.alloc(100), isFinal: false },
        { opcode: 'continuation', payload: Buffer.alloc(1) },
      ],
    ],
  ]
  for (const [name, code, frames] of refused) {
    it(`${name} is refused with ${code}`, () => {
      const last = readAll(reader(100), frames.map(frameOf)).at(-1)
      assert.deepEqual(last, { kind: 'failed', code })
    })
  }

  it('reads what encodeWebSocketHead writes', () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
      const bytes = Buffer.alloc(length, 7)
      const one = new WebSocketReader({ isMasked: false, maxMessageBytes: 1_000_000 })
      const read = readAll(one, [Buffer.concat([encodeWebSocketHead('binary', length), bytes])])
      assert.deepEqual(read, length === 0 ? [] : [{ kind: 'bytes', bytes }])
    }
  })

  it('reads what encodeMaskedWebSocketFrame writes', () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
      const bytes = Buffer.alloc(length, 7)
      const one = new WebSocketReader({ isMasked: true, maxMessageBytes: 65_536 })
      const read = readAll(one, [encodeMaskedWebSocketFrame('binary', bytes, MASK)])
      assert.deepEqual(read, length === 0 ? [] : [{ kind: 'bytes', bytes }])
    }
  })
})
