/** Values that are easy to print wrongly: the three languages still say the same, to the byte. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createLuaEncoder } from '@cablegram/lua'
import type { MethodName, Params } from '@cablegram/tl/api'
import { defineExample } from '../../site/printers/example.ts'
import { print } from '../../site/printers/index.ts'
import { bytesOfCommand } from './command-bytes.ts'
import { encodeCall, recordCalls } from './recorded-calls.ts'

const encoder = await createLuaEncoder()
after(() => encoder.close())

const SELF = { _: 'inputPeerSelf' } as const

function hard<M extends MethodName>(name: string, method: M, params: Params<M>): void {
  test(`${name} is the same bytes in every language`, async () => {
    const {
      typescript,
      lua,
      command = '',
    } = print(defineExample(method, { given: 'anonymous', params: params as never, shows: { _: '' } }), false)
    const bytes = Buffer.from(encodeCall(method, params as object))
    assert.deepEqual((await recordCalls(typescript)).map(Buffer.from), [bytes])
    assert.deepEqual(Buffer.from(encoder.encode(lua)), bytes)
    assert.deepEqual(Buffer.from(bytesOfCommand(method, command)), bytes)
  })
}

const message = (text: string) => ({ peer: SELF, message: text, randomId: 1n })

hard('a text with both quotes', 'messages.sendMessage', message(`It's "here"`))
hard('a text with a backslash and lines', 'messages.sendMessage', message('C:\\new\r\nline\ttab'))
hard('a text with NUL and a dollar', 'messages.sendMessage', message('a\0b $HOME `id`'))
hard('a text in other scripts', 'messages.sendMessage', message('привет 👍 \u2028'))
hard('the largest long', 'messages.sendMessage', { ...message('a'), randomId: 2n ** 63n - 1n })
hard('the least long', 'messages.sendMessage', { ...message('a'), randomId: -(2n ** 63n) })
hard('a field that is a keyword of Lua', 'account.updateEmojiStatus', {
  emojiStatus: { _: 'emojiStatus', documentId: 5n, until: 1_767_225_600 },
})
hard('fields in capitals', 'auth.checkPassword', {
  password: {
    _: 'inputCheckPasswordSRP',
    srpId: -5n,
    A: new Uint8Array([0, 39, 92, 255]),
    M1: new Uint8Array([34, 10]),
  },
})
hard('empty bytes and lists', 'account.invalidateSignInCodes', { codes: [] })
hard('a flag that is set', 'messages.sendMessage', { ...message('a'), silent: true })
hard('a fraction', 'contacts.getLocated', { geoPoint: { _: 'inputGeoPoint', lat: -51.5, long: 0.125 } })
