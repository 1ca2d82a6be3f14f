import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Random } from '../machine.ts'
import {
  checkFakeHello,
  clientHelloLength,
  makeFakeAnswer,
  makeFakeHello,
  readFakeAnswer,
} from './fake-tls.ts'
import { CHANGE_CIPHER_SPEC, encodeRecord, encodeTlsRecords, RECORD, TlsRecordReader } from './tls-records.ts'

const SECRET = Uint8Array.from({ length: 16 }, (_, i) => i * 17)
const OTHER = new Uint8Array(16)
const NOW_S = 1_800_000_000
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))

const helloFor = (domain = 'www.example.org', nowS = NOW_S) =>
  makeFakeHello({ secret: SECRET, domain, nowS, random })

/** Walks through a ClientHello as a server of TLS would. */
function readExtensions(hello: Uint8Array): Map<number, Buffer> {
  const bytes = Buffer.from(hello)
  assert.equal(bytes.readUInt16BE(3), bytes.length - 5)
  assert.equal(bytes.readUIntBE(6, 3), bytes.length - 9)
  let at = 43
  at += 1 + bytes.readUInt8(at)
  at += 2 + bytes.readUInt16BE(at)
  at += 1 + bytes.readUInt8(at)
  assert.equal(bytes.readUInt16BE(at), bytes.length - at - 2)
  at += 2
  const extensions = new Map<number, Buffer>()
  while (at < bytes.length) {
    const length = bytes.readUInt16BE(at + 2)
    assert.ok(!extensions.has(bytes.readUInt16BE(at)), 'an extension comes twice')
    extensions.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  assert.equal(at, bytes.length)
  return extensions
}

test('a hello is a whole ClientHello of 517 bytes that names the domain and is signed', () => {
  for (const domain of ['a', 'www.example.org', 'x'.repeat(182)]) {
    for (let i = 0; i < 20; i++) {
      const hello = helloFor(domain)
      assert.equal(hello.length, 517)
      const serverName = readExtensions(hello).get(0) ?? assert.fail('no server name')
      assert.equal(serverName.subarray(5).toString(), domain)
      const unsigned = hello.slice().fill(0, 11, 43)
      const digest = createHmac('sha256', SECRET).update(unsigned).digest()
      assert.deepEqual(hello.slice(11, 39), new Uint8Array(digest.subarray(0, 28)))
      const time = Buffer.from(hello.slice(39, 43)).readUInt32LE() ^ digest.readUInt32LE(28)
      assert.equal(time >>> 0, NOW_S)
    }
  }
})

test('a proxy takes a hello of about now with its secret, and no other', () => {
  const hello = helloFor()
  const digest = new Uint8Array(hello.subarray(11, 43))
  // Sockets give Buffers.
  assert.deepEqual(new Uint8Array(checkFakeHello(SECRET, Buffer.from(hello), NOW_S) ?? []), digest)
  assert.deepEqual(checkFakeHello(SECRET, hello, NOW_S), digest)
  assert.ok(checkFakeHello(SECRET, hello, NOW_S + 1199))
  assert.ok(checkFakeHello(SECRET, hello, NOW_S - 599))
  assert.equal(checkFakeHello(SECRET, hello, NOW_S + 1200), undefined)
  assert.equal(checkFakeHello(SECRET, hello, NOW_S - 600), undefined)
  assert.equal(checkFakeHello(OTHER, hello, NOW_S), undefined)
  assert.equal(checkFakeHello(SECRET, hello.subarray(0, 43), NOW_S), undefined)
  hello[300] = (hello[300] ?? 0) ^ 1
  assert.equal(checkFakeHello(SECRET, hello, NOW_S), undefined)
})

test('a client takes the signed answer once all of it has come, and knows a forged one', () => {
  const hello = helloFor()
  const answer = makeFakeAnswer(SECRET, hello, random)
  for (let length = 0; length < answer.length; length += 7) {
    assert.equal(readFakeAnswer(SECRET, hello, answer.subarray(0, length)), undefined)
  }
  const longer = new Uint8Array([...answer, 0x17])
  assert.equal(readFakeAnswer(SECRET, hello, longer), answer.length)
  const rejected = { code: 'FAKE_TLS_REJECTED', name: 'SecurityError' }
  assert.throws(() => readFakeAnswer(OTHER, hello, answer), rejected)
  assert.throws(() => readFakeAnswer(SECRET, helloFor(), answer), rejected)
  answer[200] = (answer[200] ?? 0) ^ 1
  assert.throws(() => readFakeAnswer(SECRET, hello, answer), rejected)
})

test('an alert, another service and an endless record are no answers', () => {
  const hello = helloFor()
  for (const [first, ...rest] of [
    [0x15, 3, 3, 0, 2, 2, 40],
    [...Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    [0x16, 3, 3, 0xff, 0xff],
    [0x16, 9, 9, 0, 1, 0],
  ] as const) {
    const answer = Uint8Array.from([first ?? 0, ...rest])
    assert.throws(() => readFakeAnswer(SECRET, hello, answer), { code: 'FAKE_TLS_INVALID' })
  }
})

test('the length of a hello is known with its head, and bounded', () => {
  const hello = helloFor()
  assert.equal(clientHelloLength(hello.subarray(0, 4)), undefined)
  assert.equal(clientHelloLength(hello.subarray(0, 516)), undefined)
  assert.equal(clientHelloLength(new Uint8Array([...hello, 1])), 517)
  assert.throws(() => clientHelloLength(Uint8Array.of(0x16, 3, 1, 0x41, 1)), { code: 'FAKE_TLS_INVALID' })
})

test('data comes out of records as it went in, however the stream is cut', () => {
  const data = random(50_000)
  const stream = new Uint8Array([...CHANGE_CIPHER_SPEC, ...encodeTlsRecords(data), ...CHANGE_CIPHER_SPEC])
  assert.equal(stream.length, 50_000 + 4 * 5 + 12)
  for (const step of [1, 4, 5, 6, 1000, stream.length]) {
    const reader = new TlsRecordReader()
    const found: Uint8Array[] = []
    for (let at = 0; at < stream.length; at += step) found.push(reader.push(stream.slice(at, at + step)))
    assert.deepEqual(new Uint8Array(Buffer.concat(found)), data, `in steps of ${step}`)
  }
})

test('records of one byte give one piece for each chunk', () => {
  const data = random(1000)
  const stream = Uint8Array.from([...data].flatMap((byte) => [RECORD.applicationData, 3, 3, 0, 1, byte]))
  const reader = new TlsRecordReader()
  assert.deepEqual(reader.push(stream.slice(0, 3001)), data.slice(0, 500))
  assert.deepEqual(reader.push(stream.slice(3001)), data.slice(500))
})

test('records of other types, versions and lengths end the stream', () => {
  const read = (...bytes: number[]) => new TlsRecordReader().push(Uint8Array.from(bytes))
  const fails = { code: 'FAKE_TLS_INVALID' }
  assert.throws(() => read(...encodeRecord(0x15, Uint8Array.of(2, 40))), fails)
  assert.throws(() => read(RECORD.applicationData, 2, 3, 0, 1), fails)
  assert.throws(() => read(RECORD.applicationData, 3, 3, 0x41, 1), fails)
  assert.equal(read(RECORD.applicationData, 3, 3, 0, 0).length, 0)
})
