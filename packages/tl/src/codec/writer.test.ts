import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as api from '@cablegram/tl/api'
import fc from 'fast-check'
import { UsageError } from '../errors.ts'
import { anyText } from '../properties/values.ts'
import { TlReader, TlWriter } from './index.ts'

/** A reader over bytes at an address that is not a multiple of four. */
function unaligned(bytes: Uint8Array): TlReader {
  const moved = new Uint8Array(bytes.length + 1)
  moved.set(bytes, 1)
  return new TlReader(moved.subarray(1))
}

test('texts of every length and script survive, wherever they lie in memory', () => {
  const scripts = fc.oneof(
    anyText(300),
    fc.string({ unit: 'binary-ascii', maxLength: 300 }),
    fc.constantFrom(
      '\ufeffmark',
      '\ufffd',
      'é'.repeat(126),
      'é'.repeat(127),
      '🚀'.repeat(70),
      'x'.repeat(70_000),
    ),
  )
  fc.assert(
    fc.property(fc.array(scripts, { maxLength: 4 }), (texts) => {
      const writer = new TlWriter(0)
      for (const text of texts) writer.string(text)
      const bytes = writer.take()
      const encoded = texts.map((text) => new TextEncoder().encode(text).length)
      const padded = encoded.map((length) => ((length < 254 ? 1 : 4) + length + 3) & ~3)
      assert.equal(
        bytes.length,
        padded.reduce((sum, length) => sum + length, 0),
      )
      const reader = unaligned(bytes)
      assert.deepEqual(
        texts.map(() => reader.string()),
        texts,
      )
      reader.end()
    }),
    { numRuns: 500 },
  )
})

test('padding is zero even if the buffer was used before', () => {
  const writer = new TlWriter()
  writer.raw(new Uint8Array(64).fill(0xff))
  writer.reset()
  for (let length = 0; length < 8; length++) {
    writer.string('a'.repeat(length))
    writer.bytes(new Uint8Array(length))
  }
  const expected = Array.from({ length: 8 }, (_, length) => {
    const padding = (3 - length + 8) % 4
    return [
      length,
      ...Array(length).fill(97),
      ...Array(padding).fill(0),
      length,
      ...Array(length + padding).fill(0),
    ]
  })
  assert.deepEqual([...writer.take()], expected.flat())
})

test('half a surrogate pair is written as U+FFFD', () => {
  const writer = new TlWriter()
  writer.string('a\ud800')
  assert.equal(new TlReader(writer.take()).string(), 'a\ufffd')
})

test('numbers outside their type are refused', () => {
  const writer = new TlWriter()
  const wrong: (() => void)[] = [
    () => writer.int(2 ** 32),
    () => writer.int(1.5),
    () => writer.int(Number.NaN),
    () => writer.uint(-1),
    () => writer.long(2n ** 63n),
    () => writer.long(-(2n ** 63n) - 1n),
    () => writer.int128(new Uint8Array(15)),
    () => writer.int256(new Uint8Array(33)),
    () => writer.raw(new Uint8Array(3)),
    () => writer.bytes('text' as unknown as Uint8Array),
    () => writer.bool(1 as unknown as boolean),
    () => writer.long(1 as unknown as bigint),
  ]
  for (const run of wrong) assert.throws(run, { name: 'UsageError', code: 'TL_VALUE' })
  assert.equal(writer.length, 0)
})

test('a wrong value is a UsageError that names its path and not its content', () => {
  const settings = { _: 'codeSettings' as const }
  const request = { _: 'auth.sendCode' as const, phoneNumber: '+1', apiId: 1, apiHash: 'secret', settings }
  const failure = (changes: object) => {
    try {
      api.encodeRequest({ ...request, ...changes })
    } catch (error) {
      assert.ok(error instanceof UsageError)
      assert.ok(!error.message.includes('secret'))
      return error.message
    }
    return undefined
  }
  assert.equal(failure({}), undefined)
  assert.equal(failure({ phoneNumber: undefined }), 'auth.sendCode.phoneNumber is missing: expected a string')
  assert.equal(
    failure({ apiId: 'secret' }),
    'auth.sendCode.apiId: expected a signed 32-bit number, not a string',
  )
  assert.equal(failure({ settings: null }), 'auth.sendCode.settings: expected a CodeSettings, not null')
  const user = { _: 'userEmpty', id: 1n }
  const wanted = 'auth.sendCode.settings: expected a CodeSettings, and userEmpty is not one'
  assert.equal(failure({ settings: user }), wanted)
  const tokens = { ...settings, logoutTokens: [new Uint8Array(1), 'x'] }
  assert.equal(
    failure({ settings: tokens }),
    'auth.sendCode.settings.logoutTokens.1: expected bytes, not a string',
  )
  const half = { ...settings, token: 'x' }
  assert.equal(
    failure({ settings: half }),
    'auth.sendCode.settings.appSandbox is missing: expected a boolean',
  )
  assert.equal(failure({ settings: undefined }), 'auth.sendCode.settings is missing: expected a CodeSettings')
  assert.equal(
    failure({ settings: { ...settings, logoutTokens: [undefined] } }),
    'auth.sendCode.settings.logoutTokens.0 is missing: expected bytes',
  )
  assert.equal(failure({ settings: {} }), 'auth.sendCode.settings: expected a CodeSettings, not an object')
  assert.throws(() => api.encode('CodeSettings', undefined as never), {
    message: 'CodeSettings is missing: expected a CodeSettings',
  })
  assert.throws(() => api.encodeRequest({ _: 'no.such' } as never), { code: 'TL_UNKNOWN_METHOD' })
  assert.throws(() => api.encode('NoSuch' as never, request as never), { code: 'TL_UNKNOWN_TYPE' })
})

test('a value of a wrong kind in any field of any method is a UsageError with its path', () => {
  const wrong: unknown[] = [
    10n,
    2n ** 70n,
    Symbol('s'),
    null,
    {},
    [],
    [null],
    [1n],
    'x',
    Number.NaN,
    2 ** 31,
    1.5,
  ]
  for (const value of [
    ...wrong,
    -1,
    true,
    () => 1,
    { _: 'user' },
    { _: 5 },
    new Date(0),
    new Uint8Array(3),
  ]) {
    for (const method of api.methods()) {
      const request = new Proxy({ _: method }, { get: (_, field) => (field === '_' ? method : value) })
      try {
        api.encodeRequest(request as never)
      } catch (error) {
        assert.ok(error instanceof UsageError, `${method}: ${error}`)
        assert.ok(error.message.startsWith(method), error.message)
      }
    }
  }
})

test('a bigint for a number is reported with its path, and a number out of range with its value', () => {
  const search = { _: 'contacts.search' as const, q: 'x' }
  const failure = (limit: unknown) => {
    try {
      api.encodeRequest({ ...search, limit: limit as number })
    } catch (error) {
      return (error as Error).message
    }
    return undefined
  }
  const wanted = 'contacts.search.limit: expected a signed 32-bit number, not'
  assert.equal(failure(10n), `${wanted} a bigint`)
  assert.equal(failure(8326417308), `${wanted} 8326417308`)
  assert.equal(failure(Number.NaN), `${wanted} NaN`)
  assert.equal(failure(1.5), `${wanted} 1.5`)
  assert.equal(failure(Symbol('s')), `${wanted} a symbol`)
  assert.equal(failure(new Date(0)), `${wanted} an object`)
})

test('a value that contains itself is a UsageError', () => {
  const text = { _: 'textBold' as const, text: { _: 'textEmpty' as const } as api.RichText }
  text.text = text
  assert.throws(() => api.encode('RichText', text), { name: 'UsageError', message: /at most 100 deep/ })
})

test('nested encoding does not mix the bytes', () => {
  const inner = () => api.encode('Peer', { _: 'peerUser', userId: 1n })
  const outer: api.peerUser = {
    _: 'peerUser',
    get userId() {
      inner()
      return 2n
    },
  }
  assert.deepEqual(api.decode('Peer', api.encode('Peer', outer)), { _: 'peerUser', userId: 2n })
})
