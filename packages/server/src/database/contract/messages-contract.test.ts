/** The contract of the Store port for messages and their log. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { createUser, removeUser } from '../../rules/accounts/decide-users.ts'
import { appendWithLeak, lockLeak } from '../../rules/codes/decide-leaking-messages.ts'
import type { Leak } from '../../rules/codes/words.ts'
import { appendMessage, appendToBoxes, lockBoxes } from '../../rules/messages/decide-append-message.ts'
import { boxState, eventsAfter } from '../../rules/messages/decide-box-log.ts'
import { findDialogs, listDialogs } from '../../rules/messages/decide-dialogs.ts'
import { findMessages, listHistory } from '../../rules/messages/decide-history.ts'
import { readMessages } from '../../rules/messages/decide-read-messages.ts'
import { removeMessages } from '../../rules/messages/decide-remove-messages.ts'
import {
  addSideEvent,
  addSideEvents,
  KEPT_CHANGES,
  sideEventsAfter,
} from '../../rules/messages/decide-side-log.ts'
import { mergeEvents } from '../../rules/messages/event-rows.ts'
import type { Box, HistoryQuery, NewMessage } from '../../rules/messages/words.ts'
import { type Decision, type Step, sql } from '../decision.ts'
import type { Store } from '../store.ts'
import { issueIn, issueOf, listLiveIn, NOW_MS } from './test-codes.ts'
import { checkCounts } from './test-counts.ts'
import { IMPLEMENTATIONS } from './test-stores.ts'

const SERVICE = 777000n
const WHOLE = { offsetId: 0, offsetDateS: 0, limit: 100 }

/** As the migration leaves bodies. */
const forgetSealIds = sql`UPDATE bodies SET seal_id = 0`

const fillSideLog = sql`
  WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < :count)
  INSERT INTO side_log (box_id, kind, subject, seq, at_s)
  SELECT CAST(:boxId AS BIGINT), 'reactions', seq, seq, 7 FROM n`
const setSideSeq = sql`UPDATE boxes SET side_seq = :seq WHERE box_id = :boxId`
const setPts = sql`UPDATE boxes SET pts = :pts WHERE box_id = :boxId`

function messageOf(randomId: bigint, changes: Partial<NewMessage> = {}): NewMessage {
  const text = `message ${randomId}`
  const entities = [{ kind: 'bold', offset: 0, length: 7 }] as const
  return { peerId: SERVICE, fromId: SERVICE, isOut: false, dateS: 100, text, entities, randomId, ...changes }
}

async function makeBox(store: Store, phone = '9996621234'): Promise<Box> {
  const user = { accessHash: 7n, phone, firstName: 'Ada', lastName: '', createdAtS: 1 }
  const { id } = (await store.decide(() => createUser(user))) ?? assert.fail('the number is taken')
  return { boxId: id, keptMessages: 1000, keptEvents: 1000 }
}

const append = (store: Store, box: Box, message: NewMessage) =>
  store.decide(() => appendMessage(store.secret, box, message))
const save = (store: Store, box: Box, message: NewMessage, leak: Leak) =>
  store.decide(function* () {
    yield* lockLeak(leak)
    yield* lockBoxes([box])
    return yield* appendWithLeak(store.secret, { boxes: [box], message }, leak)
  })
const read = (store: Store, box: Box, peerId: bigint, maxId: number) =>
  store.decide(() => readMessages(box, { peerId, maxId, nowS: 1 }))
const remove = (store: Store, box: Box, ids: readonly number[]) =>
  store.decide(() => removeMessages(box, ids))
const state = (store: Store, boxId: bigint) => store.look(() => boxState(boxId))
const eventsOf = (store: Store, boxId: bigint, pts: number, limit: number) =>
  store.look(function* () {
    const slice = yield* eventsAfter(store.secret, boxId, pts, limit)
    if (slice.kind === 'trimmed') return slice
    return { ...slice, events: mergeEvents(slice.events.filter((event) => !('standsIn' in event))) }
  })
const find = (store: Store, boxId: bigint, ids: readonly number[]) =>
  store.look(() => findMessages(store.secret, boxId, ids))
const dialogs = (store: Store, boxId: bigint, { limit, ...at }: typeof WHOLE) => {
  const offset = { dateS: at.offsetDateS, id: at.offsetId, peerId: undefined }
  const query = { folderId: undefined, excludesPinned: false, offset, limit }
  return store.look(() => listDialogs(store.secret, boxId, query))
}
const dialogsWith = (store: Store, boxId: bigint, peerIds: readonly bigint[]) =>
  store.look(() => findDialogs(store.secret, boxId, peerIds))

async function fill(store: Store, box: Box, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await append(store, box, messageOf(BigInt(n), { dateS: 100 + n }))
}

/** A change of a box, made at random. */
const CHANGE = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), toBoth: fc.boolean() }),
  fc.record({ kind: fc.constant('read' as const), maxId: fc.nat(12) }),
  fc.record({ kind: fc.constant('remove' as const), ids: fc.array(fc.nat(12), { maxLength: 3 }) }),
)

/** A client that asks for slices of this size from the start: the messages and the read mark it ends with. */
async function follow(store: Store, boxId: bigint, limit: number) {
  const ids = new Set<number>()
  let readMaxId = 0
  for (let pts = 1; ; ) {
    const slice = await eventsOf(store, boxId, pts, limit)
    assert.ok(slice.kind === 'events')
    for (const event of slice.events) {
      if (event.kind === 'newMessage') ids.add(event.message.id)
      else if (event.kind === 'readInbox') readMaxId = event.maxId
      else if (event.kind === 'deleteMessages') for (const id of event.ids) ids.delete(id)
    }
    assert.ok(slice.upToPts <= slice.pts)
    if (slice.upToPts === slice.pts) return { ids: [...ids], readMaxId }
    assert.ok(slice.upToPts > pts)
    pts = slice.upToPts
  }
}

/** The same decision, with its steps in `steps`. */
function* noting<T>(decision: Decision<T>, steps: Step[]): Decision<T> {
  let next = decision.next()
  while (!next.done) {
    steps.push(next.value)
    next = decision.next(yield next.value)
  }
  return next.value
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Store, ${name}`, () => {
    const holds = (title: string, check: (store: Store, box: Box) => Promise<void>): void => {
      test(title, async () => {
        const store = await open()
        try {
          await check(store, await makeBox(store))
          await checkCounts(store)
        } finally {
          await store.close()
        }
      })
    }

    const history = async (store: Store, box: Box, query: Partial<HistoryQuery>) => {
      const whole = { ...WHOLE, peerId: SERVICE, addOffset: 0, maxId: 0, minId: 0 }
      const { messages, count, skipped } = await store.look(() =>
        listHistory(store.secret, box.boxId, { ...whole, ...query }),
      )
      return { ids: messages.map(({ id }) => id), count, skipped }
    }

    holds('a box begins at 1, and a new message is an event', async (store, box) => {
      assert.deepEqual(await state(store, box.boxId), { pts: 1, unreadCount: 0 })
      const { randomId: _, ...message } = messageOf(5n)
      const event = { kind: 'newMessage', message: { id: 1, ...message }, pts: 2, ptsCount: 1 }
      assert.deepEqual(await append(store, box, messageOf(5n)), { kind: 'appended', event })
      assert.deepEqual(await state(store, box.boxId), { pts: 2, unreadCount: 1 })
      assert.deepEqual(await find(store, box.boxId, [2, 1]), [event.message])
      const heard = await eventsOf(store, box.boxId, 1, 10)
      assert.deepEqual(heard, { kind: 'events', events: [event], upToPts: 2, pts: 2 })
      assert.deepEqual(await find(store, box.boxId + 1n, [1]), [], 'nobody else has it')
    })

    holds('64 simultaneous writers leave no gap in the ids or the log', async (store, box) => {
      const other = await makeBox(store, '9996621235')
      await Promise.all(
        Array.from({ length: 64 }, (_, n) => append(store, n % 8 === 7 ? other : box, messageOf(BigInt(n)))),
      )
      await Promise.all([
        ...Array.from({ length: 32 }, (_, n) => append(store, box, messageOf(BigInt(100 + n)))),
        ...Array.from({ length: 16 }, (_, n) => remove(store, box, [2 * n + 1, 2 * n + 2])),
        ...Array.from({ length: 16 }, (_, n) => read(store, box, SERVICE, 40 + n)),
      ])
      const { pts } = await state(store, box.boxId)
      const log = await eventsOf(store, box.boxId, 33 + 24, 1000)
      assert.ok(log.kind === 'events')
      let reached = 33 + 24
      for (const event of log.events) {
        assert.equal(event.pts - event.ptsCount, reached)
        reached = event.pts
      }
      assert.equal(reached, pts)
      const { ids } = await history(store, box, {})
      assert.deepEqual(
        ids,
        Array.from({ length: 56 }, (_, n) => 88 - n),
      )
      assert.equal((await state(store, other.boxId)).pts, 9)
    })

    holds('64 simultaneous sends under one random id make one message', async (store, box) => {
      const sent = await Promise.all(
        Array.from({ length: 64 }, (_, n) => append(store, box, messageOf(1n, { dateS: n }))),
      )
      assert.equal(sent.filter(({ kind }) => kind === 'appended').length, 1)
      const [first, ...repeats] = sent
      assert.ok(first?.kind === 'appended' && first.event.kind === 'newMessage')
      for (const each of repeats) assert.deepEqual(each, { ...first, kind: 'repeated' })
      assert.equal((await state(store, box.boxId)).pts, 2)
      const own = messageOf(1n, { fromId: box.boxId, isOut: true })
      assert.equal((await append(store, box, own)).kind, 'appended', 'of another sender')
    })

    holds('a message cancels the codes it reveals, and a notice follows it at once', async (store, box) => {
      const held = { phone: '9996621234', authKeyId: 5n, dcId: 2 }
      const issue = (phoneCodeHash: string) => issueIn(store, issueOf({ ...held, phoneCodeHash }))
      const live = async () => (await listLiveIn(store, held.phone, NOW_MS)).length
      await issue('a')
      const leak = {
        codes: [{ ...held, phoneCodeHash: 'a' }],
        notice: messageOf(9n),
        nowMs: NOW_MS,
      }
      const own = messageOf(1n, { peerId: box.boxId, fromId: box.boxId, isOut: true })
      const sent = await save(store, box, own, leak)
      assert.ok(sent.outcome.kind === 'appended')
      assert.deepEqual(
        [sent.outcome.event.pts, sent.notice?.pts, sent.notice?.message.text],
        [2, 3, 'message 9'],
      )
      assert.equal(await live(), 0)
      await issue('b')
      const later = { ...leak, codes: [{ ...held, phoneCodeHash: 'b' }], notice: messageOf(10n) }
      assert.equal((await save(store, box, own, later)).outcome.kind, 'repeated')
      assert.equal(await live(), 1, 'a repeated message cancels nothing')
      const spent = await save(store, box, { ...own, randomId: 2n }, { ...leak, notice: messageOf(11n) })
      assert.equal(spent.outcome.kind, 'appended')
      assert.equal(spent.notice, undefined, 'none was live')
      const [other] = later.codes.map((code) => ({ ...code, authKeyId: 6n }))
      assert.ok(other)
      await save(store, box, { ...own, randomId: 3n }, { ...later, codes: [other] })
      assert.equal(await live(), 1, 'of another key')
      assert.equal((await state(store, box.boxId)).pts, 5)
    })

    holds('the read mark only moves forward, and the unread count is returned', async (store, box) => {
      await fill(store, box, 5)
      await append(store, box, messageOf(9n, { fromId: box.boxId, isOut: true }))
      const { pts, event } = await read(store, box, SERVICE, 3)
      assert.deepEqual(
        [pts, event],
        [8, { kind: 'readInbox', peerId: SERVICE, maxId: 3, unreadCount: 2, pts: 8, ptsCount: 1 }],
      )
      assert.deepEqual(await read(store, box, SERVICE, 2), { pts: 8, event: undefined })
      assert.deepEqual(await read(store, box, 5n, 0), { pts: 8, event: undefined })
      assert.equal((await state(store, box.boxId)).unreadCount, 2)
      assert.equal((await read(store, box, SERVICE, 0)).pts, 9)
      const [dialog] = await dialogsWith(store, box.boxId, [SERVICE])
      assert.deepEqual([dialog?.topMessage?.id, dialog?.readInboxMaxId, dialog?.unreadCount], [6, 5, 0])
    })

    holds('each removed message counts, and later differences omit it', async (store, box) => {
      await fill(store, box, 4)
      const { pts, event } = await remove(store, box, [3, 9, 1, 3])
      assert.deepEqual([pts, event], [7, { kind: 'deleteMessages', ids: [1, 3], pts: 7, ptsCount: 2 }])
      assert.deepEqual(await remove(store, box, [3]), { pts: 7, event: undefined })
      const log = await eventsOf(store, box.boxId, 1, 10)
      assert.ok(log.kind === 'events')
      assert.deepEqual(
        log.events.map((each) => (each.kind === 'newMessage' ? each.message.id : each.kind)),
        [2, 4, 'deleteMessages'],
      )
      const half = await eventsOf(store, box.boxId, 6, 10)
      assert.deepEqual(
        half.kind === 'events' && half.events,
        [{ kind: 'deleteMessages', ids: [3], pts: 7, ptsCount: 1 }],
        'each has a pts of its own',
      )
      const again = await append(store, box, messageOf(1n))
      const place = { pts: 2, ptsCount: 1 }
      const { randomId: _, ...message } = messageOf(1n)
      assert.deepEqual(again, {
        kind: 'deleted',
        event: { kind: 'newMessage', message: { id: 1, ...message }, ...place },
        deletion: { kind: 'deleteMessages', ids: [1], pts: 7, ptsCount: 0 },
      })
      assert.equal((await append(store, box, messageOf(5n))).kind, 'appended')
      assert.deepEqual((await history(store, box, {})).ids, [5, 4, 2], 'ids are not reused')
    })

    holds('sealed bytes are read once, and again when they have another number', async (store, box) => {
      await fill(store, box, 3)
      const texts = async (): Promise<[boolean, string[]]> => {
        const steps: Step[] = []
        const found = await store.look(() => noting(findMessages(store.secret, box.boxId, [1, 2, 3]), steps))
        const reads = steps.filter((step) => 'statement' in step && /sealed_body/.test(step.statement.text))
        // PostgreSQL begins a look with a second statement again, in a snapshot.
        return [reads.length > 0, found.map(({ text }) => text)]
      }
      const all = ['message 1', 'message 2', 'message 3']
      assert.deepEqual(
        [await texts(), await texts()],
        [
          [true, all],
          [false, all],
        ],
      )
      await store.decide(() => forgetSealIds.send())
      assert.deepEqual(
        [await texts(), await texts()],
        [
          [true, all],
          [true, all],
        ],
      )
    })

    holds('the log is read in slices to a known end', async (store, box) => {
      await fill(store, box, 5)
      await remove(store, box, [1, 2])
      const slices: unknown[] = []
      for (let pts = 1; ; ) {
        const slice = await eventsOf(store, box.boxId, pts, 2)
        assert.ok(slice.kind === 'events')
        slices.push([slice.events.length, slice.upToPts])
        if (slice.upToPts === slice.pts) break
        pts = slice.upToPts
      }
      assert.deepEqual(slices, [
        [0, 3],
        [2, 5],
        [2, 7],
        [1, 8],
      ])
      assert.deepEqual(await eventsOf(store, box.boxId, 8, 2), {
        kind: 'events',
        events: [],
        upToPts: 8,
        pts: 8,
      })
    })

    holds(
      'the oldest messages and events are dropped first, and a session that missed events is told so',
      async (store, box) => {
        await fill(store, { ...box, keptMessages: 3, keptEvents: 2 }, 6)
        assert.deepEqual(await history(store, box, {}), { ids: [6, 5, 4], count: 3, skipped: 0 })
        assert.equal((await eventsOf(store, box.boxId, 4, 9)).kind, 'trimmed')
        const log = await eventsOf(store, box.boxId, 5, 9)
        assert.deepEqual(log.kind === 'events' && log.events.map(({ pts }) => pts), [6, 7])
      },
    )

    holds('a slice of a chat starts at an id or date and has a limited length', async (store, box) => {
      await fill(store, box, 10)
      const cases: [Partial<HistoryQuery>, number[], number, number][] = [
        [{ limit: 3 }, [10, 9, 8], 10, 0],
        [{ limit: 3, offsetId: 8 }, [7, 6, 5], 10, 3],
        [{ limit: 3, offsetId: 1 }, [], 10, 10],
        [{ limit: 3, offsetId: 99 }, [10, 9, 8], 10, 0],
        [{ limit: 3, offsetId: 8, addOffset: 2 }, [5, 4, 3], 10, 5],
        [{ limit: 4, offsetId: 8, addOffset: -2 }, [9, 8, 7, 6], 10, 1],
        [{ limit: 4, offsetId: 9, addOffset: -4 }, [10, 9], 10, 0],
        [{ limit: 4, addOffset: -4 }, [], 10, 0],
        [{ limit: 4, offsetDateS: 108 }, [7, 6, 5, 4], 10, 3],
        [{ maxId: 5, minId: 2 }, [4, 3], 10, 0],
        [{ limit: 5, maxId: 5 }, [], 10, 0],
        [{ limit: 1, offsetId: 4, maxId: 5, minId: 2 }, [3], 10, 7],
        [{ limit: 0 }, [], 10, 0],
        [{ peerId: 5n }, [], 0, 0],
      ]
      for (const [query, ids, count, skipped] of cases) {
        assert.deepEqual(await history(store, box, query), { ids, count, skipped }, inspect(query))
      }
    })

    holds('chats are listed newest first, to an end', async (store, box) => {
      await append(store, box, messageOf(1n, { dateS: 10 }))
      await append(store, box, messageOf(2n, { peerId: 5n, fromId: 5n, dateS: 20 }))
      await append(store, box, messageOf(3n, { peerId: 6n, fromId: 6n, dateS: 30 }))
      const list = async (query: Partial<typeof WHOLE>) => {
        const { dialogs: found, count } = await dialogs(store, box.boxId, { ...WHOLE, ...query })
        assert.equal(count, 3)
        return found.map(({ peerId, topMessage }) => [peerId, topMessage?.id])
      }
      assert.deepEqual(await list({}), [
        [6n, 3],
        [5n, 2],
        [SERVICE, 1],
      ])
      assert.deepEqual(await list({ limit: 1, offsetId: 3 }), [[5n, 2]])
      assert.deepEqual(await list({ offsetDateS: 20 }), [[SERVICE, 1]])
      assert.deepEqual(await list({ offsetId: 1 }), [])
      const [empty, own] = await dialogsWith(store, box.boxId, [9n, SERVICE])
      assert.deepEqual([empty?.peerId, empty?.topMessage, empty?.unreadCount], [9n, undefined, 0])
      assert.equal(own?.topMessage?.id, 1)
    })

    holds(
      'a private chat is a message in two boxes, with one text and ids of their own',
      async (store, box) => {
        const other = await makeBox(store, '9996621235')
        await fill(store, other, 3)
        const [ada, bob] = [box.boxId, other.boxId]
        const message = messageOf(9n, { peerId: bob, fromId: ada, isOut: true, dateS: 103 })
        const send = () =>
          store.decide(() => appendToBoxes(store.secret, { boxes: [box, other], message, causedBy: 77n }))
        const { randomId: _, ...sent } = message
        const event = { kind: 'newMessage', message: { id: 1, ...sent }, pts: 2, ptsCount: 1, randomId: 9n }
        assert.deepEqual(await send(), { kind: 'appended', event })
        assert.deepEqual(await send(), { kind: 'repeated', event })
        const log = await eventsOf(store, bob, 4, 10)
        assert.deepEqual(log.kind === 'events' && log.events, [
          {
            kind: 'newMessage',
            message: { ...sent, id: 4, peerId: ada, isOut: false },
            pts: 5,
            ptsCount: 1,
            causedBy: 77n,
          },
        ])
        await remove(store, box, [1])
        assert.deepEqual(await find(store, ada, [1]), [])
        assert.equal((await find(store, bob, [4]))[0]?.text, 'message 9', 'the other side keeps the text')
        assert.equal((await send()).kind, 'deleted')
        const elsewhere = { ...message, peerId: box.boxId }
        const otherChat = await store.decide(() =>
          appendToBoxes(store.secret, { boxes: [box], message: elsewhere }),
        )
        assert.equal(otherChat.kind, 'otherChat')
        const gone = { ...other, boxId: bob + 10n }
        const alone = await store.decide(() =>
          appendToBoxes(store.secret, { boxes: [box, gone], message: { ...message, randomId: 10n } }),
        )
        assert.equal(alone.kind, 'appended', 'the other account is gone')
        const nobody = await store.decide(() =>
          appendToBoxes(store.secret, { boxes: [gone, box], message: { ...message, randomId: 11n } }),
        )
        assert.equal(nobody.kind, 'noBox')
        assert.equal((await state(store, ada)).pts, 4, 'and nothing of it was written')
      },
    )

    holds('a message to 200 boxes takes as many statements as one to a single box', async (store, box) => {
      const boxes: [Box, ...Box[]] = [box]
      for (let n = 1; n < 200; n++) boxes.push(await makeBox(store, String(9996630000 + n)))
      const group = -5n
      const counts: number[] = []
      for (const [index, count] of [1, 2, 200].entries()) {
        const steps: Step[] = []
        const message = messageOf(BigInt(index), { peerId: group, fromId: box.boxId, isOut: true })
        const some: [Box, ...Box[]] = [box, ...boxes.slice(1, count)]
        await store.decide(() => noting(appendToBoxes(store.secret, { boxes: some, message }), steps))
        counts.push(steps.filter((step) => 'statement' in step).length)
        assert.equal(steps.filter(({ kind }) => kind === 'nudge').length, count)
        assert.equal(steps.filter(({ kind }) => kind === 'alone').length, count)
      }
      assert.deepEqual(counts, [7, 7, 7])
      for (const [index, { boxId }] of boxes.entries()) {
        const [chat] = await dialogsWith(store, boxId, [group])
        const { id, isOut, text } = chat?.topMessage ?? assert.fail()
        const isSender = index === 0
        const place = isSender ? 3 : index === 1 ? 2 : 1
        assert.deepEqual(
          [id, isOut, text, chat?.unreadCount],
          [place, isSender, 'message 2', isSender ? 0 : place],
        )
      }
    })

    holds('a change without a pts is kept in 200 boxes in two statements', async (store, box) => {
      const others: bigint[] = []
      for (let n = 1; n < 200; n++) others.push((await makeBox(store, String(9996630000 + n))).boxId)
      const boxIds = [box.boxId, ...others]
      const event = { kind: 'poll', subject: 5n, atS: 7 } as const
      const by = { userId: box.boxId, authKeyId: 9n }
      const steps: Step[] = []
      await store.decide(() => noting(addSideEvents(boxIds, event, by), steps))
      await store.decide(() => addSideEvents(others, event, by))
      assert.equal(steps.filter((step) => 'statement' in step).length, 2)
      assert.equal(steps.filter(({ kind }) => kind === 'nudge').length, 200)
      for (const [boxId, seq] of [[box.boxId, 1] as const, ...others.map((id) => [id, 2] as const)]) {
        const kept = await store.look(() => sideEventsAfter(boxId, 0, 10))
        const cause = boxId === box.boxId ? { causedBy: 9n } : {}
        assert.deepEqual(kept, [{ ...event, seq, detail: '', ...cause }])
      }
    })

    holds('a box drops its oldest changes without a pts, a part at a time', async (store, box) => {
      const { boxId } = box
      const add = (subject: bigint) =>
        store.decide(() => addSideEvent(boxId, { kind: 'draft', subject, atS: 7 }, undefined))
      await store.decide(() => fillSideLog.send({ boxId, count: 1100 }))
      await store.decide(() => setSideSeq.send({ boxId, seq: KEPT_CHANGES + 1098 }))
      await add(-1n)
      const left = async () => (await store.look(() => sideEventsAfter(boxId, 0, 3000))).map(({ seq }) => seq)
      assert.equal((await left()).length, 1101, 'not at each change')
      await store.decide(() => setSideSeq.send({ boxId, seq: KEPT_CHANGES + 1099 }))
      await add(-2n)
      assert.deepEqual((await left()).slice(0, 2), [1001, 1002], 'not all at once')
      await store.decide(() => setSideSeq.send({ boxId, seq: KEPT_CHANGES + 1149 }))
      await add(-3n)
      const kept = await left()
      assert.equal(kept.length, 3)
      assert.ok(kept.every((seq) => seq > 1150))
    })

    holds('a long log is shortened now and then, and a short one at once', async (store, box) => {
      const steps: Step[] = []
      const limited = { ...box, keptEvents: 1024 }
      await store.decide(() => setPts.send({ boxId: box.boxId, pts: 2000 }))
      for (let n = 1n; n <= 16n; n++)
        await store.decide(() => noting(appendMessage(store.secret, limited, messageOf(n)), steps))
      const trims = steps.filter(
        (step) => 'statement' in step && /DELETE FROM box_log/.test(step.statement.text),
      )
      assert.equal(trims.length, 4)
    })

    holds(
      '64 simultaneous writers to two boxes leave no gap, whoever sends and deletes',
      async (store, box) => {
        const other = await makeBox(store, '9996621235')
        await Promise.all(
          Array.from({ length: 64 }, (_, n) => {
            const pair: [Box, Box] = n % 2 === 0 ? [box, other] : [other, box]
            const [{ boxId: fromId }, { boxId: peerId }] = pair
            const message = messageOf(BigInt(n), { fromId, peerId, isOut: true })
            if (n % 16 === 15) return remove(store, pair[0], [n - 4, n - 3])
            return store.decide(() => appendToBoxes(store.secret, { boxes: pair, message }))
          }),
        )
        for (const { boxId } of [box, other]) {
          const log = await eventsOf(store, boxId, 1, 100)
          assert.ok(log.kind === 'events')
          const { messages } = await store.look(() =>
            listHistory(store.secret, boxId, {
              ...{ ...WHOLE, addOffset: 0, maxId: 0, minId: 0 },
              peerId: boxId === box.boxId ? other.boxId : box.boxId,
            }),
          )
          const removed = log.events.flatMap((event) => (event.kind === 'deleteMessages' ? event.ids : []))
          const ids = [...messages.map(({ id }) => id), ...removed].sort((one, another) => one - another)
          assert.deepEqual(
            ids,
            Array.from({ length: 60 }, (_, n) => n + 1),
          )
          assert.equal(log.pts, 1 + 60 + removed.length)
        }
      },
    )

    holds('a difference read during 64 writes never ends above its state', async (store, box) => {
      const reads: Promise<unknown>[] = []
      const check = async () => {
        const log = await eventsOf(store, box.boxId, 1, 100)
        assert.ok(log.kind === 'events')
        assert.equal(log.upToPts, log.pts)
        const told = log.events.map(({ pts }) => pts)
        assert.deepEqual(
          told,
          Array.from({ length: log.pts - 1 }, (_, n) => n + 2),
        )
      }
      for (let n = 1n; n <= 64n; n++) reads.push(append(store, box, messageOf(n)), check())
      await Promise.all(reads)
      assert.equal((await state(store, box.boxId)).pts, 65)
    })

    holds('differences of any size lead to the state of the box', async (store, first) => {
      const other = await makeBox(store, '9996621235')
      let phone = 9996640000
      await fc.assert(
        fc.asyncProperty(
          fc.array(CHANGE, { maxLength: 12 }),
          fc.integer({ min: 1, max: 4 }),
          async (changes, limit) => {
            const box = await makeBox(store, String(phone++))
            let randomId = 1n
            for (const change of changes) {
              if (change.kind === 'send') {
                const message = messageOf(randomId++, { peerId: first.boxId, fromId: first.boxId })
                const boxes: [Box, ...Box[]] = change.toBoth ? [box, other] : [box]
                await store.decide(() => appendToBoxes(store.secret, { boxes, message }))
              } else if (change.kind === 'read') await read(store, box, first.boxId, change.maxId)
              else await remove(store, box, change.ids)
            }
            const known = await follow(store, box.boxId, limit)
            const { messages } = await store.look(() =>
              listHistory(store.secret, box.boxId, {
                ...{ ...WHOLE, addOffset: 0, maxId: 0, minId: 0 },
                peerId: first.boxId,
              }),
            )
            assert.deepEqual(known.ids, messages.map(({ id }) => id).toReversed())
            const [chat] = await dialogsWith(store, box.boxId, [first.boxId])
            assert.equal(known.readMaxId, chat?.readInboxMaxId)
          },
        ),
        { numRuns: name.includes('WebAssembly') ? 8 : 30 },
      )
    })

    holds('a box is deleted with its account', async (store, box) => {
      await fill(store, box, 1)
      await store.decide(() => removeUser(box.boxId))
      assert.deepEqual(await append(store, box, messageOf(2n)), { kind: 'noBox' })
      assert.deepEqual(await find(store, box.boxId, [1]), [])
      assert.deepEqual(await remove(store, box, [1]), { pts: 0, event: undefined })
      assert.deepEqual(await state(store, box.boxId), { pts: 0, unreadCount: 0 })
    })
  })
}
