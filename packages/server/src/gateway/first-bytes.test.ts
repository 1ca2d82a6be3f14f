import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { chooseDoor, readHead } from './first-bytes.ts'

const HELLO = Buffer.from('16030102000100', 'hex')
const BEGINNINGS: readonly (readonly [string, Buffer, string])[] = [
  ['GET', Buffer.from('GET / HTTP/1.1'), 'http'],
  ['POST', Buffer.from('POST /api'), 'http'],
  ['HEAD', Buffer.from('HEAD /'), 'http'],
  ['OPTIONS', Buffer.from('OPTIONS /apiw'), 'http'],
  ['a ClientHello', HELLO, 'tls'],
  ['abridged', Buffer.from('ef0a', 'hex'), 'mtproto'],
  ['intermediate', Buffer.from('eeeeeeee', 'hex'), 'mtproto'],
  ['full', Buffer.from('340000000000', 'hex'), 'mtproto'],
  ['obfuscated', Buffer.from('8f3bd1c2', 'hex'), 'mtproto'],
  ['an obfuscated header that begins like TLS', Buffer.from('160301020a77', 'hex'), 'mtproto'],
  ['an obfuscated header that begins like HTTP', Buffer.from('GETx', 'latin1'), 'mtproto'],
]

for (const [name, bytes, door] of BEGINNINGS) {
  test(`${name} is recognised by its first bytes, however few arrive at a time`, () => {
    for (let length = 0; length <= bytes.length; length++) {
      const told = chooseDoor(bytes.subarray(0, length), true)
      assert.ok(told === door || (told === undefined && length < bytes.length), `${length} bytes: ${told}`)
    }
  })
}

test('nothing is taken for TLS without a certificate', () => {
  assert.equal(chooseDoor(HELLO.subarray(0, 1), false), 'mtproto')
})

/** A socket whose peer sends these chunks, one after the other, and closes. */
function socketOf(chunks: readonly Buffer[]): Socket {
  const left = [...chunks]
  const socket = new Duplex({
    allowHalfOpen: false,
    read() {
      setImmediate(() => this.push(left.shift() ?? null))
    },
    write: (_chunk, _encoding, done) => done(),
  })
  return socket as unknown as Socket
}

test('bytes read ahead can be read again, and none is lost', async () => {
  const bytes = Buffer.from('head and all the rest')
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    )
    const socket = socketOf(chunks)
    const head = await readHead(socket, (seen) =>
      seen.length < 4 ? undefined : { value: seen.toString('latin1', 0, 4), length: 4 },
    )
    assert.equal(head, 'head')
    const rest: Buffer[] = []
    for await (const chunk of socket) rest.push(chunk)
    assert.equal(Buffer.concat(rest).toString(), ' and all the rest')
  }
})

test('a connection that ends too early or shows an unknown start is rejected', async () => {
  await assert.rejects(
    readHead(socketOf([Buffer.from('GE')]), (head) =>
      head.length < 4 ? undefined : { value: 1, length: 0 },
    ),
  )
  const refuse = () => {
    throw new RangeError('no')
  }
  await assert.rejects(readHead(socketOf([Buffer.from('x')]), refuse), RangeError)
})
