import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOfPeer, peerOfId } from './ids.ts'

for (const [peer, id] of [
  [{ _: 'peerUser', userId: 1n }, 1n],
  [{ _: 'peerUser', userId: 2n ** 40n - 1n }, 2n ** 40n - 1n],
  [{ _: 'peerChat', chatId: 1n }, -1n],
  [{ _: 'peerChat', chatId: 999_999_999_999n }, -999_999_999_999n],
  [{ _: 'peerChannel', channelId: 1n }, -1_000_000_000_001n],
  [{ _: 'peerChannel', channelId: 1_234_567_890n }, -1_001_234_567_890n],
] as const) {
  test(`${peer._} has the id ${id}, and the id is that peer`, () => {
    assert.equal(idOfPeer(peer), id)
    assert.deepEqual(peerOfId(id), peer)
  })
}

test('0 is the id of no peer', () => {
  assert.equal(peerOfId(0n), undefined)
  assert.equal(peerOfId(-1_000_000_000_000n), undefined)
})
