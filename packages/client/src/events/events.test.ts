import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import type { MethodName, Params, Results, Update, Updates, updates } from '@cablegram/tl/api'
import { settled, TestClock } from '../login/test-clock.ts'
import { platform } from '../node-platform.ts'
import { PeerBook } from '../peers/book.ts'
import type { AccountState } from '../storage/account-state.ts'
import { applyChanges } from '../storage/state.ts'
import { UpdatesError } from '../updates/errors.ts'
import { Events } from './events.ts'
import { type Origins, plainOrigins } from './origins.ts'

const SELF = 7n

/** A server's answers, and what a session keeps. */
class World {
  readonly clock = new TestClock()
  readonly saved = new Map<string, string>()
  readonly reported: unknown[] = []
  readonly calls: { readonly method: string; readonly params: object }[] = []
  state: updates.State = { _: 'updates.state', pts: 10, qts: 1, date: 500, seq: 1, unreadCount: 0 }
  difference: () => updates.Difference = () => ({ _: 'updates.differenceEmpty', date: 500, seq: 1 })
  /** What the server does before it answers. */
  before: () => Promise<void> = async () => {}
  isClosed = false
  failsToRead = false
  peers: PeerBook | undefined
  origins: Origins = platform.origins

  readonly savedOfOthers = new Map<string, string>()

  readonly #storage = {
    get: async (key: string) => {
      if (this.failsToRead) throw new Error('the disk is gone')
      return this.saved.get(key)
    },
    write: async (changes: ReadonlyMap<string, string | undefined>) => {
      for (const [key, text] of changes) {
        if (text === undefined) this.saved.delete(key)
        else this.saved.set(key, text)
      }
    },
  }

  /** A client's events, signed in. */
  start(): Events {
    const call = <Method extends MethodName>(
      method: Method,
      params: Params<Method>,
    ): Promise<Results[Method]> => this.#answer(method, params) as Promise<Results[Method]>
    const peers = new PeerBook({
      state: { ...this.#storage, of: () => this.#storage },
      clock: this.clock,
      userId: () => SELF,
      isOpen: () => false,
      onError: (error) => this.reported.push(error),
    })
    this.peers = peers
    const events = new Events({
      client: {
        call,
        peers,
        closed: new AbortController().signal,
        surroundings: { clock: this.clock, random: (length) => new Uint8Array(length).fill(1) },
      },
      clock: this.clock,
      storageOf: (userId) => (userId === SELF ? this.#storage : mapState(this.savedOfOthers)),
      origins: this.origins,
      call,
      report: (error) => this.reported.push(error),
      isOfClosing: (error) => this.isClosed && error instanceof ConnectionError,
    })
    events.onUser(SELF)
    return events
  }

  async #answer(method: MethodName, params: object): Promise<unknown> {
    this.calls.push({ method, params })
    await this.before()
    if (method === 'updates.getState') return this.state
    if (method === 'updates.getDifference') return this.difference()
    if (method === 'messages.sendMessage') return container([])
    throw new RpcError(400, 'METHOD_NOT_IMPLEMENTED')
  }

  get cursor(): number {
    return Number(JSON.parse(this.saved.get('updates') ?? '{"pts":0}').pts)
  }
}

function mapState(map: Map<string, string>): AccountState {
  return {
    get: async (key) => map.get(key),
    write: async (changes) => applyChanges(map, changes),
  }
}

function container(list: Update[]): Updates {
  return { _: 'updates', updates: list, users: [], chats: [], date: 600, seq: 0 }
}

/** Lets handlers end, and the cursor be written. */
async function saved(world: World): Promise<void> {
  await settled()
  await world.clock.advance(1_000)
}

/** A message of somebody's private chat. */
function news(pts: number, from: bigint, message = `text ${pts}`): Update {
  const peerId = { _: 'peerUser', userId: from } as const
  return {
    _: 'updateNewMessage',
    message: { _: 'message', id: pts, peerId, date: 600, message },
    pts,
    ptsCount: 1,
  }
}

/** Lets everything happen that waits for nothing outside, the loading of modules included. */
async function ready(world: World): Promise<void> {
  for (let n = 0; n < 200 && world.saved.size === 0; n += 1) await world.clock.advance(10)
}

test('handlers hear of what passes their filters, in order, and their end moves the cursor', async () => {
  const world = new World()
  const events = world.start()
  const heard: string[] = []
  events.on('message', ({ message, sender }) => heard.push(`${sender.id} ${message.text}`), { text: /^text/ })
  const off = events.on('raw', (update) => heard.push(update._), {})
  await ready(world)
  events.push(container([news(11, 1n), news(12, 2n), news(13, 1n, 'other')]))
  await saved(world)
  assert.deepEqual(heard.filter((each) => each.startsWith('update')).length, 3)
  assert.deepEqual(
    heard.filter((each) => !each.startsWith('update')),
    ['1 text 11', '2 text 12'],
  )
  assert.equal(world.cursor, 13)
  off()
  events.push(container([news(14, 1n)]))
  await settled()
  assert.deepEqual(heard.slice(5), ['1 text 14'])
  await events.close()
  assert.equal(world.clock.waiting, 0)
})

test('an event serialises without its TL value', async () => {
  const world = new World()
  const events = world.start()
  const heard: string[] = []
  events.on('message', (event) => heard.push(JSON.stringify(event)), {})
  await ready(world)
  events.push(container([news(11, 1n)]))
  await saved(world)
  const { message, ...rest } = JSON.parse(heard[0] ?? '{}')
  assert.equal(message.text, 'text 11')
  assert.deepEqual(Object.keys(rest), ['chat', 'sender'])
  assert.equal(rest.chat.id, '1')
  await events.close()
})

test('a start waits until the server has said where updates begin, or does not say it', async () => {
  const world = new World()
  const events = world.start()
  await events.followed()
  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  world.before = async () => await asked
  events.on('message', () => {}, {})
  let isFollowed = false
  const following = events.followed().then(() => {
    isFollowed = true
  })
  await ready(world)
  assert.deepEqual([isFollowed, world.calls.map(({ method }) => method)], [false, ['updates.getState']])
  answer()
  await following
  await events.close()

  const refusing = new World()
  refusing.before = async () => {
    throw new RpcError(420, 'FLOOD_WAIT_600')
  }
  const waiting = refusing.start()
  waiting.on('message', () => {}, {})
  await waiting.followed()
  await waiting.close()
})

test('a client without handlers of updates asks for nothing', async () => {
  const world = new World()
  const events = world.start()
  events.on('connection', () => {}, {})
  events.on('error', () => {}, {})
  events.push(container([news(11, 1n)]))
  await settled()
  assert.deepEqual([world.calls, world.clock.waiting], [[], 0])
  await events.close()
})

test('a handler that throws is told to the handlers of error, and its update counts as delivered', async () => {
  const world = new World()
  const events = world.start()
  const errors: unknown[] = []
  events.on('message', ({ message }) => assert.fail(message.text), {})
  await ready(world)
  events.push(container([news(11, 1n)]))
  await settled()
  assert.equal(
    String(world.reported[0]),
    'AssertionError [ERR_ASSERTION]: text 11',
    'nobody listens to error',
  )
  events.on('error', (error) => errors.push(error), {})
  events.on('error', () => assert.fail('of the handler of errors'), {})
  events.push(container([news(12, 1n)]))
  await saved(world)
  assert.deepEqual([errors.length, world.reported.length, world.cursor], [1, 2, 12])
  await events.close()
})

test('a handler that hangs holds up its own chat, and its update is told again after a restart', async () => {
  const world = new World()
  const events = world.start()
  const heard: number[] = []
  const errors: unknown[] = []
  events.on('error', (error) => errors.push(error), {})
  events.on(
    'message',
    ({ message }) => {
      heard.push(message.id)
      return message.id === 11 ? new Promise(() => {}) : undefined
    },
    {},
  )
  await ready(world)
  events.push(container([news(11, 1n), news(12, 2n), news(13, 1n), news(14, 2n)]))
  await world.clock.advance(59_000)
  assert.deepEqual(heard, [11, 12, 14])
  assert.equal(world.cursor, 10)
  assert.equal(errors.length, 0)
  await saved(world)
  assert.deepEqual(
    errors.map((error) => error instanceof UpdatesError && error.code),
    ['HANDLER_SLOW'],
  )
  const closing = events.close()
  await world.clock.advance(5_000)
  await closing
  assert.equal(world.clock.waiting, 0)
  world.difference = () => ({
    _: 'updates.difference',
    newMessages: [11, 12, 13, 14].flatMap((pts) => {
      const update = news(pts, pts % 2 === 0 ? 2n : 1n)
      return update._ === 'updateNewMessage' ? update.message : []
    }),
    newEncryptedMessages: [],
    otherUpdates: [],
    users: [],
    chats: [],
    state: { ...world.state, pts: 14 },
  })
  const again = world.start()
  const later: number[] = []
  again.on('message', ({ message }) => later.push(message.id), {})
  for (let n = 0; n < 200 && later.length < 4; n += 1) await world.clock.advance(10)
  await saved(world)
  assert.deepEqual(later.toSorted(), [11, 12, 13, 14])
  assert.equal(world.cursor, 14)
  await again.close()
})

test('a slow handler keeps the order of its chat, and other chats go on', async () => {
  const world = new World()
  const events = world.start()
  const ended: number[] = []
  const waits = new Map<number, () => void>()
  events.on(
    'message',
    async ({ message }) => {
      await new Promise<void>((resolve) => waits.set(message.id, resolve))
      ended.push(message.id)
    },
    {},
  )
  await ready(world)
  events.push(container([news(11, 1n), news(12, 1n), news(13, 2n)]))
  await settled()
  assert.deepEqual([...waits.keys()], [11, 13])
  waits.get(13)?.()
  await saved(world)
  assert.deepEqual([ended, world.cursor], [[13], 10])
  waits.get(11)?.()
  await settled()
  waits.get(12)?.()
  await saved(world)
  assert.deepEqual([ended, world.cursor], [[13, 11, 12], 13])
  await events.close()
})

test('answers of own calls move the counter and make no message events', async () => {
  const world = new World()
  const events = world.start()
  const heard: string[] = []
  events.on('message', ({ message }) => heard.push(`message ${message.id}`), {})
  events.on('raw', (update) => heard.push(update._), {})
  await ready(world)
  events.answered('messages.sendMessage', {}, container([news(11, 1n)]))
  events.answered('messages.deleteMessages', {}, { _: 'messages.affectedMessages', pts: 13, ptsCount: 2 })
  events.push(container([news(14, 1n)]))
  await saved(world)
  assert.deepEqual(heard.toSorted(), ['message 14', 'updateNewMessage', 'updateNewMessage'])
  assert.equal(world.cursor, 14)
  await events.close()
})

test('losses, waits and states are events', async () => {
  const world = new World()
  const events = world.start()
  const told: unknown[] = []
  events.on('error', (error) => told.push(error instanceof UpdatesError ? error.code : error), {})
  events.on('connection', ({ state }) => told.push(state), {})
  events.on('wait', ({ reason, waitMs, method }) => told.push([reason, waitMs, method]), {})
  events.on('message', () => {}, {})
  await ready(world)
  told.length = 0
  let asked = 0
  world.difference = () => {
    asked += 1
    if (asked === 1) throw new RpcError(420, 'FLOOD_WAIT_7')
    if (asked === 2) return { _: 'updates.differenceTooLong', pts: 900 }
    return { _: 'updates.differenceEmpty', date: 500, seq: 1 }
  }
  events.missed(false)
  await settled()
  for (let n = 0; n < 10; n += 1) await world.clock.advance(1_000)
  assert.deepEqual(told, [
    'catchingUp',
    ['flood', 7_000, 'updates.getDifference'],
    'UPDATES_LOST',
    'upToDate',
  ])
  events.onConnection({ at: 'lost', waitMs: 200, error: undefined })
  assert.deepEqual(told.slice(4), ['lost', ['reconnect', 200, undefined]])
  await events.close()
})

test('a cursor that cannot be read is said, and the next connection tries again', async () => {
  const world = new World()
  world.failsToRead = true
  const events = world.start()
  const heard: number[] = []
  events.on('message', ({ message }) => heard.push(message.id), {})
  for (let n = 0; n < 200 && world.reported.length === 0; n += 1) await world.clock.advance(10)
  assert.deepEqual(world.reported.map(String), ['Error: the disk is gone'])
  assert.deepEqual(world.calls, [], 'the saved cursor is not replaced')
  world.failsToRead = false
  events.onConnection({ at: 'connected' })
  await ready(world)
  events.push(container([news(11, 1n)]))
  await settled()
  assert.deepEqual(heard, [11])
  await events.close()
})

test('reply answers the message in its chat', async () => {
  const world = new World()
  const events = world.start()
  events.on('message', ({ reply }) => reply('hello'), {})
  await ready(world)
  const user = { _: 'user', id: 1n, accessHash: 9n, firstName: 'Ada' } as const
  const push: Updates = { _: 'updates', updates: [news(11, 1n)], users: [user], chats: [], date: 1, seq: 0 }
  world.peers?.remember(push)
  events.push(push)
  await settled()
  const sent = world.calls.find(({ method }) => method === 'messages.sendMessage')
  assert.deepEqual(sent?.params, {
    peer: { _: 'inputPeerUser', userId: 1n, accessHash: 9n },
    message: 'hello',
    randomId: 1_249_883_855_352_839_599n,
    replyTo: { _: 'inputReplyToMessage', replyToMsgId: 11 },
  })
  await events.close()
})

test('the account that signs in next has its own cursor, and a signed-out client asks for nothing', async () => {
  const world = new World()
  const events = world.start()
  events.on('message', () => {}, {})
  await ready(world)
  events.onUser(undefined)
  await settled()
  const before = world.calls.length
  events.push(container([news(30, 1n)]))
  await world.clock.advance(60_000)
  assert.deepEqual([world.calls.length, world.clock.waiting], [before, 0])
  events.onUser(8n)
  for (let n = 0; n < 50 && world.calls.length === before; n += 1) await world.clock.advance(10)
  assert.equal(world.calls.length, before + 1)
  await events.close()
})

test('a program that listens is told that the server has ended the login, and one that has logged out is not', async () => {
  const world = new World()
  const events = world.start()
  const errors: unknown[] = []
  events.on('error', (error) => errors.push(error), {})
  events.onUser(undefined, 'SESSION_REVOKED')
  events.onUser(SELF)
  events.on('message', () => {}, {})
  await ready(world)
  events.onUser(undefined)
  events.onUser(SELF)
  await settled()
  assert.equal(errors.length, 0)
  events.onUser(undefined, 'SESSION_REVOKED')
  const [error, ...others] = errors
  assert.ok(error instanceof ConnectionError && error.code === 'SESSION_ENDED')
  assert.match(error.message, /ended this login \(SESSION_REVOKED\).*Sign in again/)
  assert.deepEqual(others, [])
  await events.close()
})

test('a cursor that is written once another account has signed in is that of the former one', async () => {
  const world = new World()
  const events = world.start()
  events.on('message', () => {}, {})
  await ready(world)
  await saved(world)
  events.push(container([news(11, 1n)]))
  await settled()
  assert.equal(world.cursor, 10)
  events.onUser(8n)
  for (let n = 0; n < 50 && world.savedOfOthers.size === 0; n += 1) await world.clock.advance(10)
  assert.equal(world.cursor, 11)
  assert.equal(JSON.parse(world.savedOfOthers.get('updates') ?? '{}').pts, 10)
  await events.close()
})

/** The difference after the cursor of the tests, with the message of pts 11. */
function missedStop(world: World): updates.Difference {
  const update = news(11, 1n, '/stop')
  return {
    _: 'updates.difference',
    newMessages: update._ === 'updateNewMessage' ? [update.message] : [],
    ...{ newEncryptedMessages: [], otherUpdates: [], users: [], chats: [] },
    state: { ...world.state, pts: 11 },
  }
}

/** Starts a client whose cursor has nothing of what the handler hears. @returns the times that it hears it */
async function stopWith(
  handler: (events: Events) => Promise<void>,
  origins: Origins = platform.origins,
): Promise<[heard: number, world: World]> {
  const world = new World()
  world.origins = origins
  world.saved.set('updates', JSON.stringify({ version: 1, pts: 10, qts: 1, dateS: 500 }))
  let heard = 0
  for (let start = 0; start < 2; start += 1) {
    const isMissed = world.cursor < 11
    world.difference = () =>
      isMissed ? missedStop(world) : { _: 'updates.differenceEmpty', date: 500, seq: 1 }
    const events = world.start()
    let ended: Promise<void> | undefined
    const onMessage = () => {
      heard += 1
      ended = handler(events)
      return ended
    }
    events.on('message', onMessage, {})
    for (let n = 0; n < 20; n += 1) await world.clock.advance(10)
    await ended
    await events.close()
  }
  return [heard, world]
}

test('a handler that closes the client counts as done, and hears its update once', async () => {
  const [heard, world] = await stopWith(async (events) => {
    await settled()
    await events.close()
  })
  assert.deepEqual([heard, world.cursor, world.clock.waiting], [1, 11, 0])
})

test('on pages a handler counts as done if it closes the client before it waits for anything', async () => {
  const [heard, world] = await stopWith((events) => events.close(), plainOrigins())
  assert.deepEqual([heard, world.cursor, world.clock.waiting], [1, 11, 0])
})

test('handlers that run have their time when the client closes, and what they end is saved', async () => {
  const world = new World()
  const events = world.start()
  const waits = new Map<number, () => void>()
  const wait = (id: number) => new Promise<void>((resolve) => waits.set(id, resolve))
  events.on('message', ({ message }) => wait(message.id), {})
  await ready(world)
  events.push(container([news(11, 1n), news(12, 2n), news(13, 1n)]))
  await settled()
  let isClosed = false
  const closing = events.close().then(() => {
    isClosed = true
  })
  waits.get(12)?.()
  await settled()
  assert.equal(isClosed, false)
  waits.get(11)?.()
  await closing
  assert.deepEqual([...waits.keys()], [11, 12], 'no handler begins any more')
  assert.deepEqual([world.cursor, world.clock.waiting], [12, 0])
})

test('a handler that the end of the client interrupts is told of its update again, and holds up no end', async () => {
  const world = new World()
  const events = world.start()
  const errors: unknown[] = []
  events.on('error', (error) => errors.push(error), {})
  const interrupted = new ConnectionError('CLIENT_CLOSED', 'The client was closed')
  const stop = events.on('message', () => Promise.reject(interrupted), {})
  await ready(world)
  events.push(container([news(11, 1n)]))
  await settled()
  stop()
  await events.close()
  assert.deepEqual([errors, world.cursor, world.clock.waiting], [[], 10, 0])
})

test('two handlers that both close the client do not wait for each other', async () => {
  const world = new World()
  const events = world.start()
  const stop = async () => {
    await settled()
    await events.close()
  }
  events.on('message', stop, {})
  await ready(world)
  events.push(container([news(11, 1n), news(12, 2n)]))
  for (let n = 0; n < 5; n += 1) await settled()
  assert.deepEqual([world.cursor, world.clock.waiting], [12, 0])
})
