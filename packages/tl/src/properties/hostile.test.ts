import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError, LIMITS, TlReader, TlWriter } from '@cablegram/tl'
import * as api from '@cablegram/tl/api'
import { decodeRequest, LAYERS } from '@cablegram/tl/layers'
import fc from 'fast-check'
import { SURFACE_METHODS } from '../layers/surface.ts'
import { generatedSchema, layerSchema } from './schemas.ts'
import { ValueMaker } from './values.ts'
import { Wire } from './wire.ts'

/** Runs a decoder that may only return or throw a DecodeError. */
function decodes(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    assert.ok(Number.isInteger(error.offset) && error.offset >= 0)
  }
}

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer)
}

const shape = generatedSchema('api')
const ids = [...shape.schema.constructors, ...shape.schema.methods].map(({ id }) => id | 0)

test('arbitrary bytes decode or give a DecodeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...ids), (bytes, id) => {
      const withId = new Uint8Array([...words(id), ...bytes])
      for (const input of [bytes, withId, withId.subarray(1)]) {
        decodes(() => api.decodeRequest(input))
        decodes(() => decodeRequest(input))
        decodes(() => api.decode('Object', input))
        decodes(() => api.decode('Updates', input))
        decodes(() => api.decodeResult('users.getUsers', input))
      }
    }),
    { numRuns: 3000 },
  )
})

test('valid bytes with anything changed, cut or added decode or give a DecodeError', () => {
  const maker = new ValueMaker(shape)
  const some = fc.constantFrom(...shape.schema.constructors)
  fc.assert(
    fc.property(
      fc.gen(),
      some,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ids, -1, 0, 1, 255, 2 ** 24))),
      (g, combinator, changes) => {
        const type = combinator.result.kind === 'boxed' ? combinator.result.name : ''
        const bytes = api.encode(type as 'User', maker.combinator(g, combinator) as unknown as api.User)
        const view = new DataView(bytes.buffer)
        for (const [at, word] of changes.slice(0, 4)) view.setInt32((at % (bytes.length / 4)) * 4, word, true)
        decodes(() => api.decode(type as 'User', bytes))
        decodes(() => api.decode(type as 'User', bytes.subarray(0, changes[0]?.[0] ?? 0)))
      },
    ),
    { numRuns: 2000 },
  )
})

test('requests of the oldest layer with anything changed or cut decode or give a DecodeError', () => {
  const oldest = layerSchema(LAYERS[0] ?? 0)
  const [maker, wire] = [new ValueMaker(oldest), new Wire(oldest)]
  const methods = SURFACE_METHODS.flatMap((name) => oldest.methods.get(name) ?? [])
  const oldIds = [...oldest.schema.constructors, ...oldest.schema.methods].map(({ id }) => id | 0)
  const change = fc.tuple(fc.nat(), fc.constantFrom(...oldIds, -1, 0, 1, 255, 2 ** 24))
  fc.assert(
    fc.property(fc.gen(), fc.constantFrom(...methods), fc.array(change), (g, method, changes) => {
      const bytes = wire.writeObject(maker.combinator(g, method))
      const view = new DataView(bytes.buffer)
      for (const [at, word] of changes.slice(0, 4)) view.setInt32((at % (bytes.length / 4)) * 4, word, true)
      decodes(() => decodeRequest(bytes))
      decodes(() => decodeRequest(bytes.subarray(0, changes[0]?.[0] ?? 0)))
    }),
    { numRuns: 1000 },
  )
})

test('requests of the oldest layer cannot nest without limit', () => {
  const [getUsers, fromMessage] = [0x0d91a548, 0x17bae2e6]
  const deep = new Int32Array(250_000).fill(fromMessage)
  deep.set([getUsers, 0x1cb5c415, 1, 0x2d117597])
  assert.throws(() => decodeRequest(new Uint8Array(deep.buffer)), {
    name: 'DecodeError',
    message: /nested too deep/,
  })
})

test('leftover bytes are a DecodeError that says where', () => {
  const bytes = new Uint8Array([...api.encodeRequest({ _: 'help.getConfig' }), 0, 0, 0, 0])
  assert.throws(() => api.decodeRequest(bytes), {
    name: 'DecodeError',
    offset: 4,
    constructorId: 0xc4f9186b | 0,
  })
  assert.throws(() => api.decodeRequest(bytes.subarray(0, 5)), DecodeError)
})

test('an unknown constructor is a DecodeError with its id and offset', () => {
  const user = api.encode('User', { _: 'userEmpty', id: 7n })
  new DataView(user.buffer).setUint32(0, 0xdeadbeef, true)
  const error = {
    name: 'DecodeError',
    offset: 0,
    constructorId: 0xdeadbeef | 0,
    message: /expected User.*#deadbeef/,
  }
  assert.throws(() => api.decode('User', user), error)
})

test('a huge count or length is refused before memory is allocated for it', () => {
  const getUsers = [api.methodId('users.getUsers') | 0, 0x1cb5c415]
  for (const count of [0x7fffffff, -1, 2, 0x10000000]) {
    assert.throws(() => api.decodeRequest(words(...getUsers, count, 0x7ff7c0d)), DecodeError)
  }
  const huge = words(0xfffffffe | 0, 1)
  assert.throws(() => new TlReader(huge).bytes(), {
    name: 'DecodeError',
    message: /16777215 bytes are cut off/,
  })
  assert.throws(() => new TlReader(words(255, 0)).string(), DecodeError)
})

test('deep nesting ends in a DecodeError long before the stack overflows', () => {
  const bold = 0x6724abc4
  const deep = new Int32Array(250_000).fill(bold)
  assert.throws(() => api.decode('RichText', new Uint8Array(deep.buffer)), {
    name: 'DecodeError',
    message: /nested too deep/,
  })
  const nested = (depth: number) =>
    new Uint8Array([...words(...Array(depth).fill(bold)), ...words(0xdc3d824f | 0)])
  assert.equal(api.decode('RichText', nested(LIMITS.maxDepth - 1))._, 'textBold')
})

test('text that is not UTF-8 is a DecodeError, long and short', () => {
  const bad = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]]
  for (const bytes of bad) {
    for (const padding of [0, 30, 300]) {
      const writer = new TlWriter()
      writer.bytes(new Uint8Array([...new Uint8Array(padding).fill(65), ...bytes]))
      const reader = new TlReader(writer.take())
      assert.throws(() => reader.string(), { name: 'DecodeError', offset: 0 })
    }
  }
})

test('a decoded value does not change with the bytes it was read from', () => {
  for (const length of [3, 100]) {
    const bytes = api.encode('InputFileLocation', {
      _: 'inputDocumentFileLocation',
      id: 1n,
      accessHash: 2n,
      fileReference: new Uint8Array(length).fill(7),
      thumbSize: 'm',
    })
    const value = api.decode('InputFileLocation', bytes)
    bytes.fill(0)
    assert.deepEqual('fileReference' in value && value.fileReference, new Uint8Array(length).fill(7))
  }
})
