import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PeerError } from './errors.ts'
import { parsePeer, type WrittenPeer } from './parse.ts'

const name = (text: string): WrittenPeer => ({ kind: 'name', name: text })
const id = (of: bigint): WrittenPeer => ({ kind: 'id', id: of })

const READ: readonly (readonly [string, WrittenPeer])[] = [
  ['me', { kind: 'self' }],
  [' me ', { kind: 'self' }],
  ['@ada', name('ada')],
  ['@Ada_Lovelace_1815', name('Ada_Lovelace_1815')],
  ['+9996621234', { kind: 'phone', digits: '9996621234' }],
  ['+1 (555) 010-20.30', { kind: 'phone', digits: '15550102030' }],
  ['t.me/ada', name('ada')],
  ['https://t.me/ada', name('ada')],
  ['https://t.me/@ada', name('ada')],
  ['http://www.telegram.me/ada/17?comment=3#x', name('ada')],
  ['https://telegram.dog/s/channel_name', name('channel_name')],
  ['https://ada.t.me', name('ada')],
  ['https://t.me/c/1234567/89', id(-1000001234567n)],
  ['https://t.me/+AbCd_123-xyz', { kind: 'invite', hash: 'AbCd_123-xyz' }],
  ['t.me/joinchat/AbCdEfGh', { kind: 'invite', hash: 'AbCdEfGh' }],
  ['https://t.me/+9996621234', { kind: 'phone', digits: '9996621234' }],
  ['tg://resolve?domain=ada&post=5', name('ada')],
  ['tg:resolve?domain=ada', name('ada')],
  ['tg://resolve?phone=9996621234', { kind: 'phone', digits: '9996621234' }],
  ['tg://join?invite=AbCdEfGh', { kind: 'invite', hash: 'AbCdEfGh' }],
  ['tg://user?id=42', id(42n)],
  ['tg://openmessage?user_id=42&message_id=5', id(42n)],
  ['tg://privatepost?channel=1234567&post=1', id(-1000001234567n)],
]

for (const [text, expected] of READ) {
  test(`${JSON.stringify(text)} is a peer`, () => assert.deepEqual(parsePeer(text), expected))
}

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['ada', 'PEER_INVALID', /A name begins with @: '@ada'/],
  ['', 'PEER_INVALID', /A peer is 'me'/],
  ['123456', 'PEER_INVALID', /An id is a bigint: 123456n/],
  ['-1001234567890', 'PEER_INVALID', /-1001234567890n/],
  ['@ab', 'PEER_INVALID', /3 to 32 letters/],
  ['@1ada', 'PEER_INVALID', /begin with a letter/],
  ['@ada lovelace', 'PEER_INVALID', /not a name/],
  ['https://example.org/ada', 'PEER_INVALID', /not a peer/],
  ['https://t.me/addstickers/Cats', 'PEER_LINK_INVALID', /does not lead to a chat/],
  ['https://t.me/', 'PEER_LINK_INVALID', /t\.me\/name/],
  ['tg://settings?x=1', 'PEER_LINK_INVALID', /does not lead to a chat/],
]

for (const [text, code, message] of REFUSED) {
  test(`${JSON.stringify(text)} is refused with the next step`, () => {
    assert.throws(() => parsePeer(text), { name: 'PeerError', code, message })
  })
}

test('any text is a peer or a PeerError, and a long one is not shown whole', () => {
  const start = fc.constantFrom('', '@', '+', 't.me/', 'https://t.me/+', 'tg://resolve?domain=', 'https://')
  fc.assert(
    fc.property(start, fc.string({ unit: 'binary', maxLength: 3000 }), (head, tail) => {
      try {
        parsePeer(head + tail)
      } catch (error) {
        assert.ok(error instanceof PeerError)
        assert.ok(error.message.length < 12_000)
      }
    }),
  )
})
