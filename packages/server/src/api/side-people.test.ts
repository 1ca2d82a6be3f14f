import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import { createAccount } from '../rules/passwords/new-accounts.ts'
import { createWorld } from '../rules/test-world.ts'
import { PeerBook } from './peer-book.ts'
import { sideUpdates } from './side-updates.ts'

test('every layer can carry the news of people, in its own words', async () => {
  const { rules, clock } = await createWorld()
  const [ada, bob] = [
    await createAccount(rules, { phone: '9996621001', firstName: 'Ada', username: 'ada_l' }),
    await createAccount(rules, { phone: '9996621002', firstName: 'Bob' }),
  ]
  const nowS = Math.floor(clock.nowMs() / 1000)
  const view = { on: rules, viewerId: bob.id, nowS, book: new PeerBook(rules, bob.id, nowS) }
  const about = { subject: ada.id, atS: nowS }
  const kinds = ['userName', 'user', 'contact', 'peerBlocked']
  const events = [
    ...kinds.map((kind) => ({ kind, ...about })),
    { kind: 'privacy', subject: 0n, detail: 'status', atS: nowS },
  ]
  const updates = await sideUpdates(events, view)
  assert.deepEqual(
    updates.map(({ _: name }) => name),
    ['updateUserName', 'updateUser', 'updatePeerSettings', 'updatePeerBlocked', 'updatePrivacy'],
  )
  const lists = await view.book.lists()
  assert.deepEqual(
    lists.users.map(({ id }) => id),
    [ada.id],
  )
  for (const layer of LAYERS) {
    const { encode } = await loadLayer(layer)
    for (const update of updates) {
      const body = encode('Updates', { _: 'updates', updates: [update], ...lists, date: nowS, seq: 0 })
      assert.ok(body.length > 0, `${update._} in ${layer}`)
    }
  }
})
