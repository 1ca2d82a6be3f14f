// Long form: eight times the seeds, or eighty times.
/** Two people with two sessions each, who write, read and delete at once, over pushes that are lost, doubled and late. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '@cablegram/mtproto/testing'
import { decode, LAYER, type Message, type Update, type Updates } from '@cablegram/tl/api'
import { effort } from '../../../../test/effort.ts'
import { HANDLERS, type HandlerContext, placesIn } from '../api/index.ts'
import { contextOf } from '../api/test-context.ts'
import type { Caller } from '../ground/caller.ts'
import { boxOf } from '../rules/messages/box-of.ts'
import { appendToBoxes } from '../rules/messages/decide-append-message.ts'
import { boxState, eventsAfter } from '../rules/messages/decide-box-log.ts'
import { readMessages } from '../rules/messages/decide-read-messages.ts'
import { removeMessages } from '../rules/messages/decide-remove-messages.ts'
import type { NewMessage, Place } from '../rules/messages/words.ts'
import { createWorld, type World } from '../rules/test-world.ts'
import type { PushFault } from './faults.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { PushGate } from './push-gate.ts'
import { Subscribers } from './subscribers.ts'

const SEEDS: number = effort(3, 24, 240)
const OPERATIONS = 40
const NUMBERS = ['9996621001', '9996621002'] as const

const getDifference = HANDLERS['updates.getDifference'] ?? assert.fail('not built')

/** A client's knowledge of its box. */
class Knowledge {
  pts: number
  readonly texts = new Map<number, string>()
  readonly removed = new Set<number>()
  readonly read = new Map<bigint, number>()

  constructor(pts: number) {
    this.pts = pts
  }

  message(message: Message): void {
    if (message._ === 'message') this.text(message.id, message.message)
  }

  /** A message that was removed stays so: an answer may come after the difference that has its removal. */
  text(id: number, text: string): void {
    if (!this.removed.has(id)) this.texts.set(id, text)
  }

  update(update: Update): void {
    if (update._ === 'updateNewMessage' || update._ === 'updateEditMessage') this.message(update.message)
    if (update._ === 'updateDeleteMessages') {
      for (const id of update.messages) {
        this.removed.add(id)
        this.texts.delete(id)
      }
    }
    if (update._ === 'updateReadHistoryInbox' && update.peer._ === 'peerUser') {
      this.read.set(update.peer.userId, Math.max(update.maxId, this.read.get(update.peer.userId) ?? 0))
    }
  }
}

/** A person's session: a client that listens, and asks for the difference when a pts is missing. */
class Listener {
  readonly caller: Caller
  readonly userId: bigint
  readonly session: { readonly authKeyId: bigint; readonly sessionId: bigint }
  readonly knowledge: Knowledge
  readonly #ask: (since: number) => Promise<void>
  /** The pts at which it began to listen. */
  readonly beginPts: number
  gaps = 0
  /** Events that came again. */
  repeats = 0
  #asking: Promise<void> | undefined

  constructor(
    caller: Caller,
    userId: bigint,
    pts: number,
    ask: (listener: Listener, since: number) => Promise<void>,
  ) {
    this.caller = caller
    this.userId = userId
    this.session = { authKeyId: caller.authKeyId, sessionId: caller.authKeyId + 500n }
    this.knowledge = new Knowledge(pts)
    this.beginPts = pts
    this.#ask = (since) => ask(this, since)
  }

  hear(updates: Updates): void {
    if (updates._ === 'updatesTooLong') this.#miss()
    if (updates._ !== 'updates') return
    checkPeers(updates)
    for (const update of updates.updates) this.#take(update)
  }

  /** An answer with numbers and nothing else. */
  affected({ pts, ptsCount }: Place, apply: () => void): void {
    if (pts - ptsCount > this.knowledge.pts) {
      this.#miss()
      return
    }
    if (ptsCount > 0 && pts <= this.knowledge.pts) this.repeats += 1
    apply()
    this.knowledge.pts = Math.max(this.knowledge.pts, pts)
  }

  #take(update: Update): void {
    const [place] = placesIn({ _: 'updateShort', update, date: 0 })
    if (place === undefined) return
    if (place.pts <= this.knowledge.pts) {
      this.repeats += 1
      return
    }
    if (place.pts - place.ptsCount > this.knowledge.pts) this.#miss()
    else {
      this.knowledge.update(update)
      this.knowledge.pts = place.pts
    }
  }

  #miss(): void {
    this.gaps += 1
    this.#asking ??= this.#ask(this.knowledge.pts).finally(() => {
      this.#asking = undefined
    })
  }

  /** Asks once more, as a client does that has been idle. */
  async catchUp(): Promise<void> {
    await this.#asking
    await this.#ask(this.knowledge.pts)
  }
}

/** Everybody whom an update names is in it. */
function checkPeers({ updates, users }: Extract<Updates, { _: 'updates' }>): void {
  const known = new Set(users.map(({ id }) => id))
  for (const update of updates) {
    const peers =
      update._ === 'updateNewMessage' && update.message._ === 'message'
        ? [update.message.peerId, update.message.fromId]
        : 'peer' in update
          ? [update.peer]
          : []
    for (const peer of peers) {
      if (typeof peer === 'object' && '_' in peer && peer._ === 'peerUser') assert.ok(known.has(peer.userId))
    }
  }
}

async function createScene(seed: number, faultRate: number) {
  const rng = new Rng(seed)
  const world = await createWorld()
  const contexts = new Map<bigint, HandlerContext>()
  const late: (() => void)[] = []
  const gate = new PushGate({
    faults: {
      hasPushFaults: true,
      takePush: async () =>
        rng.chance(faultRate)
          ? { push: rng.pick<PushFault>(['drop', 'double', 'delay', 'reorder']), delayMs: 5 }
          : undefined,
    },
    delays: { wait: () => new Promise((end) => late.push(end)) },
  })
  const troubles: unknown[] = []
  const onTrouble = (error: unknown): void => void troubles.push(error)
  const subscribers = new Subscribers(world.rules, new LayerCodecs(), { gate, onTrouble })
  const listeners: Listener[] = []
  const outlet = {
    nowS: () => 1_800_000_000,
    push: ({ authKeyId }: { authKeyId: bigint }, body: Uint8Array) => {
      listeners.find(({ caller }) => caller.authKeyId === authKeyId)?.hear(decode('Updates', body))
    },
  }
  const work: Promise<void>[] = []
  world.bus.subscribe((nudge) => work.push(subscribers.hear(nudge, outlet)))

  async function ask(caller: Caller, knowledge: Knowledge, ptsLimit?: number): Promise<void> {
    const context = contexts.get(caller.authKeyId) ?? assert.fail()
    for (;;) {
      const since = knowledge.pts
      const limit = ptsLimit ?? rng.between(1, 9)
      const request = { pts: since, date: 1, qts: 1, ptsLimit: limit }
      const found = await getDifference({ _: 'updates.getDifference', ...request }, context)
      if (found._ === 'updates.differenceEmpty') return
      assert.ok(found._ === 'updates.difference' || found._ === 'updates.differenceSlice')
      const state = found._ === 'updates.difference' ? found.state : found.intermediateState
      assert.ok(state.pts >= since && (found._ === 'updates.difference' || state.pts > since))
      for (const message of found.newMessages) knowledge.message(message)
      for (const update of found.otherUpdates) knowledge.update(update)
      knowledge.pts = Math.max(knowledge.pts, state.pts)
      if (found._ === 'updates.difference') return
    }
  }

  for (const phone of NUMBERS) {
    for (let device = 0; device < 2; device++) {
      const fresh = await world.caller()
      await world.signIn(fresh, phone)
      const caller = await world.again(fresh)
      contexts.set(caller.authKeyId, contextOf(world, caller))
    }
  }
  await Promise.all(work)
  for (const { caller } of contexts.values()) {
    const userId = caller.state.at === 'authorized' ? caller.state.userId : assert.fail()
    const { pts } = await world.store.look(() => boxState(userId))
    const listener = new Listener(caller, userId, pts, (one) => ask(one.caller, one.knowledge))
    subscribers.note({ authKeyId: caller.authKeyId, session: listener.session, layer: LAYER, userId })
    listeners.push(listener)
  }
  const settle = async (): Promise<void> => {
    while (work.length > 0) await Promise.all(work.splice(0))
    for (let turns = 0; turns < 30; turns++) await new Promise((resolve) => setImmediate(resolve))
  }
  return { rng, world, subscribers, listeners, late, settle, ask, troubles }
}

type Scene = Awaited<ReturnType<typeof createScene>>

/** A random operation of one of the sessions, with its answer in its turn. */
async function operate({ rng, world, subscribers, listeners }: Scene, randomId: bigint): Promise<void> {
  const one = rng.pick(listeners as [Listener, ...Listener[]])
  const other = listeners.find(({ userId }) => userId !== one.userId) ?? assert.fail()
  const { store, rules } = world
  const { authKeyId } = one.caller
  const box = boxOf(rules.settings, one.userId)
  const call = subscribers.beginCall(authKeyId, one.session)
  const answer = async (place: Place, apply: () => void): Promise<void> => {
    // Handlers have more to do after the commit.
    await someTurns(rng)
    await call.settle({ boxId: one.userId, places: [place] })
    one.affected(place, apply)
    call.sent()
  }
  const kind = rng.pick(['write', 'write', 'write', 'read', 'remove', 'look'])
  // Others come in between.
  await someTurns(rng)
  const ids = [...one.knowledge.texts.keys()]
  if (kind === 'look') return void call.settle(undefined)
  if (kind === 'read') {
    const { pts, event } = await store.decide(() =>
      readMessages(box, { peerId: other.userId, maxId: rng.between(0, 30), nowS: 1 }, authKeyId),
    )
    return await answer({ pts, ptsCount: event?.ptsCount ?? 0 }, () => {
      if (event?.kind === 'readInbox') one.knowledge.read.set(event.peerId, event.maxId)
    })
  }
  if (kind === 'remove') {
    const asked = ids.filter(() => rng.chance(0.2))
    const { pts, event } = await store.decide(() => removeMessages(box, asked, authKeyId))
    const removed = event?.kind === 'deleteMessages' ? event.ids : []
    return await answer({ pts, ptsCount: event?.ptsCount ?? 0 }, () => {
      for (const id of removed) {
        one.knowledge.removed.add(id)
        one.knowledge.texts.delete(id)
      }
    })
  }
  const message: NewMessage = {
    peerId: other.userId,
    fromId: one.userId,
    isOut: true,
    dateS: Math.floor(world.clock.nowMs() / 1000),
    text: `text ${randomId}`,
    entities: [],
    randomId,
  }
  const boxes = [box, boxOf(rules.settings, other.userId)] as const
  const outcome = await store.decide(() =>
    appendToBoxes(store.secret, { boxes, message, causedBy: authKeyId }),
  )
  assert.ok(outcome.kind === 'appended')
  const { event } = outcome
  await answer(event, () => one.knowledge.text(event.message.id, event.message.text))
}

/** The texts and read marks since a pts by the log of a box, which has no hole, and dates that rise with the ids. */
async function truthOf({ store }: World, boxId: bigint, sincePts: number) {
  const log = await store.look(() => eventsAfter(store.secret, boxId, 1, 10_000))
  assert.ok(log.kind === 'events')
  assert.deepEqual(
    log.events.map(({ pts }) => pts),
    Array.from({ length: log.pts - 1 }, (_, n) => n + 2),
  )
  const events = log.events.filter(({ pts }) => pts > sincePts)
  const messages = events.flatMap((event) => (event.kind === 'newMessage' ? event.message : []))
  for (const [at, { id, dateS }] of messages.entries()) {
    const before = messages[at - 1]
    assert.ok(before === undefined || (before.id < id && before.dateS <= dateS))
  }
  const removed = new Set(events.flatMap((event) => (event.kind === 'deleteMessages' ? event.ids : [])))
  const reads = new Map<bigint, number>()
  for (const event of events) if (event.kind === 'readInbox') reads.set(event.peerId, event.maxId)
  return {
    pts: log.pts,
    texts: messages.filter(({ id }) => !removed.has(id)).map(({ id, text }): [number, string] => [id, text]),
    reads,
  }
}

function endAll(waits: (() => void)[]): void {
  for (const end of waits.splice(0)) end()
}

async function someTurns(rng: Rng): Promise<void> {
  for (let turns = rng.between(0, 3); turns > 0; turns--)
    await new Promise((resolve) => setImmediate(resolve))
}

async function simulate(seed: number, faultRate: number): Promise<Scene> {
  const scene = await createScene(seed, faultRate)
  const { rng, listeners, late, settle } = scene
  const begun: Promise<void>[] = []
  for (let n = 1; n <= OPERATIONS; n++) {
    begun.push(operate(scene, BigInt(n)))
    if (rng.chance(0.3)) endAll(late)
    if (rng.chance(0.3)) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(begun)
  await settle()
  endAll(late)
  await settle()
  for (const listener of listeners) await listener.catchUp()
  assert.deepEqual(scene.troubles, [])
  return scene
}

async function check(seed: number, { world, listeners, ask }: Scene): Promise<void> {
  for (const { caller, userId, knowledge, beginPts } of listeners) {
    const isTrue = async (known: Knowledge, sincePts: number, who: string): Promise<void> => {
      const truth = await truthOf(world, userId, sincePts)
      const message = `seed ${seed}, a client that ${who}`
      assert.deepEqual([...known.texts].sort(byId), truth.texts, message)
      assert.deepEqual(known.read, truth.reads, message)
      assert.equal(known.pts, truth.pts, message)
    }
    await isTrue(knowledge, beginPts, 'listens')
    for (const limit of [1, 7, undefined]) {
      const asked = new Knowledge(1)
      await ask(caller, asked, limit)
      await isTrue(asked, 1, `asks for ${limit ?? 'any number of'} events`)
    }
  }
}

const byId = ([one]: readonly [number, unknown], [other]: readonly [number, unknown]) => one - other

test('sessions that lose nothing hear of every pts once, in order, whoever writes at once', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const scene = await simulate(seed, 0)
    assert.deepEqual(
      scene.listeners.map(({ gaps, repeats }) => [gaps, repeats]),
      Array(4).fill([0, 0]),
      `gaps and repeats of seed ${seed}`,
    )
    await check(seed, scene)
  }
})

test('clients that only listen, over lost, doubled and late pushes, and clients that only ask end alike', async () => {
  for (let seed = 1001; seed <= 1000 + SEEDS; seed++) await check(seed, await simulate(seed, 0.3))
})
