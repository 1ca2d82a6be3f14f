import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../properties/values.ts'
import type * as Text from './text.ts'

/** The module as it loads without Buffer; the query makes it another module. */
async function inBrowser(): Promise<typeof Text> {
  const { Buffer } = globalThis
  try {
    Object.assign(globalThis, { Buffer: undefined })
    return await import(`./text.ts?${'browser'}`)
  } finally {
    Object.assign(globalThis, { Buffer })
  }
}

async function bothForms(): Promise<(typeof Text)[]> {
  return [await import('./text.ts'), await inBrowser()]
}

test('any bytes decode like the standard decoder, in Node and in browsers', async () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const standard = (bytes: Uint8Array) => {
    try {
      return strict.decode(bytes)
    } catch {
      return undefined
    }
  }
  const forms = await bothForms()
  const pieces = fc.oneof(
    anyText(60).map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 6 }),
    fc
      .subarray([0xed, 0xa0, 0x80, 0xf4, 0x90, 0xe0, 0x9f, 0xc1, 0xf0, 0x8f, 0xbf])
      .map((list) => Uint8Array.from(list)),
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 3 }), (parts) => {
      const bytes = Uint8Array.from(parts.flatMap((part) => [...part]))
      for (const { decodeUtf8 } of forms) assert.equal(decodeUtf8(bytes, 0, bytes.length), standard(bytes))
    }),
    { numRuns: 2000 },
  )
})

test('ASCII of every length decodes', async () => {
  for (const { decodeAscii } of await bothForms()) {
    const bytes = Uint8Array.from({ length: 40 }, (_, index) => 65 + index)
    for (let end = 2; end <= 40; end++) {
      assert.equal(decodeAscii(bytes, 2, end), String.fromCharCode(...bytes.subarray(2, end)))
    }
  }
})

test('text is written as UTF-8', async () => {
  for (const { encodeUtf8 } of await bothForms()) {
    const into = new Uint8Array(40)
    assert.equal(encodeUtf8('aé🚀\ud800', into, 2), 10)
    assert.deepEqual(into.subarray(2, 12), new TextEncoder().encode('aé🚀\ufffd'))
  }
})
