import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import * as api from '@cablegram/tl/api'
import { decodeRequest, LAYERS, loadLayer, methodNameOfAnyLayer, servedLayer } from '@cablegram/tl/layers'
import fc from 'fast-check'
import { samenessOf } from '../compiler/sameness.ts'
import { LAYER_RULES } from '../layers/rules.ts'
import { SURFACE_METHODS, SURFACE_VALUES } from '../layers/surface.ts'
import { fieldName } from '../schema/index.ts'
import { generatedSchema, olderSchema } from './schemas.ts'
import { type TlObject, ValueMaker } from './values.ts'
import { Wire } from './wire.ts'

const newest = generatedSchema('api')
const olderLayers = LAYERS.slice(0, -1)

function isObject(value: unknown): value is TlObject {
  return typeof value === 'object' && value !== null && '_' in value
}

/** Checks that an older value says what the newest one says, as far as the older layer can. */
function assertTranslated(older: unknown, now: unknown, path: string): void {
  if (Array.isArray(older) && Array.isArray(now)) {
    const kept = now.filter((item) => !isObject(item) || LAYER_RULES.absent[item._] !== 'omit')
    const items = older.length === now.length ? now : kept
    assert.equal(older.length, items.length, path)
    older.forEach((item, index) => {
      assertTranslated(item, items[index], `${path}.${index}`)
    })
    return
  }
  if (!isObject(older) || !isObject(now)) {
    assert.deepEqual(older, now, path)
    return
  }
  assert.equal(older._, now._, path)
  for (const [key, value] of Object.entries(older)) {
    const story: unknown = older._ === 'user' && key === 'storiesMaxId' ? now[key] : undefined
    // The rule of the surface: where the older layer has an int, it is the newest one's maxId.
    if (isObject(story) && !isObject(value)) assert.deepEqual(value, story['maxId'], path)
    // A field today's constructor does not have can only have been left out.
    else assertTranslated(value, key in now ? now[key] : undefined, `${path}.${key}`)
  }
}

for (const layer of olderLayers) {
  const older = olderSchema(layer)
  const listed = new Set(
    SURFACE_VALUES.flatMap((name) => newest.types.get(name)?.map((one) => one.name) ?? [name]),
  )
  const same = samenessOf(newest, older, listed)
  const isKnown = (name: string) => older.constructors.has(name) || LAYER_RULES.absent[name] === 'omit'
  const maker = new ValueMaker(
    newest,
    ({ name }) => same.constructors.has(name) || (listed.has(name) && isKnown(name)),
  )
  const wire = new Wire(older)

  test(`every answer of the surface is read by a client of layer ${layer}`, async () => {
    const codec = await loadLayer(layer)
    for (const name of SURFACE_METHODS) {
      const [now, then] = [newest.methods.get(name), older.methods.get(name)]
      assert.ok(now, name)
      if (then === undefined || now.result.kind === 'generic') continue
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const result = maker.value(g, now.result)
          const bytes = codec.encodeResult(name as 'users.getUsers', result as api.User[])
          assertTranslated(wire.read(then.result, bytes), result, name)
        }),
        { numRuns: 30 },
      )
    }
  })

  test(`every boxed value of the surface is read by a client of layer ${layer}`, async () => {
    const codec = await loadLayer(layer)
    for (const combinator of newest.schema.constructors.filter(({ name }) => listed.has(name))) {
      const type = combinator.result
      if (type.kind !== 'boxed' || !older.constructors.has(combinator.name)) continue
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const value = maker.combinator(g, combinator)
          const bytes = codec.encode(type.name as 'User', value as unknown as api.User)
          assertTranslated(wire.read(type, bytes), value, combinator.name)
        }),
        { numRuns: 20 },
      )
    }
  })

  test(`every request of the surface is understood from a client of layer ${layer}`, () => {
    const requests = new ValueMaker(older)
    for (const name of SURFACE_METHODS) {
      const [now, then] = [newest.methods.get(name), older.methods.get(name)]
      if (now === undefined || then === undefined) continue
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const request = requests.combinator(g, then)
          const absent = now.fields.map((field) => [fieldName(field.name), undefined])
          const { flags: _, ...expected } = { ...Object.fromEntries(absent), ...request }
          assert.deepEqual(decodeRequest(wire.writeObject(request)), expected)
        }),
        { numRuns: 10 },
      )
    }
  })
}

test('the old form of initConnection gives the new one', () => {
  const query = api.encodeRequest({ _: 'help.getConfig' })
  const today: api.Requests['initConnection'] = {
    _: 'initConnection',
    apiId: 4,
    deviceModel: 'a',
    systemVersion: 'b',
    appVersion: 'c',
    systemLangCode: 'd',
    langPack: 'e',
    langCode: 'f',
    proxy: { _: 'inputClientProxy', address: 'h', port: 1 },
    params: undefined,
    query,
  }
  const bytes = api.encodeRequest(today)
  new DataView(bytes.buffer).setUint32(0, 0x785188b8, true)
  assert.deepEqual(decodeRequest(bytes), today)
})

test('a client is served with the newest layer not above its own', () => {
  assert.equal(servedLayer(228), 228)
  assert.equal(servedLayer(1000), 228)
  assert.equal(servedLayer(226), 198)
  assert.equal(servedLayer(197), undefined)
})

test('the newest layer is written by its own codec', async () => {
  assert.equal((await loadLayer(api.LAYER)).encodeResult, api.encodeResult)
})

test('methods are known by the ids of every layer', () => {
  assert.equal(methodNameOfAnyLayer(0xa677244f), 'auth.sendCode')
  assert.equal(methodNameOfAnyLayer(0x785188b8), 'initConnection')
  assert.equal(methodNameOfAnyLayer(0xa677244f | 0), 'auth.sendCode')
  const old = olderSchema(198).methods.get('messages.sendMessage')
  assert.notEqual(old?.id, newest.methods.get('messages.sendMessage')?.id)
  assert.equal(methodNameOfAnyLayer(old?.id ?? 0), 'messages.sendMessage')
  assert.equal(methodNameOfAnyLayer(0xdeadbeef), undefined)
})

test('what an older layer cannot say is a UsageError', async () => {
  const codec = await loadLayer(198)
  const payment: api.auth.sentCodePaymentRequired = {
    _: 'auth.sentCodePaymentRequired',
    storeProduct: '',
    phoneCodeHash: '',
    supportEmailAddress: '',
    supportEmailSubject: '',
    premiumDays: 1,
    currency: 'EUR',
    amount: 1n,
  }
  assert.throws(() => codec.encodeResult('auth.sendCode', payment), UsageError)
  assert.throws(
    () => codec.encodeResult('messages.getDialogs', { _: 'messages.dialogsNotModified', count: 1 }),
    {
      name: 'UsageError',
      code: 'TL_NOT_ON_SURFACE',
    },
  )
  await assert.rejects(loadLayer(199), UsageError)
})
