import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Updates } from '@cablegram/tl/api'
import fc from 'fast-check'
import type { Cursor } from '../words.ts'
import { Follower } from './follower.ts'
import { type DifferencePts, type EventKind, Truth, type TruthEvent, type TruthSpace } from './truth.ts'

/** A step of the world around the machine. */
type Act =
  | {
      readonly do: 'event'
      readonly space: TruthSpace
      readonly kind: EventKind
      readonly count: number
      readonly way: Way
    }
  | { readonly do: 'change'; readonly isNumbered: boolean; readonly way: Way }
  | { readonly do: 'late' | 'answer' | 'fail' | 'missed' | 'restart' | 'slow' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'confirm'; readonly index: number }
/** `own`: as the answer of a call. */
type Way = 'once' | 'own' | 'twice' | 'lost' | 'late'

const space = fc.constantFrom<TruthSpace>('box', 'box', 'box', 'qts', 1n, 2n)
const event = fc.record({
  do: fc.constant('event' as const),
  space,
  kind: fc.constantFrom<EventKind>('new', 'new', 'edit', 'delete'),
  count: fc.integer({ min: 1, max: 3 }),
  way: fc.constantFrom<Way>('once', 'once', 'own', 'twice', 'lost', 'late'),
})
const change = fc.record({
  do: fc.constant('change' as const),
  isNumbered: fc.boolean(),
  way: fc.constantFrom<Way>('once', 'once', 'own', 'twice', 'lost', 'late'),
})
const quiet = [
  { arbitrary: event, weight: 6 },
  { arbitrary: change, weight: 2 },
  {
    arbitrary: fc.record({ do: fc.constantFrom('late' as const, 'answer' as const, 'missed' as const) }),
    weight: 3,
  },
  { arbitrary: fc.record({ do: fc.constant('fail' as const) }), weight: 1 },
  {
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 600, 5_000) }),
    weight: 2,
  },
]
const restarts = [
  { arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'slow' as const) }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('confirm' as const), index: fc.nat(20) }), weight: 3 },
]
const form = fc.constantFrom<DifferencePts>('own', 'zero', 'telegram')
const slice = fc.constantFrom(1, 2, 100)

interface Run {
  readonly truth: Truth
  readonly follower: Follower
  /** By name: the lives in which an update was heard. */
  readonly lives: ReadonlyMap<string, readonly number[]>
  /** The names of messages, and edits of them, that came in answers of own calls. */
  readonly own: ReadonlySet<string>
}

function run(
  acts: readonly Act[],
  pts: DifferencePts,
  most: number,
  limits: { maxUnconfirmed?: number; maxHeld?: number } = {},
): Run {
  const truth = new Truth(pts, most)
  const follower = new Follower(truth, limits)
  follower.answer()
  // The channels are known from their first messages on.
  for (const channel of [1n, 2n] as const) follower.push(truth.add(channel, 'new', 1))
  const late: (() => void)[] = []
  const own = new Set<string>()
  for (const act of acts) {
    perform(act, truth, follower, late)
    const last = truth.events.at(-1)
    if (act.do === 'event' && act.way === 'own' && last && isMessage(last)) own.add(Truth.nameOf(last))
  }
  for (const come of late) come()
  follower.settle()
  follower.missed()
  follower.settle()
  const lives = new Map<string, number[]>()
  for (const { name, life } of follower.heard) lives.set(name, [...(lives.get(name) ?? []), life])
  return { truth, follower, lives, own }
}

/** Whether an event is a message, or an edit of one. */
function isMessage({ space, kind }: TruthEvent): boolean {
  return space !== 'qts' && kind !== 'delete'
}

function deliver(way: Way, push: Updates, follower: Follower, late: (() => void)[]): void {
  if (way === 'late') late.push(() => follower.push(push))
  if (way === 'once' || way === 'twice' || way === 'own') follower.push(push, way === 'own')
  if (way === 'twice') follower.push(push)
}

function perform(act: Act, truth: Truth, follower: Follower, late: (() => void)[]): void {
  switch (act.do) {
    case 'event':
      deliver(act.way, truth.add(act.space, act.kind, act.count), follower, late)
      break
    case 'change':
      deliver(act.way, truth.change(act.isNumbered), follower, late)
      break
    case 'late':
      late.pop()?.()
      break
    case 'answer':
      follower.answer()
      break
    case 'fail':
      follower.fail({ kind: 'later' })
      break
    case 'missed':
      follower.missed()
      break
    case 'wait':
      follower.wait(act.ms)
      break
    case 'restart':
      follower.restart()
      break
    case 'slow':
      follower.isSlow = !follower.isSlow
      break
    case 'confirm':
      follower.confirm(act.index)
      break
  }
}

/** Whether the name is that of a message, or of an edit of one. */
function isCounted(name: string): boolean {
  return !name.startsWith('qts ') && / (new|edit) /.test(name)
}

/** Whether a cursor has an event. */
function isIn(cursor: Cursor | undefined, event: TruthEvent | undefined): boolean {
  if (cursor === undefined || event === undefined) return false
  const { box, channels } = cursor
  if (event.space === 'box') return event.pts <= box.pts
  if (event.space === 'qts') return event.pts <= box.qts
  return event.pts <= (channels.get(event.space)?.pts ?? 0)
}

/** Messages of each counter, and its other events, each in the order of the log. */
function isInOrder({ truth }: Run, heard: readonly string[]): boolean {
  const places = new Map(truth.events.map((each) => [Truth.nameOf(each), each.pts]))
  const last = new Map<string, number>()
  return heard.every((name) => {
    const [counter = '', kind = ''] = name.split(' ')
    const of = `${counter} ${kind === 'new'}`
    const pts = places.get(name) ?? 0
    const isRising = pts > (last.get(of) ?? 0)
    last.set(of, pts)
    return isRising
  })
}

test('any order, loss and repetition of updates tells each event once and in order, in each form of differences', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(...quiet), { maxLength: 60 }), form, slice, (acts, pts, most) => {
      const result = run(acts, pts, most)
      const all = result.follower.heard.map(({ name }) => name)
      const heard = all.filter((name) => !name.startsWith('state '))
      assert.deepEqual(heard.toSorted(), result.truth.events.map(Truth.nameOf).toSorted())
      assert.ok(isInOrder(result, heard), heard.join(', '))
      for (const id of result.truth.changes.keys()) assert.ok(all.includes(`state change ${id + 1}`))
      const asOwn = result.follower.heard.filter(({ name, isOwn }) => isOwn && isCounted(name))
      assert.deepEqual(new Set(asOwn.map(({ name }) => name)), result.own)
    }),
    { numRuns: 500 },
  )
})

test('restarts with the saved cursor tell every event at least once, and none again that the cursor has', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(...quiet, ...restarts), { maxLength: 80 }),
      form,
      slice,
      (acts, pts, most) => {
        const { truth, lives, follower } = run(acts, pts, most)
        for (const { name, cursor } of follower.heard) {
          assert.ok(
            !isIn(
              cursor,
              truth.events.find((each) => Truth.nameOf(each) === name),
            ),
            `${name} was confirmed before`,
          )
        }
        for (const each of truth.events) {
          const heardIn = lives.get(Truth.nameOf(each)) ?? []
          assert.ok(follower.done.has(Truth.nameOf(each)), `${Truth.nameOf(each)} was not handled`)
          assert.equal(
            new Set(heardIn).size,
            heardIn.length,
            `${Truth.nameOf(each)} was told twice in a life`,
          )
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('few places for updates that wait lose nothing', () => {
  const limits = { maxUnconfirmed: 4, maxHeld: 2 }
  fc.assert(
    fc.property(
      fc.array(fc.oneof(...quiet, ...restarts), { maxLength: 80 }),
      form,
      slice,
      (acts, pts, most) => {
        const { truth, follower } = run(acts, pts, most, limits)
        for (const each of truth.events)
          assert.ok(follower.done.has(Truth.nameOf(each)), `${Truth.nameOf(each)} was not handled`)
      },
    ),
    { numRuns: 300 },
  )
})
