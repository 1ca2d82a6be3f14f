import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccount } from '../passwords/new-accounts.ts'
import { createWorld } from '../test-world.ts'
import { boxOf } from './box-of.ts'
import { appendToBoxes } from './decide-append-message.ts'
import { eventsAfter } from './decide-box-log.ts'
import { freshEventsOf } from './fresh-events.ts'
import type { BoxEvent, MessageToBoxes, NewMessage } from './words.ts'

/** Two people, a way to write to both, and the events that came with the nudges, by box. */
async function createScene() {
  const { rules, store, bus } = await createWorld()
  const [ada, bob] = [
    await createAccount(rules, { phone: '+9996621001', firstName: 'Ada' }),
    await createAccount(rules, { phone: '+9996621002', firstName: 'Bob' }),
  ]
  const boxes = [boxOf(rules.settings, ada.id), boxOf(rules.settings, bob.id)] as const
  let came: (readonly [bigint, readonly BoxEvent[] | undefined])[] = []
  bus.subscribe((nudge) => {
    if (nudge.kind === 'box') came.push([BigInt(nudge.boxId), freshEventsOf(nudge)])
  })
  return {
    ada,
    bob,
    async write(changes: Partial<NewMessage>, more: Partial<MessageToBoxes> = {}) {
      came = []
      const about = { peerId: bob.id, fromId: ada.id, isOut: true, dateS: 5, entities: [], randomId: 77n }
      const message: NewMessage = { ...about, text: 'hi', ...changes }
      await store.decide(() => appendToBoxes(store.secret, { boxes, message, causedBy: 9n, ...more }))
      return came
    },
    async logged(boxId: bigint): Promise<readonly BoxEvent[]> {
      const log = await store.look(() => eventsAfter(store.secret, boxId, 1, 100))
      assert.ok(log.kind === 'events')
      return log.events.slice(-1)
    },
  }
}

test('a nudge of this process brings the events that the log has, for every box', async () => {
  const { ada, bob, write, logged } = await createScene()
  const bold = { kind: 'bold', offset: 0, length: 2 } as const
  for (const changes of [
    {},
    { randomId: 78n, entities: [bold], isSilent: true, isProtected: true },
    { randomId: 79n, forward: { dateS: 3, fromId: bob.id } },
  ] satisfies Partial<NewMessage>[]) {
    const came = await write(changes)
    assert.deepEqual(
      came.map(([boxId]) => boxId),
      [ada.id, bob.id],
    )
    for (const [boxId, events] of came) assert.deepEqual(events, await logged(boxId))
  }
  const saved = await write(
    { randomId: 80n, peerId: ada.id },
    { boxes: [{ boxId: ada.id, keptMessages: 9, keptEvents: 9 }] },
  )
  assert.deepEqual(saved, [[ada.id, await logged(ada.id)]])
})

test('a message that differs from box to box is read from the store', async () => {
  const { ada, bob, write } = await createScene()
  for (const more of [{ replyBodyId: 1n }, { mentionedIds: [bob.id] }]) {
    const came = await write({ randomId: more.replyBodyId ?? 5n }, more)
    assert.deepEqual(came, [
      [ada.id, undefined],
      [bob.id, undefined],
    ])
  }
})
