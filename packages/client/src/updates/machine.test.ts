import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message, Update, Updates, updates } from '@cablegram/tl/api'
import type { UpdatesLimits } from './limits.ts'
import { UpdatesMachine } from './machine.ts'
import type { Ask, Cursor, Health, UpdatesInput, UpdatesOutput } from './words.ts'

const CHANNEL = 55n
const CURSOR: Cursor = { box: { pts: 10, qts: 3, dateS: 500 }, channels: new Map() }
const WITH_CHANNEL: Cursor = {
  ...CURSOR,
  channels: new Map([[CHANNEL, { pts: 100, topId: 40, isBehind: false }]]),
}

/** A machine with its outputs in words. */
class Bench {
  readonly machine: UpdatesMachine
  nowMs = 1_000_000
  readonly told: string[] = []
  readonly own: string[] = []
  readonly tokens: number[] = []
  readonly asks: Ask[] = []
  readonly health: Health[] = []
  cursor: Extract<UpdatesOutput, { kind: 'save' }>['changes']['box']
  readonly channels = new Map<bigint, number | undefined>()

  constructor(cursor: Cursor | undefined, limits: Partial<UpdatesLimits> = {}, knows = true) {
    this.machine = new UpdatesMachine({ userId: 7n, knows: (peers) => peers.length === 0 || knows, limits })
    this.step({ kind: 'begin', cursor })
  }

  /** A machine that has asked for its first difference, which was empty. */
  static current(cursor: Cursor = CURSOR, limits: Partial<UpdatesLimits> = {}, knows = true): Bench {
    const bench = new Bench(cursor, limits, knows)
    bench.empty()
    bench.asks.length = 0
    bench.health.length = 0
    return bench
  }

  step(input: UpdatesInput): void {
    for (const output of this.machine.step(input, this.nowMs)) {
      if (output.kind === 'tell') {
        this.told.push(nameOf(output.event.update))
        this.tokens.push(output.token)
        if (output.event.isOwn) this.own.push(nameOf(output.event.update))
      }
      if (output.kind === 'ask') this.asks.push(output.ask)
      if (output.kind === 'health') this.health.push(output.health)
      if (output.kind !== 'save') continue
      this.cursor = output.changes.box ?? this.cursor
      for (const [id, channel] of output.changes.channels) this.channels.set(id, channel?.pts)
    }
  }

  push(...updates: Update[]): void {
    this.step({ kind: 'updates', updates: container(updates) })
  }

  wait(ms: number): void {
    this.nowMs += ms
    this.step({ kind: 'wake' })
  }

  empty(): void {
    this.step({ kind: 'difference', difference: { _: 'updates.differenceEmpty', date: 600, seq: 0 } })
  }

  fail(failure: Extract<UpdatesInput, { kind: 'failed' }>['failure']): void {
    const ask = this.asks.at(-1) ?? assert.fail('nothing was asked')
    this.step({ kind: 'failed', ask, failure })
  }

  losses(): string[] {
    return this.health.flatMap((each) =>
      each.kind === 'lost' ? [`${each.reason} ${each.channelId ?? 'box'}`] : [],
    )
  }

  get lastAsk(): Ask {
    return this.asks.at(-1) ?? assert.fail('nothing was asked')
  }
}

function nameOf(update: Update): string {
  if ('message' in update && typeof update.message === 'object' && 'id' in update.message)
    return `${update._} ${update.message.id}`
  if ('maxId' in update) return `${update._} ${update.maxId}`
  return update._
}

function container(list: readonly Update[], seq = 0, date = 700): Updates {
  return { _: 'updates', updates: [...list], users: [], chats: [], date, seq }
}

function message(id: number, date = 700): Message {
  return { _: 'message', id, peerId: { _: 'peerUser', userId: 9n }, date, message: 'text' }
}

function news(id: number, pts: number, ptsCount = 1): Update {
  return { _: 'updateNewMessage', message: message(id), pts, ptsCount }
}

function post(id: number, pts: number, date = 700): Update {
  return { _: 'updateNewChannelMessage', message: ofChannel(id, date), pts, ptsCount: 1 }
}

function ofChannel(id: number, date = 700): Message {
  return { _: 'message', id, peerId: { _: 'peerChannel', channelId: CHANNEL }, date, message: 'text' }
}

const TYPING: Update = {
  _: 'updateUserTyping',
  userId: 9n,
  action: { _: 'sendMessageTypingAction' },
}

function state(pts: number, more: Partial<updates.State> = {}): updates.State {
  return { _: 'updates.state', pts, qts: 3, date: 900, seq: 1, unreadCount: 0, ...more }
}

function difference(
  newMessages: Message[],
  otherUpdates: Update[],
  after: updates.State,
  isLast = true,
): UpdatesInput {
  const lists = { newMessages, otherUpdates, newEncryptedMessages: [], users: [], chats: [] }
  return {
    kind: 'difference',
    difference: isLast
      ? { _: 'updates.difference', ...lists, state: after }
      : { _: 'updates.differenceSlice', ...lists, intermediateState: after },
  }
}

// ---- the beginning -----------------------------------------------------------------------------------------

test('without a cursor the machine asks for the state, and tells what came since it began', () => {
  const bench = new Bench(undefined)
  assert.deepEqual(bench.asks, [{ of: 'state' }])
  bench.push(news(1, 21))
  bench.step({ kind: 'state', state: state(22) })
  assert.deepEqual(bench.told, ['updateNewMessage 1'])
  bench.push(news(2, 22))
  assert.deepEqual(bench.told, ['updateNewMessage 1', 'updateNewMessage 2'])
  assert.equal(bench.cursor?.pts, 20, 'nothing is confirmed')
  for (const token of bench.tokens) bench.step({ kind: 'confirmed', token })
  assert.equal(bench.cursor?.pts, 22)
})

test('with a cursor the machine asks for the difference, and for the channels that were behind', () => {
  const behind = { pts: 100, topId: 40, isBehind: true }
  const bench = new Bench({ ...CURSOR, channels: new Map([[CHANNEL, behind]]) })
  assert.deepEqual(bench.asks, [
    { of: 'difference', pts: 10, qts: 3, dateS: 500, ptsLimit: undefined, qtsLimit: undefined },
    { of: 'channel', channelId: CHANNEL, pts: 100, limit: 1_000 },
  ])
})

// ---- gaps --------------------------------------------------------------------------------------------------

/** Pushes to a box at pts 10, what is told at once, and whether the difference is asked for. */
const GAPS: readonly (readonly [
  string,
  readonly Update[],
  readonly string[],
  'no' | 'after a while' | 'at once',
])[] = [
  ['the next one', [news(1, 11)], ['updateNewMessage 1'], 'no'],
  ['one that was told', [news(1, 10)], [], 'no'],
  ['one too far', [news(2, 12)], [], 'after a while'],
  ['two in the wrong order', [news(2, 12), news(1, 11)], ['updateNewMessage 1', 'updateNewMessage 2'], 'no'],
  ['one twice', [news(1, 11), news(1, 11)], ['updateNewMessage 1'], 'no'],
  ['one that has old events and new ones', [news(1, 12, 3)], [], 'at once'],
  ['one that changes nothing', [news(1, 10, 0)], ['updateNewMessage 1'], 'no'],
  ['one that changes nothing, from later', [news(1, 12, 0)], [], 'after a while'],
  ['one without a number', [TYPING], ['updateUserTyping'], 'no'],
]

for (const [what, pushed, told, asks] of GAPS) {
  test(`of pushes, ${what} is told as it should be`, () => {
    const bench = Bench.current()
    bench.push(...pushed)
    assert.deepEqual(bench.told, told)
    assert.equal(bench.asks.length, asks === 'at once' ? 1 : 0)
    bench.wait(499)
    assert.equal(bench.asks.length, asks === 'at once' ? 1 : 0)
    bench.wait(1)
    assert.equal(bench.asks.length, asks === 'no' ? 0 : 1)
  })
}

test('a gap that closes by itself asks for nothing, and one that does not is repaired by the difference', () => {
  const bench = Bench.current()
  bench.push(news(2, 12))
  bench.wait(400)
  bench.push(news(1, 11))
  bench.wait(10_000)
  assert.deepEqual([bench.asks.length, bench.told.length], [0, 2])
  bench.push(news(4, 14))
  bench.wait(500)
  assert.equal(bench.asks.length, 1)
  bench.step(difference([message(3)], [], state(13)))
  assert.deepEqual(bench.told.slice(2), ['updateNewMessage 3', 'updateNewMessage 4'])
})

test('the numbers of secret chats and bots have gaps of their own', () => {
  const bench = Bench.current()
  const stopped = (qts: number): Update => ({
    _: 'updateBotStopped',
    userId: 9n,
    date: 1,
    stopped: true,
    qts,
  })
  bench.push(stopped(5))
  assert.deepEqual(bench.told, [])
  bench.wait(500)
  assert.equal(bench.lastAsk.of, 'difference')
  bench.step(difference([], [stopped(0)], state(10, { qts: 4 })))
  assert.deepEqual(bench.told, ['updateBotStopped', 'updateBotStopped'])
  const secret = {
    _: 'encryptedMessageService',
    randomId: 1n,
    chatId: 1,
    date: 1,
    bytes: new Uint8Array(),
  } as const
  bench.push({ _: 'updateNewEncryptedMessage', message: secret, qts: 6 })
  assert.equal(bench.told.at(-1), 'updateNewEncryptedMessage')
})

test('packets with numbers wait for each other, and are told once', () => {
  const bench = Bench.current()
  const packet = (seq: number): void => bench.step({ kind: 'updates', updates: container([TYPING], seq) })
  packet(5)
  assert.equal(bench.told.length, 1, 'the first number is taken for the beginning')
  packet(5)
  packet(7)
  assert.equal(bench.told.length, 1)
  packet(6)
  assert.equal(bench.told.length, 3)
  const combined: Updates = {
    _: 'updatesCombined',
    updates: [TYPING],
    users: [],
    chats: [],
    date: 1,
    seqStart: 8,
    seq: 12,
  }
  bench.step({ kind: 'updates', updates: combined })
  packet(13)
  assert.equal(bench.told.length, 5)
  packet(15)
  bench.wait(500)
  assert.equal(bench.lastAsk.of, 'difference')
})

// ---- containers --------------------------------------------------------------------------------------------

const SHORT = {
  _: 'updateShortMessage',
  id: 1,
  userId: 9n,
  message: 'hi',
  pts: 11,
  ptsCount: 1,
  date: 700,
} as const

test('short forms become messages if the client knows whom they name, and differences if it does not', () => {
  const knowing = Bench.current()
  knowing.step({ kind: 'updates', updates: SHORT })
  assert.deepEqual(knowing.told, ['updateNewMessage 1'])
  const group = { ...SHORT, _: 'updateShortChatMessage', fromId: 9n, chatId: 4n, pts: 12 } as const
  knowing.step({ kind: 'updates', updates: group })
  assert.equal(knowing.told.length, 2)
  const strange = Bench.current(CURSOR, {}, false)
  strange.step({ kind: 'updates', updates: SHORT })
  assert.deepEqual([strange.told.length, strange.lastAsk.of], [0, 'difference'])
})

test('updatesTooLong, a new session and a push that cannot be read ask for the difference at once', () => {
  for (const input of [
    { kind: 'updates', updates: { _: 'updatesTooLong' } },
    { kind: 'missed' },
    { kind: 'missed', isUnreadable: true },
  ] satisfies UpdatesInput[]) {
    const bench = Bench.current()
    bench.step(input)
    assert.equal(bench.lastAsk.of, 'difference')
    const isUnreadable = 'isUnreadable' in input
    assert.deepEqual(bench.losses(), isUnreadable ? ['unreadable box'] : [])
  }
})

test('answers of own calls move the counters, and close gaps', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push(news(2, 13))
  bench.step({ kind: 'moved', space: 'box', pts: 12, count: 2 })
  assert.deepEqual(bench.told, ['updateNewMessage 2'])
  bench.step({ kind: 'moved', space: CHANNEL, pts: 101, count: 1 })
  bench.push(post(41, 102))
  assert.equal(bench.told.at(-1), 'updateNewChannelMessage 41')
  bench.wait(1_000)
  assert.equal(bench.asks.length, 0)
})

test('messages of own calls stay own when a difference tells them', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.step({ kind: 'updates', updates: container([news(2, 12), post(42, 102)]), isOwn: true })
  bench.wait(500)
  bench.step(difference([message(1), message(2)], [], state(12)))
  bench.step(channelDifference({ newMessages: [ofChannel(41), ofChannel(42)] }))
  assert.deepEqual(bench.own, ['updateNewMessage 2', 'updateNewChannelMessage 42'])
  assert.equal(bench.told.length, 4)
})

test('messages of own calls stay own where no place is left for them', () => {
  const bench = Bench.current(CURSOR, { maxUnconfirmed: 1 })
  bench.push(news(1, 11))
  bench.step({ kind: 'updates', updates: container([news(2, 12)]), isOwn: true })
  for (const token of bench.tokens) bench.step({ kind: 'confirmed', token })
  bench.step(difference([message(2)], [], state(12)))
  assert.deepEqual(bench.own, ['updateNewMessage 2'])
})

// ---- differences -------------------------------------------------------------------------------------------

test('slices are asked for until the last, and pushes wait for it', () => {
  const bench = new Bench(CURSOR)
  bench.push(news(3, 13))
  bench.step({ kind: 'updates', updates: container([TYPING], 0, 900) })
  assert.deepEqual(bench.told, [])
  bench.step(difference([message(1)], [], state(11), false))
  assert.deepEqual(bench.told, ['updateNewMessage 1'])
  assert.equal(bench.lastAsk.of === 'difference' && bench.lastAsk.pts, 11)
  bench.step(difference([message(2)], [], state(12)))
  assert.deepEqual(bench.told.slice(1), ['updateNewMessage 2', 'updateNewMessage 3', 'updateUserTyping'])
})

test('what waits without a number, and is older than the difference, is told before it', () => {
  const bench = new Bench(CURSOR)
  bench.step({ kind: 'updates', updates: container([TYPING], 0, 899) })
  bench.step(difference([message(1)], [], state(11)))
  assert.deepEqual(bench.told, ['updateUserTyping', 'updateNewMessage 1'])
})

test('slices that lead nowhere have an end: the machine begins at the present, and says so', () => {
  const bench = new Bench(CURSOR)
  for (let n = 0; n < 3; n += 1) bench.step(difference([], [], state(10), false))
  assert.deepEqual([bench.lastAsk.of, bench.losses()], ['state', ['refused box']])
})

test('numbers that no difference explains are given up after three, and said', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push(news(2, 15))
  for (let n = 0; n < 3; n += 1) {
    assert.deepEqual(bench.told, [])
    bench.wait(500)
    assert.equal(bench.asks.length, n + 1)
    bench.empty()
  }
  assert.deepEqual([bench.told, bench.losses()], [['updateNewMessage 2'], ['unexplained box']])
  bench.push(news(3, 16))
  assert.equal(bench.told.length, 2)
  bench.push(post(50, 110))
  for (let n = 0; n < 3; n += 1) {
    bench.wait(500)
    const difference = { _: 'updates.channelDifferenceEmpty', final: true, pts: 100 } as const
    bench.step({ kind: 'channelDifference', channelId: CHANNEL, difference })
  }
  assert.deepEqual(bench.losses().slice(1), [`unexplained ${CHANNEL}`])
  assert.equal(bench.told.at(-1), 'updateNewChannelMessage 50')
  bench.wait(10_000)
  assert.equal(bench.asks.length, 6)
})

test('packets that wait are told after a difference, which has what those before had', () => {
  const bench = Bench.current()
  bench.step({ kind: 'updates', updates: container([TYPING], 5) })
  bench.step({ kind: 'updates', updates: container([TYPING], 9) })
  bench.wait(500)
  bench.empty()
  assert.equal(bench.told.length, 2)
  bench.wait(10_000)
  assert.equal(bench.asks.length, 1)
})

test('updatePtsChanged asks for the difference', () => {
  const bench = Bench.current()
  bench.push({ _: 'updatePtsChanged' })
  assert.equal(bench.lastAsk.of, 'difference')
})

test('differenceTooLong is said, and the cursor goes on from there', () => {
  const bench = new Bench(CURSOR)
  bench.step({ kind: 'difference', difference: { _: 'updates.differenceTooLong', pts: 90_000 } })
  assert.deepEqual(bench.losses(), ['tooLong box'])
  assert.equal(bench.lastAsk.of === 'difference' && bench.lastAsk.pts, 90_000)
  bench.empty()
  bench.push(news(1, 90_001))
  assert.deepEqual(bench.told, ['updateNewMessage 1'])
})

test('after 15 minutes without any update the machine asks whether there is one', () => {
  const bench = Bench.current()
  bench.wait(15 * 60_000 - 1)
  assert.equal(bench.asks.length, 0)
  bench.push(TYPING)
  bench.wait(1)
  assert.equal(bench.asks.length, 0)
  bench.wait(15 * 60_000)
  assert.equal(bench.asks.length, 1)
})

// ---- failures ----------------------------------------------------------------------------------------------

test('a state that the server does not know is replaced by the present one, and said', () => {
  const bench = new Bench(CURSOR)
  bench.fail({ kind: 'stateInvalid' })
  assert.deepEqual([bench.lastAsk.of, bench.losses()], ['state', ['stateInvalid box']])
  bench.step({ kind: 'state', state: state(5) })
  bench.push(news(1, 6))
  assert.deepEqual(bench.told, ['updateNewMessage 1'])
  assert.equal(bench.cursor?.pts, 5)
})

test('failed requests are repeated after growing pauses, and floods after their time', () => {
  const bench = new Bench(CURSOR)
  const waits: number[] = []
  for (let n = 0; n < 8; n += 1) {
    bench.fail({ kind: 'later' })
    const health = bench.health.findLast(({ kind }) => kind === 'waiting')
    const waitMs = health?.kind === 'waiting' ? health.waitMs : assert.fail('it does not wait')
    waits.push(waitMs)
    const asks = bench.asks.length
    bench.wait(waitMs - 1)
    assert.equal(bench.asks.length, asks)
    bench.wait(1)
    assert.equal(bench.asks.length, asks + 1)
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000])
  bench.fail({ kind: 'wait', waitS: 300 })
  bench.wait(299_999)
  assert.equal(bench.asks.length, 9)
  bench.wait(1)
  assert.equal(bench.asks.length, 10)
})

test('a refusal that does not end is given up: the machine begins at the present', () => {
  const bench = new Bench(CURSOR)
  for (let n = 0; n < 6; n += 1) {
    bench.fail({ kind: 'refused' })
    bench.wait(60_000)
  }
  assert.deepEqual([bench.lastAsk.of, bench.losses()], ['state', ['refused box']])
})

/** The asks that a machine makes in ten minutes if each of them fails so. */
function asksOf(bench: Bench, answer: (ask: Ask) => UpdatesInput): number {
  const endMs = bench.nowMs + 600_000
  for (let done = 0; bench.nowMs < endMs && done < 3_000; ) {
    const ask = bench.asks[done]
    if (ask !== undefined) {
      done += 1
      bench.step(answer(ask))
    } else bench.wait(1_000)
  }
  return bench.asks.length
}

for (const kind of ['unreadable', 'stateInvalid'] as const) {
  test(`a state that stays ${kind} is asked for with pauses`, () => {
    const bench = new Bench(undefined)
    const asks = asksOf(bench, (ask) => ({ kind: 'failed', ask, failure: { kind } }))
    assert.ok(asks < 20, `${asks}`)
    assert.deepEqual(bench.losses(), [], 'there was nothing to lose')
    bench.asks.length = 0
    bench.wait(60_000)
    bench.step({ kind: 'state', state: state(22) })
    bench.push(news(1, 23))
    assert.deepEqual(bench.told, ['updateNewMessage 1'])
  })
}

test('a state that is invalid as soon as the server has told it is asked for with pauses', () => {
  const bench = new Bench(CURSOR)
  const asks = asksOf(bench, (ask) => {
    if (ask.of !== 'state') return { kind: 'failed', ask, failure: { kind: 'stateInvalid' } }
    bench.step({ kind: 'missed' })
    return { kind: 'state', state: state(10) }
  })
  assert.ok(asks < 60, `${asks}`)
})

test('the end of the login stops the machine', () => {
  const bench = new Bench(CURSOR)
  bench.fail({ kind: 'ended' })
  assert.deepEqual(bench.health.at(-1), { kind: 'ended' })
  assert.equal(bench.machine.wakeAtMs, undefined)
  bench.push(news(1, 11))
  assert.deepEqual(bench.told, [])
})

test('an event that cannot be read costs itself alone', () => {
  const bench = new Bench(CURSOR)
  // The event with pts 13 cannot be read, of those up to 20.
  const answered: string[] = []
  for (let n = 0; n < 60 && bench.machine.tableSizes['unconfirmed'] !== 9; n += 1) {
    const ask = bench.lastAsk
    assert.ok(ask.of === 'difference')
    const last = Math.min(20, ask.pts + (ask.ptsLimit ?? 100))
    answered.push(`${ask.pts} to ${last}`)
    if (ask.pts < 13 && last >= 13) bench.fail({ kind: 'unreadable' })
    else {
      const ids = Array.from({ length: last - ask.pts }, (_, index) => ask.pts + index + 1)
      bench.step(
        difference(
          ids.map((id) => message(id)),
          [],
          state(last),
          last === 20,
        ),
      )
    }
  }
  const told = [11, 12, 14, 15, 16, 17, 18, 19, 20].map((id) => `updateNewMessage ${id}`)
  assert.deepEqual(bench.told, told, answered.join(', '))
  assert.deepEqual(bench.losses(), ['unreadable box'])
  bench.empty()
  bench.push(news(21, 21))
  assert.equal(bench.told.at(-1), 'updateNewMessage 21')
})

test('a change without a number that cannot be read costs no event of the box', () => {
  const bench = new Bench(CURSOR)
  bench.fail({ kind: 'unreadable' })
  const quiet = bench.lastAsk
  assert.ok(quiet.of === 'difference' && quiet.dateS === 2 ** 31 - 1 && quiet.qtsLimit === 0)
  bench.step(difference([message(1)], [], state(11, { date: 950 })))
  const rest = bench.lastAsk
  assert.ok(rest.of === 'difference' && rest.dateS === 500 && rest.pts === 11)
  bench.fail({ kind: 'unreadable' })
  assert.deepEqual(bench.losses(), ['unreadable box'])
  const last = bench.lastAsk
  assert.ok(last.of === 'difference' && last.dateS === 950)
  bench.empty()
  assert.deepEqual(bench.told, ['updateNewMessage 1'])
  assert.deepEqual(bench.health.at(-1), { kind: 'current' })
})

// ---- channels ----------------------------------------------------------------------------------------------

function channelDifference(more: Partial<updates.channelDifference>): UpdatesInput {
  const whole: updates.channelDifference = {
    _: 'updates.channelDifference',
    final: true,
    pts: 102,
    newMessages: [],
    otherUpdates: [],
    users: [],
    chats: [],
    ...more,
  }
  return { kind: 'channelDifference', channelId: CHANNEL, difference: whole }
}

function channelTooLong(pts: number, messages: Message[]): UpdatesInput {
  const dialog = {
    _: 'dialog',
    peer: { _: 'peerChannel', channelId: CHANNEL },
    topMessage: 1,
    readInboxMaxId: 0,
    readOutboxMaxId: 0,
    unreadCount: 0,
    unreadMentionsCount: 0,
    unreadReactionsCount: 0,
    unreadPollVotesCount: 0,
    notifySettings: { _: 'peerNotifySettings' },
    pts,
  } as const
  const found = {
    _: 'updates.channelDifferenceTooLong',
    final: true,
    dialog,
    messages,
    users: [],
    chats: [],
  } as const
  return {
    kind: 'channelDifference',
    channelId: CHANNEL,
    difference: { ...found, messages, users: [], chats: [] },
  }
}

test('a channel counts by itself: its gap asks for its difference, and the box goes on', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push(post(42, 102))
  bench.push(news(1, 11))
  assert.deepEqual(bench.told, ['updateNewMessage 1'])
  bench.wait(500)
  assert.deepEqual(bench.asks, [{ of: 'channel', channelId: CHANNEL, pts: 100, limit: 1_000 }])
  bench.push(post(43, 103))
  bench.step(channelDifference({ pts: 101, newMessages: [ofChannel(41)] }))
  assert.deepEqual(
    bench.told.slice(1),
    [41, 42, 43].map((id) => `updateNewChannelMessage ${id}`),
  )
})

test('a difference of a channel that is not final is asked for again', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push({ _: 'updateChannelTooLong', channelId: CHANNEL })
  const { final: _final, ...part } = { final: true, pts: 101, newMessages: [ofChannel(41)] }
  bench.step(channelDifference({ ...part, final: undefined }))
  assert.equal(bench.lastAsk.of === 'channel' && bench.lastAsk.pts, 101)
  bench.step({
    kind: 'channelDifference',
    channelId: CHANNEL,
    difference: { _: 'updates.channelDifferenceEmpty', pts: 101 },
  })
  assert.deepEqual(bench.health.at(-1), { kind: 'current' })
})

test('updateChannelTooLong asks only for what is not known', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push({ _: 'updateChannelTooLong', channelId: CHANNEL, pts: 100 })
  assert.equal(bench.asks.length, 0)
  bench.push({ _: 'updateChannelTooLong', channelId: CHANNEL, pts: 101 })
  assert.equal(bench.asks.length, 1)
})

test('updateChannelTooLong in a numbered packet asks, also in one that had to wait', () => {
  const bench = Bench.current(WITH_CHANNEL)
  const tooLong: Update = { _: 'updateChannelTooLong', channelId: CHANNEL }
  bench.step({ kind: 'updates', updates: container([TYPING], 5) })
  bench.step({ kind: 'updates', updates: container([tooLong], 7) })
  assert.equal(bench.asks.length, 0)
  bench.step({ kind: 'updates', updates: container([TYPING], 6) })
  assert.deepEqual(
    bench.asks.map(({ of }) => of),
    ['channel'],
  )
})

test('channelDifferenceTooLong is said, and its messages that are new are told', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push({ _: 'updateChannelTooLong', channelId: CHANNEL })
  bench.step(channelTooLong(5_000, [ofChannel(90), ofChannel(89), ofChannel(40)]))
  assert.deepEqual(bench.losses(), [`tooLong ${CHANNEL}`])
  assert.deepEqual(bench.told.slice(1), ['updateNewChannelMessage 89', 'updateNewChannelMessage 90'])
  bench.push(post(91, 5_001))
  assert.equal(bench.told.at(-1), 'updateNewChannelMessage 91')
})

test('of a channel that is not known the server is asked for what came since the last difference', () => {
  const bench = new Bench(CURSOR)
  bench.push(post(7, 31))
  bench.step(difference([], [{ _: 'updateChannelTooLong', channelId: CHANNEL, pts: 31 }], state(10)))
  assert.equal(bench.lastAsk.of === 'channel' && bench.lastAsk.pts, 1)
  bench.step(channelTooLong(31, [ofChannel(7, 2_000), ofChannel(6, 2_000), ofChannel(5, 100)]))
  assert.deepEqual(bench.told, [
    'updateChannelTooLong',
    'updateNewChannelMessage 6',
    'updateNewChannelMessage 7',
  ])
  assert.deepEqual(bench.losses(), [])
})

test('a read mark of a channel that is not known is no beginning of its counter', () => {
  const bench = Bench.current()
  const read: Update = {
    _: 'updateReadChannelInbox',
    channelId: CHANNEL,
    maxId: 3,
    stillUnreadCount: 0,
    pts: 40,
  }
  bench.push(read)
  bench.push(post(4, 35))
  assert.deepEqual(bench.told, ['updateReadChannelInbox 3', 'updateNewChannelMessage 4'])
})

const CHANNEL_FAILURES: readonly (readonly [
  Extract<UpdatesInput, { kind: 'failed' }>['failure'],
  string,
  number | undefined,
])[] = [
  [{ kind: 'noAccess' }, `noAccess ${CHANNEL}`, undefined],
  [{ kind: 'stateInvalid' }, `stateInvalid ${CHANNEL}`, 101],
]

for (const [failure, loss, pts] of CHANNEL_FAILURES) {
  test(`a channel whose difference fails with ${failure.kind} is given up alone, and said`, () => {
    const bench = Bench.current(WITH_CHANNEL)
    bench.push(post(42, 102))
    bench.wait(500)
    bench.fail(failure)
    assert.deepEqual(bench.losses(), [loss])
    assert.equal(bench.channels.get(CHANNEL), pts)
    bench.push(post(60, 200))
    bench.push(news(1, 11))
    assert.ok(bench.told.includes('updateNewMessage 1'))
    assert.deepEqual(
      bench.health.findLast(({ kind }) => kind === 'current' || kind === 'behind')?.kind,
      pts ? 'behind' : 'current',
    )
  })
}

test('a flood wait of one channel holds up the requests about all of them', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push({ _: 'updateChannelTooLong', channelId: CHANNEL })
  bench.fail({ kind: 'wait', waitS: 30 })
  bench.push({ _: 'updateChannelTooLong', channelId: 56n })
  assert.equal(bench.asks.length, 1)
  bench.wait(30_000)
  assert.equal(bench.asks.length, 3)
})

test('an answer about a channel that cannot be read is asked for in another way, then given up', () => {
  const bench = Bench.current(WITH_CHANNEL)
  bench.push(post(42, 102))
  bench.wait(500)
  bench.fail({ kind: 'unreadable' })
  assert.equal(bench.lastAsk.of === 'channel' && bench.lastAsk.limit, 1)
  bench.fail({ kind: 'unreadable' })
  assert.deepEqual(bench.losses(), [`unreadable ${CHANNEL}`])
  assert.deepEqual(bench.told, ['updateNewChannelMessage 42'], 'what waited can be read')
})

// ---- bounds ------------------------------------------------------------------------------------------------

test('too many updates without confirmation stop the asking, and nothing is lost', () => {
  const bench = Bench.current(CURSOR, { maxUnconfirmed: 4 })
  for (let id = 11; id <= 20; id += 1) bench.push(news(id, id))
  bench.step({ kind: 'updates', updates: container([TYPING], 0, 900) })
  assert.equal(bench.told.length, 4)
  assert.deepEqual(bench.health.at(-1), { kind: 'full', unconfirmed: 4 })
  assert.equal(bench.machine.wakeAtMs, undefined)
  for (const token of bench.tokens.splice(0, 2)) bench.step({ kind: 'confirmed', token })
  assert.equal(bench.lastAsk.of === 'difference' && bench.lastAsk.pts, 14)
  bench.step(
    difference(
      [15, 16, 17, 18, 19, 20].map((id) => message(id)),
      [],
      state(20),
    ),
  )
  assert.equal(bench.told.length, 10)
  for (const token of bench.tokens) bench.step({ kind: 'confirmed', token })
  assert.equal(bench.told.at(-1), 'updateUserTyping')
})

test('packets with numbers are bounded as well, and those that wait are told after confirmations', () => {
  const bench = Bench.current(CURSOR, { maxUnconfirmed: 4, maxHeld: 10 })
  const packet = (seq: number): void => bench.step({ kind: 'updates', updates: container([TYPING], seq) })
  for (let seq = 2; seq <= 9; seq += 1) packet(seq)
  assert.equal(bench.told.length, 4)
  assert.deepEqual(bench.machine.tableSizes, { unconfirmed: 4, channels: 0, waiting: 4 })
  for (const token of bench.tokens.splice(0, 2)) bench.step({ kind: 'confirmed', token })
  if (bench.asks.length > 0) bench.empty()
  assert.equal(bench.told.length, 6)
  while (bench.tokens.length > 0) {
    for (const token of bench.tokens.splice(0)) bench.step({ kind: 'confirmed', token })
  }
  assert.equal(bench.told.length, 8)
  for (let seq = 10; seq <= 5_000; seq += 1) packet(seq)
  const { unconfirmed = 0, waiting = 0 } = bench.machine.tableSizes
  assert.ok(unconfirmed <= 4 && waiting <= 10, `${unconfirmed} and ${waiting}`)
  for (const token of bench.tokens.splice(0)) bench.step({ kind: 'confirmed', token })
  assert.equal(bench.lastAsk.of, 'difference', 'those that had no place are asked for')
})

test('the cursor stays at the first update that is not confirmed', () => {
  const bench = Bench.current()
  for (let id = 11; id <= 13; id += 1) bench.push(news(id, id))
  const [first = 0, second = 0, third = 0] = bench.tokens
  bench.step({ kind: 'confirmed', token: third })
  bench.step({ kind: 'confirmed', token: second })
  assert.equal(bench.cursor?.pts, 10)
  bench.step({ kind: 'confirmed', token: first })
  assert.equal(bench.cursor?.pts, 13)
})

test('channels beyond the limit are forgotten, those that were silent for longest first', () => {
  const bench = Bench.current(CURSOR, { maxChannels: 2 })
  for (const channelId of [1n, 2n, 3n]) {
    const peerId = { _: 'peerChannel', channelId } as const
    bench.push({
      _: 'updateNewChannelMessage',
      message: { ...message(1), peerId } as Message,
      pts: 5,
      ptsCount: 1,
    })
  }
  assert.equal(bench.machine.tableSizes['channels'], 2)
  assert.deepEqual(
    [...bench.channels],
    [
      [1n, undefined],
      [2n, 4],
      [3n, 4],
    ],
  )
})
