import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as api from '@cablegram/tl/api'
import * as service from '@cablegram/tl/service'
import fc from 'fast-check'
import type { Shape } from '../compiler/index.ts'
import type { Combinator, TypeExpr } from '../schema/index.ts'
import { generatedSchema } from './schemas.ts'
import { type TlObject, ValueMaker } from './values.ts'
import { Wire } from './wire.ts'

/** A generated module, accessed by names that the tests compute. */
interface AnyCodec {
  encode(type: string, value: unknown): Uint8Array
  decode(type: string, bytes: Uint8Array): unknown
  encodeRequest(request: TlObject): Uint8Array
  decodeRequest(bytes: Uint8Array): unknown
  encodeResult(method: string, value: unknown): Uint8Array
  decodeResult(method: string, bytes: Uint8Array): unknown
}

const RUNS = { numRuns: 3 }

/** The same value as a person would write it: absent fields are missing or false. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const present = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(present.map(([key, part]) => [key, written(part)]))
}

function checkValues(shape: Shape, codec: AnyCodec): void {
  const maker = new ValueMaker(shape)
  const wire = new Wire(shape)
  for (const combinator of shape.schema.constructors) {
    const type = combinator.result
    if (type.kind !== 'boxed') continue
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const value = maker.combinator(g, combinator)
        const bytes = codec.encode(type.name, value)
        assert.deepEqual(wire.read(type, bytes), value)
        assert.deepEqual(codec.decode(type.name, bytes), value)
        assert.deepEqual(codec.encode(type.name, written(value)), bytes)
      }),
      RUNS,
    )
  }
}

function checkRequests(shape: Shape, codec: AnyCodec): void {
  const maker = new ValueMaker(shape)
  const wire = new Wire(shape)
  const asRequest = ({ name }: Combinator): TypeExpr => ({ kind: 'boxed', name })
  for (const method of shape.schema.methods) {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const request = maker.combinator(g, method)
        const bytes = codec.encodeRequest(request)
        assert.deepEqual(wire.read(asRequest(method), bytes), request)
        assert.deepEqual(codec.decodeRequest(bytes), request)
        const result = maker.value(g, method.result)
        const answer = codec.encodeResult(method.name, result)
        assert.deepEqual(wire.read(method.result, answer), result)
        assert.deepEqual(codec.decodeResult(method.name, answer), result)
      }),
      RUNS,
    )
  }
}

test('every constructor of the newest layer survives encoding and decoding, as the schema says', () => {
  checkValues(generatedSchema('api'), api as unknown as AnyCodec)
})

test('every method of the newest layer survives with its answer', () => {
  checkRequests(generatedSchema('api'), api as unknown as AnyCodec)
})

test('every constructor and method of the service schema survives', () => {
  const shape = generatedSchema('service')
  checkValues(shape, service as unknown as AnyCodec)
  checkRequests(shape, service as unknown as AnyCodec)
})

test('fields of a constructor are always assigned in the same order, absent or not', () => {
  const bare = api.decode('Peer', api.encode('Peer', { _: 'peerUser', userId: 1n }))
  assert.deepEqual(Object.keys(bare), ['_', 'userId'])
  const user = (value: api.user) => Object.keys(api.decode('User', api.encode('User', value)))
  assert.deepEqual(
    user({ _: 'user', id: 1n }),
    user({ _: 'user', id: 1n, premium: true, phone: '1', langCode: 'en' }),
  )
})
