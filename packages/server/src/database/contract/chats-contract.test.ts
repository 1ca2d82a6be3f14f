/** The contract of the Store port for chats: whatever people do, all boxes, logs and lists say the same. */

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import fc from 'fast-check'
import { createBus } from '../../bus/bus.ts'
import { createInbox } from '../../courier/index.ts'
import { createMemoryFiles } from '../../files/memory.ts'
import type { Caller } from '../../ground/caller.ts'
import { createClock, type MovableClock } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { createSettings } from '../../ground/settings.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import { deleteByIds, deleteHistory } from '../../rules/chats/delete-messages.ts'
import { editText } from '../../rules/chats/edit-message.ts'
import { forwardMessages } from '../../rules/chats/forward-messages.ts'
import { pinMessage, unpinAll } from '../../rules/chats/pin-messages.ts'
import { sendText } from '../../rules/chats/send-message.ts'
import { eventsAfter } from '../../rules/messages/decide-box-log.ts'
import { stateOf } from '../../rules/messages/difference.ts'
import { dialogsOf, historyOf, markRead, messagesOf } from '../../rules/messages/messages.ts'
import type { BoxEvent, Dialog, Message, PeerId } from '../../rules/messages/words.ts'
import { sql } from '../decision.ts'
import type { Store } from '../store.ts'
import { holding, IMPLEMENTATIONS } from './test-stores.ts'

const insertChat = sql`
  INSERT INTO chats (chat_id, creator_id, title, created_at_s) VALUES (:chatId, :userId, 'A group', 1)`
const insertMember = sql`
  INSERT INTO chat_members (chat_id, user_id, role, inviter_id, joined_at_s) VALUES (:chatId, :userId, :role, :userId, 1)`
const setRole = sql`UPDATE chat_members SET role = :role WHERE chat_id = :chatId AND user_id = :userId`

/** Three people in private chats with each other, in Saved Messages, and in a group of theirs. */
interface Scene {
  readonly on: Ground
  readonly clock: MovableClock
  readonly people: readonly Caller[]
  readonly peerIds: readonly PeerId[]
  readonly group: PeerId
}

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
let scenes = 0

async function createScene(store: Store): Promise<Scene> {
  scenes += 1
  const clock = createClock(() => 1_000_000_000)
  const bus = createBus()
  const courier = createInbox({ store, bus, clock }).courier
  const files = createMemoryFiles({ random, nowMs: () => clock.nowMs() })
  const on: Ground = { store, files, clock, random, bus, courier, settings: createSettings('box') }
  const people: Caller[] = []
  for (let n = 0; n < 3; n++) people.push(callerOf(await makeUser(store, 9996600000 + 10 * scenes + n), n))
  const ids = people.map(userIdOf)
  const chatId = BigInt(scenes)
  await store.decide(function* () {
    yield* insertChat.send({ chatId, userId: ids[0] ?? 0n })
    for (const [n, userId] of ids.entries()) {
      yield* insertMember.send({ chatId, userId, role: n === 0 ? 'creator' : 'member' })
    }
  })
  return { on, clock, people, peerIds: [...ids, -chatId], group: -chatId }
}

async function makeUser(store: Store, phone: number): Promise<bigint> {
  const user = { accessHash: 1n, phone: String(phone), firstName: 'Ada', lastName: '', createdAtS: 1 }
  return (await store.decide(() => createUser(user)))?.id ?? assert.fail('the number is taken')
}

function callerOf(userId: bigint, n: number): Caller {
  return {
    authKeyId: BigInt(n + 1),
    dcId: 2,
    ip: '127.0.0.1',
    layer: 228,
    channels: new Set(),
    apiId: 1,
    appVersion: '1',
    state: { at: 'authorized', userId, isBot: false, hash: 1n, activeAtS: 1 },
    digest: () => new Uint8Array(32),
  }
}

function userIdOf({ state }: Caller): bigint {
  return state.at === 'authorized' ? state.userId : assert.fail()
}

const who = fc.nat(2)
const chat = fc.nat(3)
const ids = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 3 })

/** Something that somebody does, in the chat of this number. */
const ACT = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), who, chat, reply: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), who, chat }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), who, chat, id: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), who, ids, isForAll: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), who, chat, maxId: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forward' as const), who, chat, to: chat, ids }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pin' as const),
      who,
      chat,
      id: fc.nat(20),
      isPinned: fc.boolean(),
      isForOneself: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unpinAll' as const), who, chat }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clear' as const), who, chat, isForAll: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('part' as const), who, isBack: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), who, s: fc.nat(100) }) },
)

type Act = typeof ACT extends fc.Arbitrary<infer T> ? T : never

/** Does what an act says; a refusal is an outcome, too. */
async function perform(scene: Scene, act: Act, count: number): Promise<void> {
  try {
    await attempt(scene, act, BigInt(count + 1))
  } catch (error) {
    if (!(error instanceof RpcError) || error.code >= 500) throw error
  }
}

async function attempt({ on, clock, people, peerIds, group }: Scene, act: Act, n: bigint): Promise<unknown> {
  const caller = people[act.who] ?? assert.fail()
  const peerOf = (index: number) => peerIds[index] ?? assert.fail()
  switch (act.kind) {
    case 'send': {
      const replyTo = act.reply === 0 ? undefined : { id: act.reply }
      const content = { text: `text ${n}`, entities: [] }
      return await sendText(on, caller, { peerId: peerOf(act.chat), content, randomId: n, replyTo })
    }
    case 'repeat': {
      const content = { text: 'the same', entities: [] }
      return await sendText(on, caller, {
        peerId: peerOf(act.chat),
        content,
        randomId: 1_000_000n + BigInt(act.chat),
      })
    }
    case 'edit':
      return await editText(on, caller, {
        peerId: peerOf(act.chat),
        id: act.id,
        text: `edited ${n}`,
        entities: [],
      })
    case 'delete':
      return await deleteByIds(on, caller, act.ids, act.isForAll)
    case 'read':
      return await markRead(on, caller, peerOf(act.chat), act.maxId)
    case 'forward':
      return await forwardMessages(on, caller, {
        fromPeerId: peerOf(act.chat),
        toPeerId: peerOf(act.to),
        ids: act.ids,
        randomIds: act.ids.map((_, index) => n * 1000n + BigInt(index)),
        dropsAuthor: false,
        isSilent: false,
        isProtected: false,
      })
    case 'pin':
      return await pinMessage(on, caller, { ...act, peerId: peerOf(act.chat), isSilent: false })
    case 'unpinAll':
      return await unpinAll(on, caller, peerOf(act.chat))
    case 'clear':
      return await deleteHistory(on, caller, {
        peerId: peerOf(act.chat),
        maxId: 0,
        minDateS: 0,
        maxDateS: 0,
        isForAll: act.isForAll,
        staysListed: act.isForAll,
      })
    case 'part': {
      const role = act.isBack ? 'member' : 'left'
      return await on.store.decide(() => setRole.send({ chatId: -group, userId: userIdOf(caller), role }))
    }
    case 'wait':
      return clock.advance(act.s * 1000)
  }
}

/** The histories of the group in the boxes of those who have left it. */
type LeftBehind = Map<bigint, readonly Message[]>

/** Messages of a group in the box of somebody who has left it change only by the owner's own acts. */
async function checkLeft(scene: Scene, act: Act, left: LeftBehind): Promise<void> {
  for (const [who, caller] of scene.people.entries()) {
    const userId = userIdOf(caller)
    if (act.who === who && act.kind === 'part') {
      if (act.isBack) left.delete(userId)
      else left.set(userId, [])
    }
    const before = left.get(userId)
    if (before === undefined) continue
    const now = await historyIn(scene, caller, scene.group)
    if (act.who !== who) assert.deepEqual(now, before)
    left.set(userId, now)
  }
}

/** The state of a client that knows nothing but events. */
interface Replayed {
  readonly messages: Map<number, Message>
  readonly inbox: Map<PeerId, number>
  readonly outbox: Map<PeerId, number>
}

/** Follows the log from the start in slices of this size. */
async function replay({ on }: Scene, caller: Caller, limit: number): Promise<Replayed> {
  const known: Replayed = { messages: new Map(), inbox: new Map(), outbox: new Map() }
  const userId = userIdOf(caller)
  for (let pts = 1; ; ) {
    const slice = await on.store.look(() => eventsAfter(on.store.secret, userId, pts, limit))
    assert.ok(slice.kind === 'events')
    let reached = pts
    for (const event of slice.events) {
      assert.ok(event.pts - event.ptsCount >= reached, 'events follow each other')
      reached = event.pts
      apply(known, event)
    }
    assert.ok(slice.upToPts >= reached && slice.upToPts <= slice.pts)
    if (slice.upToPts === slice.pts) return known
    assert.ok(slice.upToPts > pts)
    pts = slice.upToPts
  }
}

function apply({ messages, inbox, outbox }: Replayed, event: BoxEvent): void {
  switch (event.kind) {
    case 'newMessage':
      messages.set(event.message.id, event.message)
      break
    case 'editMessage':
      if (messages.has(event.message.id)) messages.set(event.message.id, event.message)
      break
    case 'deleteMessages':
      for (const id of event.ids) messages.delete(id)
      break
    case 'readInbox':
      inbox.set(event.peerId, event.maxId)
      break
    case 'readOutbox':
      outbox.set(event.peerId, event.maxId)
      break
    case 'pinned':
      for (const id of event.ids) {
        const message = messages.get(id)
        // It was deleted since: a later event says so, and the message itself is in no difference.
        if (message === undefined) continue
        const { isPinned: _, ...rest } = message
        messages.set(id, event.isPinned ? { ...rest, isPinned: true } : rest)
      }
      break
    case 'readContents':
      for (const id of event.ids) {
        const message = messages.get(id)
        if (message === undefined) continue
        const { hasUnreadContent: _, ...rest } = message
        messages.set(id, rest)
      }
      break
    case 'folder':
      assert.fail('nobody has moved a chat')
  }
}

async function historyIn({ on }: Scene, caller: Caller, peerId: PeerId): Promise<Message[]> {
  const messages: Message[] = []
  for (let offsetId = 0; ; ) {
    const query = { peerId, offsetId, offsetDateS: 0, addOffset: 0, limit: 7, maxId: 0, minId: 0 }
    const slice = await historyOf(on, caller, query)
    messages.push(...slice.messages)
    const last = slice.messages.at(-1)
    if (last === undefined) {
      assert.equal(messages.length, slice.count)
      return messages
    }
    offsetId = last.id
  }
}

/** All pages of the list of chats, each from where the one before ended. */
async function listAll({ on }: Scene, caller: Caller, limit: number): Promise<Dialog[]> {
  const dialogs: Dialog[] = []
  let offset = { dateS: 0, id: 0, peerId: undefined as PeerId | undefined }
  for (;;) {
    const query = { folderId: undefined, excludesPinned: false, offset, limit }
    const page = await dialogsOf(on, caller, query)
    dialogs.push(...page.dialogs)
    const last = page.dialogs.at(-1)
    if (last?.topMessage === undefined) {
      assert.equal(dialogs.length, page.count)
      return dialogs
    }
    offset = { dateS: last.topMessage.dateS, id: last.topMessage.id, peerId: last.peerId }
  }
}

/** Everything that holds for one box. */
async function checkBox(scene: Scene, caller: Caller, limit: number): Promise<void> {
  const { on, peerIds } = scene
  const known = await replay(scene, caller, limit)
  assert.deepEqual(known, await replay(scene, caller, 1), 'slices of any size lead to the same')
  const dialogs = await listAll(scene, caller, 1 + (limit % 3))
  const ofChats: Message[] = []
  for (const peerId of peerIds) {
    const history = await historyIn(scene, caller, peerId)
    ofChats.push(...history)
    checkChat(known, userIdOf(caller), dialogs, { peerId, history })
  }
  const all = ofChats.sort((one, other) => one.id - other.id)
  assert.deepEqual(
    [...known.messages.values()].sort((one, other) => one.id - other.id),
    all,
  )
  assert.ok(
    all.every(({ dateS }, index) => dateS >= (all[index - 1]?.dateS ?? 0)),
    'dates rise with ids',
  )
  const { unreadCount } = await stateOf(on, caller)
  assert.equal(
    unreadCount,
    dialogs.reduce((sum, dialog) => sum + dialog.unreadCount, 0),
  )
}

interface ChatOfBox {
  readonly peerId: PeerId
  readonly history: readonly Message[]
}

function checkChat(
  known: Replayed,
  ownId: bigint,
  dialogs: readonly Dialog[],
  { peerId, history }: ChatOfBox,
): void {
  const found = dialogs.filter((dialog) => dialog.peerId === peerId)
  assert.equal(found.length, history.length === 0 ? 0 : 1, 'each chat is listed once')
  const [dialog] = found
  if (dialog === undefined) return
  assert.deepEqual(dialog.topMessage, history[0])
  const unread = history.filter(({ isOut, id }) => !isOut && id > dialog.readInboxMaxId)
  assert.equal(dialog.unreadCount, unread.length)
  if (peerId === ownId) return
  assert.equal(dialog.readInboxMaxId, known.inbox.get(peerId) ?? 0)
  assert.equal(dialog.readOutboxMaxId, known.outbox.get(peerId) ?? 0)
}

/** The texts of a private chat are the same on both sides, as far as nobody has deleted one for themselves. */
async function checkSides(scene: Scene): Promise<void> {
  const { people } = scene
  const said = new Map<string, Message>()
  for (const caller of people) {
    for (const peerId of scene.peerIds) {
      for (const message of await historyIn(scene, caller, peerId)) {
        if (message.action !== undefined || message.peerId === userIdOf(caller)) continue
        const name = `${message.fromId} ${message.dateS} ${message.text} ${message.forward?.dateS}`
        const other = said.get(name) ?? message
        said.set(name, other)
        assert.deepEqual([message.entities, message.editedAtS], [other.entities, other.editedAtS], name)
      }
    }
  }
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Chats, ${name}`, () => {
    const holds = holding(open)

    holds('whatever people do, logs, histories and lists say the same', async (store) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(ACT, { minLength: 5, maxLength: 40 }),
          fc.integer({ min: 1, max: 7 }),
          async (acts, limit) => {
            const scene = await createScene(store)
            const left: LeftBehind = new Map()
            for (const [count, act] of acts.entries()) {
              await perform(scene, act, count)
              await checkLeft(scene, act, left)
            }
            for (const caller of scene.people) await checkBox(scene, caller, limit)
            await checkSides(scene)
          },
        ),
        { numRuns: name.includes('SQLite in memory') ? 40 : name.includes('WebAssembly') ? 3 : 10 },
      )
    })

    holds('64 acts at once, of all people in all chats, leave every box whole', async (store) => {
      const scene = await createScene(store)
      const acts = fc.sample(ACT, { numRuns: 192, seed: 11 })
      const ready = acts
        .slice(0, 64)
        .map((act) => ({ ...act, kind: 'send' as const, chat: act.who, reply: 0 }))
      for (const [at, some] of [ready, acts.slice(64, 128), acts.slice(128)].entries()) {
        await Promise.all(some.map((act, index) => perform(scene, act, 64 * at + index)))
      }
      for (const caller of scene.people) await checkBox(scene, caller, 3)
      await checkSides(scene)
    })

    holds('64 sends of one text under one random id are one message for both', async (store) => {
      const scene = await createScene(store)
      const { on, people, peerIds } = scene
      const [ada, bob] = [people[0] ?? assert.fail(), people[1] ?? assert.fail()]
      const writing = { peerId: peerIds[1] ?? 0n, content: { text: 'once', entities: [] }, randomId: 5n }
      const sent = await Promise.all(Array.from({ length: 64 }, () => sendText(on, ada, writing)))
      assert.deepEqual(new Set(sent.map(({ event }) => `${event.message.id} ${event.pts}`)), new Set(['1 2']))
      assert.equal((await historyIn(scene, bob, peerIds[0] ?? 0n)).length, 1)
    })

    holds('an edit and a deletion at once leave the message edited, or gone', async (store) => {
      const scene = await createScene(store)
      const { on, people, peerIds } = scene
      const [ada, bob] = [people[0] ?? assert.fail(), people[1] ?? assert.fail()]
      const [adaId, bobId] = [peerIds[0] ?? 0n, peerIds[1] ?? 0n]
      for (let id = 1; id <= 32; id++) {
        const content = { text: `text ${id}`, entities: [] }
        await sendText(on, ada, { peerId: bobId, content, randomId: BigInt(id) })
      }
      const calls = Array.from({ length: 32 }, (_, n) => [
        editText(on, ada, { peerId: bobId, id: n + 1, text: 'edited', entities: [] }),
        deleteByIds(on, n % 2 === 0 ? ada : bob, [n + 1], true),
      ])
      const outcomes = await Promise.allSettled(calls.flat())
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert.equal(outcome.reason.message, 'MESSAGE_ID_INVALID')
      }
      assert.deepEqual(await historyIn(scene, ada, bobId), [])
      assert.deepEqual(await historyIn(scene, bob, adaId), [])
      assert.deepEqual(await messagesOf(on, ada, [1, 2, 3]), [])
      for (const caller of [ada, bob]) await checkBox(scene, caller, 5)
    })

    holds('of two reads at once each mark is told once', async (store) => {
      const scene = await createScene(store)
      const { on, people, peerIds } = scene
      const [ada, bob] = [people[0] ?? assert.fail(), people[1] ?? assert.fail()]
      const [adaId, bobId] = [peerIds[0] ?? 0n, peerIds[1] ?? 0n]
      for (let id = 1; id <= 8; id++) {
        const content = { text: `text ${id}`, entities: [] }
        await sendText(on, ada, { peerId: bobId, content, randomId: BigInt(id) })
      }
      const reads = Array.from({ length: 64 }, (_, n) => markRead(on, bob, adaId, 1 + (n % 8)))
      const counted = (await Promise.all(reads)).reduce((sum, { ptsCount }) => sum + ptsCount, 0)
      const { pts } = await stateOf(on, bob)
      assert.equal(pts, 1 + 8 + counted)
      assert.equal((await stateOf(on, ada)).pts, 1 + 8 + counted)
      for (const caller of [ada, bob]) await checkBox(scene, caller, 2)
    })
  })
}
