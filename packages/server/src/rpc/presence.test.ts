import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Presence } from './presence.ts'

/** A presence whose timers run out when the test says so. */
function createScene() {
  const gone: bigint[] = []
  const timers = new Map<() => void, number>()
  const closed = new Set<number>()
  const asked: bigint[] = []
  const presence = new Presence({
    onLeaving: (userId) => asked.push(userId),
    onGone: (userId) => gone.push(userId),
    isOpen: (connection) => !closed.has(connection),
    startTimer: (run, ms) => {
      timers.set(run, ms)
      return () => timers.delete(run)
    },
  })
  const runOut = () => {
    for (const run of [...timers.keys()]) {
      timers.delete(run)
      run()
    }
  }
  return { presence, asked, gone, timers, closed, runOut }
}

test('an account is gone eight seconds after its last connection, the last two of them for other nodes', () => {
  const { presence, asked, gone, timers, runOut } = createScene()
  presence.note(1, 7n)
  presence.note(1, 7n)
  presence.note(2, 7n)
  assert.deepEqual([presence.isHere(7n), presence.isHere(8n), presence.userIds], [true, false, [7n]])
  presence.closed(1)
  assert.equal(timers.size, 0, 'another connection is open')
  presence.closed(2)
  presence.closed(2)
  assert.deepEqual([...timers.values()], [6_000])
  assert.deepEqual([asked, presence.userIds], [[], []])
  runOut()
  assert.deepEqual([asked, gone, [...timers.values()]], [[7n], [], [2_000]])
  runOut()
  assert.deepEqual([asked, gone], [[7n], [7n]])
})

test('whoever comes back in time was not gone', () => {
  const { presence, gone, timers, runOut } = createScene()
  presence.note(1, 7n)
  presence.closed(1)
  presence.note(2, 7n)
  assert.equal(timers.size, 0)
  runOut()
  assert.deepEqual(gone, [])
})

test('whoever comes back while the other nodes are asked was not gone', () => {
  const { presence, asked, gone, timers, runOut } = createScene()
  presence.note(1, 7n)
  presence.closed(1)
  runOut()
  presence.note(2, 7n)
  assert.deepEqual([asked, timers.size], [[7n], 0])
  runOut()
  assert.deepEqual(gone, [])
})

test('a connection on which somebody else signs in is no longer the first one’s', () => {
  const { presence, gone, runOut } = createScene()
  presence.note(1, 7n)
  presence.note(1, 8n)
  runOut()
  runOut()
  assert.deepEqual(gone, [7n])
})

test('nobody is told of once it is closed, and a connection without a call is nobody’s', () => {
  const { presence, gone, timers, runOut } = createScene()
  presence.closed(3)
  presence.note(1, 7n)
  presence.closed(1)
  presence.close()
  assert.equal(timers.size, 0)
  runOut()
  assert.deepEqual(gone, [])
})

test('a call that was under way when its connection closed keeps nobody there', () => {
  const { presence, gone, closed, runOut } = createScene()
  presence.note(1, 7n)
  closed.add(1)
  presence.closed(1)
  presence.note(1, 7n)
  runOut()
  runOut()
  assert.deepEqual(gone, [7n])
})
