import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { TlReader, TlWriter } from '@cablegram/tl'
import * as api from '@cablegram/tl/api'
import { decodeRequest } from '@cablegram/tl/layers'
import * as service from '@cablegram/tl/service'
import { fieldName } from '../schema/index.ts'

interface Vector {
  readonly name: string
  readonly bytes: string
}
interface Primitive extends Vector {
  readonly type: string
  readonly value?: unknown
}
interface ObjectVector extends Vector {
  readonly fields: Readonly<Record<string, unknown>>
}
interface Vectors {
  readonly primitives: readonly Primitive[]
  readonly objects: readonly ObjectVector[]
  readonly containers: Readonly<Record<'empty' | 'two_messages', string>>
}

const path = new URL('../../../../test/vectors/tl.json', import.meta.url)
const vectors: Vectors = JSON.parse(readFileSync(path, 'utf8'))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

function object(name: string): ObjectVector & { readonly raw: Uint8Array } {
  const found = vectors.objects.find((vector) => vector.name.startsWith(name))
  assert.ok(found, name)
  return { ...found, raw: unhex(found.bytes) }
}

/** Reads and writes each primitive of the vectors. */
const PRIMITIVES: Readonly<
  Record<string, { read: (r: TlReader) => unknown; write: (w: TlWriter, json: unknown) => void }>
> = {
  int: { read: (r) => r.int(), write: (w, json) => w.int(Number(json)) },
  long: { read: (r) => String(r.long()), write: (w, json) => w.long(BigInt(String(json))) },
  double: { read: (r) => r.double(), write: (w, json) => w.double(Number(json)) },
  Bool: { read: (r) => r.bool(), write: (w, json) => w.bool(json === true) },
  string: { read: (r) => r.string(), write: (w, json) => w.string(String(json)) },
  bytes: { read: (r) => hex(r.bytes()), write: (w, json) => w.bytes(unhex(String(json))) },
  int128: { read: (r) => hex(r.int128()), write: (w, json) => w.int128(unhex(String(json))) },
  int256: { read: (r) => hex(r.int256()), write: (w, json) => w.int256(unhex(String(json))) },
  'Vector<int>': {
    read: (r) => r.vector((item) => item.int()),
    write: (w, json) => writeVector(w, json, (item) => w.int(Number(item))),
  },
  'Vector<long>': {
    read: (r) => r.vector((item) => String(item.long()), 8),
    write: (w, json) => writeVector(w, json, (item) => w.long(BigInt(String(item)))),
  },
}

function writeVector(writer: TlWriter, json: unknown, write: (item: unknown) => void): void {
  assert.ok(Array.isArray(json))
  writer.vector(json.length)
  for (const item of json) write(item)
}

for (const { name, type, value, bytes } of vectors.primitives) {
  // One vector gives only a digest of its content.
  if (value === undefined) continue
  test(`primitive ${name} reads and writes as the vector says`, () => {
    const codec = PRIMITIVES[type]
    assert.ok(codec, type)
    const reader = new TlReader(unhex(bytes))
    assert.deepEqual(codec.read(reader), value)
    reader.end()
    const writer = new TlWriter(0)
    codec.write(writer, value)
    assert.equal(hex(writer.take()), bytes)
  })
}

/** A vector's JSON field in the form of the decoded one. */
function like(value: unknown, json: unknown): unknown {
  if (typeof value === 'bigint') return BigInt(String(json))
  if (value instanceof Uint8Array) return unhex(String(json))
  return Array.isArray(value) && Array.isArray(json)
    ? json.map((item, index) => like(value[index], item))
    : json
}

for (const { name, fields, bytes } of vectors.objects) {
  const id = new TlReader(unhex(bytes)).uint()
  const isService = service.constructorName(id) !== undefined || service.methodName(id) !== undefined
  if (!isService || name === 'future_salts') continue
  test(`service object ${name} reads and writes as the vector says`, () => {
    const raw = unhex(bytes)
    const isMethod = service.methodName(id) !== undefined
    const value = isMethod ? service.decodeRequest(raw) : service.decode('Object', raw)
    for (const [key, json] of Object.entries(fields)) {
      const own = (value as unknown as Readonly<Record<string, unknown>>)[fieldName(key)]
      assert.deepEqual(own, like(own, json), key)
    }
    if (isMethod) assert.equal(hex(service.encodeRequest(value as service.Requests['ping'])), bytes)
  })
}

test('future_salts holds a bare vector of bare salts', () => {
  const value: service.future_salts = {
    _: 'future_salts',
    reqMsgId: 7301444575803998208n,
    now: 1700000040,
    salts: [
      { _: 'future_salt', validSince: 1700000000, validUntil: 1700001800, salt: 111n },
      { _: 'future_salt', validSince: 1700001800, validUntil: 1700003600, salt: -222n },
    ],
  }
  assert.deepEqual(service.decode('FutureSalts', object('future_salts').raw), value)
  assert.equal(hex(service.encode('FutureSalts', value)), object('future_salts').bytes)
})

test('auth.sendCode with its settings matches the vector', () => {
  const request: api.Requests['auth.sendCode'] = {
    _: 'auth.sendCode',
    phoneNumber: '9996621234',
    apiId: 17,
    apiHash: 'deadbeef',
    settings: { _: 'codeSettings', currentNumber: true, logoutTokens: [unhex('87ddd0e397a52a45821507e0')] },
  }
  assert.equal(hex(api.encodeRequest(request)), object('auth.sendCode').bytes)
  const read = api.decodeRequest(object('auth.sendCode').raw)
  assert.equal(hex(api.encodeRequest(read)), object('auth.sendCode').bytes)
})

test('auth.sentCode and auth.signIn match the vectors', () => {
  const sentCode = api.encodeResult('auth.sendCode', {
    _: 'auth.sentCode',
    type: { _: 'auth.sentCodeTypeApp', length: 5 },
    phoneCodeHash: 'a1b2c3',
    nextType: { _: 'auth.codeTypeSms' },
    timeout: 60,
  })
  assert.equal(hex(sentCode), object('auth.sentCode').bytes)
  const signIn = { phoneNumber: '9996621234', phoneCodeHash: 'a1b2c3', phoneCode: '22222' }
  assert.equal(hex(api.encodeRequest({ _: 'auth.signIn', ...signIn })), object('auth.signIn').bytes)
})

test('wrappers hold the whole inner method', () => {
  const query = api.encodeRequest({ _: 'help.getNearestDc' })
  const inner = api.encodeRequest({
    _: 'initConnection',
    apiId: 17,
    deviceModel: 'unit-test',
    systemVersion: '1.0',
    appVersion: '0.1',
    systemLangCode: 'en',
    langPack: '',
    langCode: 'en',
    query,
  })
  const wrapped = api.encodeRequest({ _: 'invokeWithLayer', layer: 223, query: inner })
  assert.equal(hex(wrapped), object('invokeWithLayer').bytes)
  const read = decodeRequest(wrapped)
  assert.deepEqual(read, { _: 'invokeWithLayer', layer: 223, query: inner })
  const ids = [7301444575803998208n, 7301444575803998212n]
  const [first = 0n] = ids
  const after = [
    api.encodeRequest({ _: 'invokeAfterMsg', msgId: first, query }),
    api.encodeRequest({ _: 'invokeAfterMsgs', msgIds: ids, query }),
    api.encodeRequest({ _: 'invokeWithoutUpdates', query }),
  ]
  const names = ['invokeAfterMsg(', 'invokeAfterMsgs(', 'invokeWithoutUpdates(']
  assert.deepEqual(
    after.map(hex),
    names.map((name) => object(name).bytes),
  )
})

test('a container is a bare count of bare messages', () => {
  const reader = new TlReader(unhex(vectors.containers.two_messages))
  reader.expect(0x73f1f8dc)
  const messages = Array.from({ length: reader.count(16) }, () => {
    const head = { msgId: reader.long(), seqNo: reader.int() }
    return { ...head, body: hex(reader.raw(reader.int())) }
  })
  reader.end()
  assert.deepEqual(
    messages.map(({ seqNo, body }) => [seqNo, body.length / 2]),
    [
      [1, 56],
      [2, 20],
    ],
  )
  assert.equal(messages[1]?.body.slice(0, 8), '59b4d662')
})
