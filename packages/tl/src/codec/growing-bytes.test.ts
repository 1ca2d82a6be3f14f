import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GrowingBytes } from './growing-bytes.ts'

describe('GrowingBytes', () => {
  it('keeps the bytes of any pieces in at most twice the room', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const body = new GrowingBytes(100_000)
        for (const piece of pieces) {
          assert.ok(body.add(piece))
          assert.ok(body.capacity <= Math.max(256, 2 * body.length))
        }
        assert.deepEqual(Buffer.from(body.take()), Buffer.concat(pieces))
      }),
    )
  })

  it('accepts a body of exactly maxBytes and drops one a byte longer', () => {
    const body = new GrowingBytes(1000)
    for (let count = 0; count < 1000; count++) assert.ok(body.add(Uint8Array.of(count)))
    assert.ok(body.capacity <= 2000)
    assert.equal(body.add(Uint8Array.of(0)), false)
    assert.equal(body.capacity, 0)
  })

  it('allocates at most 64 KiB beyond a long body', () => {
    const body = new GrowingBytes(1 << 24)
    const piece = new Uint8Array(1000)
    for (let count = 0; count < 4000; count++) {
      body.add(piece)
      assert.ok(body.capacity <= body.length + (1 << 16))
    }
    assert.equal(body.take().length, 4_000_000)
    assert.equal(body.capacity, 0)
  })

  it('shows the first bytes received so far', () => {
    const body = new GrowingBytes(1000)
    assert.deepEqual([...body.head(4)], [])
    body.add(Uint8Array.of(1, 2))
    assert.deepEqual([...body.head(4)], [1, 2])
    body.add(new Uint8Array(500).fill(3))
    assert.deepEqual([...body.head(4)], [1, 2, 3, 3])
  })

  it('gives each body a buffer of its own', () => {
    const body = new GrowingBytes(8)
    body.add(Uint8Array.of(1))
    const first = body.take()
    body.add(Uint8Array.of(2))
    assert.deepEqual([...first], [1])
  })
})
