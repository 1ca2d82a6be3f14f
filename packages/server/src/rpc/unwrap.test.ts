import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { RpcError } from '@cablegram/mtproto'
import { TlWriter } from '@cablegram/tl'
import { encode, encodeRequest, methodId, methods } from '@cablegram/tl/api'
import { beginUnwrap, type Unwrapped, WRAPPER_IDS } from './unwrap.ts'

const QUERY = encodeRequest({ _: 'help.getNearestDc' })

function wrapper(id: number, write: (writer: TlWriter) => void): (query: Uint8Array) => Uint8Array {
  return (query) => {
    const writer = new TlWriter()
    writer.uint(id)
    write(writer)
    return Buffer.concat([writer.take(), query])
  }
}

const withLayer = (layer: number) => wrapper(0xda9b0d0d, (writer) => writer.int(layer))
const afterMsg = (msgId: bigint) => wrapper(0xcb9f372d, (writer) => writer.long(msgId))
const withoutUpdates = wrapper(0xbf9459b7, () => undefined)
const packed = (data: Uint8Array) => {
  const writer = new TlWriter()
  writer.uint(0x3072cfa1)
  writer.bytes(data)
  return writer.take()
}
const gzip = (query: Uint8Array) => packed(gzipSync(query))
const zlib = (query: Uint8Array) => packed(deflateSync(query))

function init(id: number, parts: Uint8Array = new Uint8Array(), flags = 0) {
  return (query: Uint8Array) => {
    const writer = new TlWriter()
    writer.uint(id)
    writer.int(flags)
    writer.int(17)
    for (const text of ['PC', 'Linux', '1.0', 'en', 'tdesktop', 'de']) writer.string(text)
    return Buffer.concat([writer.take(), parts, query])
  }
}
const CLIENT = {
  apiId: 17,
  deviceModel: 'PC',
  systemVersion: 'Linux',
  appVersion: '1.0',
  systemLangCode: 'en',
  langPack: 'tdesktop',
  langCode: 'de',
}

function refusedWith(text: string): (error: unknown) => boolean {
  return (error) => error instanceof RpcError && error.code === 400 && error.message === text
}

const unwrap = (body: Uint8Array): Unwrapped => beginUnwrap(body).end()

describe('unwrap', () => {
  it('knows the wrappers by the ids of the schema', () => {
    const names = methods().filter((name) => WRAPPER_IDS.has(name))
    assert.equal(names.length, WRAPPER_IDS.size)
    for (const name of names) assert.equal(WRAPPER_IDS.get(name), methodId(name), name)
  })

  it('skips wrappers that change nothing here', () => {
    const queries = [
      encodeRequest({ _: 'invokeWithTakeout', takeoutId: 5n, query: QUERY }),
      encodeRequest({ _: 'invokeWithReCaptcha', token: 'token', query: QUERY }),
      encodeRequest({ _: 'invokeWithApnsSecret', nonce: 'n', secret: 'secret', query: QUERY }),
      encodeRequest({ _: 'invokeWithGooglePlayIntegrity', nonce: 'n', token: 'token', query: QUERY }),
      encodeRequest({
        _: 'invokeWithMessagesRange',
        range: { _: 'messageRange', minId: 1, maxId: 2 },
        query: QUERY,
      }),
    ]
    for (const query of queries) assert.deepEqual([...unwrap(query).body], [...QUERY])
  })

  it('leaves a bare query as it is', () => {
    const { body, layer, client, afterMsgIds, withoutUpdates } = unwrap(QUERY)
    assert.deepEqual([...body], [...QUERY])
    assert.deepEqual([layer, client, afterMsgIds, withoutUpdates], [undefined, undefined, [], false])
  })

  it('removes wrappers in any order', () => {
    const orders = [
      withLayer(214)(init(0xc1cd5ea9)(afterMsg(8n)(gzip(QUERY)))),
      afterMsg(8n)(gzip(withLayer(214)(init(0x785188b8)(QUERY)))),
      gzip(afterMsg(8n)(withLayer(214)(init(0xc1cd5ea9)(QUERY)))),
      zlib(init(0xc1cd5ea9)(withLayer(214)(withoutUpdates(afterMsg(8n)(zlib(QUERY)))))),
    ]
    for (const order of orders) {
      const { body, layer, client, afterMsgIds } = unwrap(order)
      assert.deepEqual([...body], [...QUERY])
      assert.equal(layer, 214)
      assert.deepEqual(client, CLIENT)
      assert.deepEqual(afterMsgIds, [8n])
    }
  })

  it('stops before gzip, wherever it stands, and nowhere else', () => {
    for (const packed of [gzip(QUERY), withLayer(214)(afterMsg(8n)(gzip(withoutUpdates(gzip(QUERY)))))]) {
      const unwrapping = beginUnwrap(packed)
      assert.equal(unwrapping.isPacked, true)
      assert.deepEqual([...unwrapping.end().body], [...QUERY])
    }
    assert.equal(beginUnwrap(withLayer(214)(QUERY)).isPacked, false)
    const hollow = beginUnwrap(gzip(withoutUpdates(new Uint8Array())))
    assert.equal(hollow.end().body.length, 0)
  })

  it('reads past wrappers that change nothing here', () => {
    const strings =
      (...values: string[]) =>
      (writer: TlWriter) => {
        for (const value of values) writer.string(value)
      }
    const range = Buffer.from(encode('MessageRange', { _: 'messageRange', minId: 1, maxId: 2 }))
    for (const wrap of [
      (query: Uint8Array) => wrapper(0x365275f2, () => undefined)(Buffer.concat([range, query])),
      wrapper(0xaca9fd2e, (writer) => writer.long(5n)),
      wrapper(0xdd289f8e, strings('connection')),
      wrapper(0x1df92984, strings('nonce', 'token')),
      wrapper(0x0dae54f8, strings('nonce', 'secret')),
      wrapper(0xadbb0f94, strings('token')),
    ]) {
      const unwrapped = unwrap(withLayer(214)(wrap(gzip(QUERY))))
      assert.equal(unwrapped.layer, 214)
      assert.deepEqual([...unwrapped.body], [...QUERY])
    }
  })

  it('reads past the proxy and the parameters of initConnection', () => {
    const proxy = encode('InputClientProxy', { _: 'inputClientProxy', address: 'a', port: 1 })
    const params = encode('JSONValue', {
      _: 'jsonObject',
      value: [{ _: 'jsonObjectValue', key: 'tz_offset', value: { _: 'jsonNumber', value: 3600 } }],
    })
    const unwrapped = unwrap(init(0xc1cd5ea9, Buffer.concat([proxy, params]), 3)(QUERY))
    assert.deepEqual(unwrapped.client, CLIENT)
    assert.deepEqual([...unwrapped.body], [...QUERY])
  })

  it('refuses wrappers that are endless, truncated or around an unreadable query', () => {
    let deep: Uint8Array = QUERY
    for (let depth = 0; depth < 17; depth++) deep = withoutUpdates(deep)
    assert.throws(() => unwrap(deep), refusedWith('INPUT_FETCH_ERROR'))
    const cut = init(0xc1cd5ea9)(new Uint8Array()).subarray(0, 20)
    assert.throws(() => unwrap(cut), refusedWith('INPUT_FETCH_ERROR'))
    assert.throws(() => unwrap(packed(new Uint8Array(10))), refusedWith('INPUT_FETCH_ERROR'))
  })

  it('refuses a request over the size limit, packed or not', () => {
    const large = new Uint8Array(2 * 1024 * 1024)
    assert.throws(() => unwrap(large), refusedWith('INPUT_REQUEST_TOO_LONG'))
    assert.throws(() => unwrap(gzip(large)), refusedWith('INPUT_REQUEST_TOO_LONG'))
    assert.throws(() => unwrap(afterMsg(8n)(zlib(large))), refusedWith('INPUT_REQUEST_TOO_LONG'))
  })
})
