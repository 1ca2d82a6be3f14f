import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Updates } from '@cablegram/tl/api'
import { UpdatesMachine } from '../updates/machine.ts'
import type { UpdatesInput } from '../updates/words.ts'
import { redacted, renameIds } from './redact.ts'
import { replayTrace } from './replay.ts'
import { Trace } from './trace.ts'

const STATE = { _: 'updates.state', pts: 10, qts: 1, date: 500, seq: 1, unreadCount: 3 } as const
const USER_ID = 123_456_789n

/** A short message: the machine asks if its sender is known. */
function short(pts: number): Updates {
  const names = { _: 'updateShortMessage', id: pts, userId: 55n, message: 'my secret' } as const
  return { ...names, pts, ptsCount: 1, date: 600 }
}

/** The lines of a trace of a machine that has a gap, a difference, and a channel that is too long. */
function record(maxBytes = 1_000_000): { lines: string[]; full: number } {
  const lines: string[] = []
  let full = 0
  let nowMs = 1_000
  const trace = new Trace({
    sink: { write: (line) => lines.push(line) },
    maxBytes,
    nowMs: () => nowMs,
    random: (length) => new Uint8Array(length).fill(7),
    onFull: () => {
      full += 1
    },
  })
  const onStep = trace.machine(USER_ID)
  let knows: boolean[] = []
  const answer = (peers: readonly unknown[]) => {
    knows.push(peers.length === 0 || nowMs < 2_000)
    return knows.at(-1) === true
  }
  const machine = new UpdatesMachine({ userId: USER_ID, knows: answer })
  const inputs: UpdatesInput[] = [
    { kind: 'begin', cursor: { box: { pts: 9, qts: 1, dateS: 400 }, channels: new Map() } },
    { kind: 'difference', difference: { _: 'updates.differenceEmpty', date: 500, seq: 1 } },
    { kind: 'updates', updates: short(10) },
    { kind: 'updates', updates: short(12) },
    { kind: 'wake' },
    { kind: 'updates', updates: short(13) },
    { kind: 'failed', ask: { of: 'state' }, failure: { kind: 'later' } },
    { kind: 'state', state: STATE },
    { kind: 'moved', space: 987_654_321n, pts: 4, count: 1 },
    { kind: 'confirmed', token: 1 },
  ]
  for (const input of inputs) {
    knows = []
    const outputs = machine.step(input, nowMs)
    onStep({ nowMs, input, knows, outputs, wakeAtMs: machine.wakeAtMs })
    nowMs += 300
  }
  void trace.close()
  return { lines, full }
}

test('values of TL keep where they stand, and nothing that is private', () => {
  const rename = renameIds(new Uint8Array(32))
  const value = {
    kind: 'updates',
    updates: {
      _: 'updateShort',
      date: 12,
      update: {
        _: 'odd',
        pts: 3,
        userId: 5n,
        none: 0n,
        lat: 4.5,
        text: 'né',
        raw: new Uint8Array(4),
        out: true,
      },
      list: [{ _: 'user', id: 5n, phone: '99966' }],
    },
  }
  const id = rename(5n)
  assert.notEqual(id, 5n)
  assert.notEqual(id, renameIds(new Uint8Array(32).fill(1))(5n))
  assert.deepEqual(redacted(value, rename), {
    kind: 'updates',
    updates: {
      _: 'updateShort',
      date: 12,
      update: { _: 'odd', pts: 3, userId: id, none: 0n, lat: 0, text: 'xx', raw: '4b', out: true },
      list: [{ _: 'user', id, phone: 'xxxxx' }],
    },
  })
})

test('a trace has no texts and ids, and its replay does the same', async () => {
  const { lines } = record()
  const text = lines.join('\n')
  for (const secret of ['secret', '123456789', '987654321', '"55n"'])
    assert.ok(!text.includes(secret), secret)
  assert.match(text, /"knows":\[false\]/)
  const { steps, end, differences } = await replayTrace(lines)
  assert.deepEqual({ steps, end, differences }, { steps: 10, end: 'closed', differences: [] })
})

test('a replay finds the step that differs', async () => {
  const { lines } = record()
  const at = lines.findIndex((line) => line.includes('"pts":12'))
  const changed = lines.with(at, (lines[at] ?? '').replace('"pts":12', '"pts":11'))
  const { differences } = await replayTrace(changed)
  assert.equal(differences[0]?.line, at + 1)
  assert.equal(differences[0]?.input, 'updates')
  assert.notEqual(differences[0]?.recorded, differences[0]?.replayed)
  const odd = lines.with(
    at,
    (lines[at] ?? '').replace(/"updates":\{.*?\},"knows"/, '"updates":null},"knows"'),
  )
  assert.match((await replayTrace(odd)).differences[0]?.replayed ?? '', /Error/)
})

test('a trace stops at its size and says so, and one without an end was cut', async () => {
  const { lines, full } = record(2_000)
  assert.equal(full, 1)
  assert.match(lines.at(-1) ?? '', /^\{"kind":"full"/)
  assert.ok(lines.join('\n').length <= 2_000)
  assert.equal((await replayTrace(lines)).end, 'full')
  const whole = record().lines
  const half = [...whole.slice(0, -2), (whole.at(-2) ?? '').slice(0, 40)]
  const { end, differences } = await replayTrace(half)
  assert.deepEqual([end, differences], ['cut', []])
})

test('files that are no traces are refused with the line', async () => {
  const [head = '', ...rest] = record().lines
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [[], /^Line 1 /],
    [['hello'], /^Line 1 /],
    [['{"kind":"trace","version":99}'], /version 1/],
    [[head, 'hello', ...rest], /^Line 2 /],
    [[head, ...rest.slice(1)], /^Line 2 .*has not begun/],
    [[head, `{"kind":"step","deep":${'['.repeat(300)}${']'.repeat(300)}}`, ...rest], /^Line 2 /],
  ]
  for (const [lines, message] of wrong) {
    await assert.rejects(replayTrace(lines), { code: 'TRACE_INVALID', message })
  }
})
