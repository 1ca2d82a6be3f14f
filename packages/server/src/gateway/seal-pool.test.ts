import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { computeSeal, type SealTask } from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { pino } from 'pino'
import { createSealPool } from './seal-pool.ts'

const authKey = makeAuthKey(new Uint8Array(randomBytes(256)))
const task = (): SealTask => ({ authKey, packet: new Uint8Array(100_024).fill(7) })

test('a crowd of packets is sealed by a thread as they are here, and the thread ends once it is idle', async () => {
  const timers: (() => void)[] = []
  const startTimer = (run: () => void) => {
    timers.push(run)
    return () => timers.splice(timers.indexOf(run), 1)
  }
  const logger = pino({ level: 'silent' })
  let nowMs = 5_000
  const pool = createSealPool({ threads: 1, nowMs: () => nowMs, logger, startTimer })
  const expected = computeSeal(task())
  const tasks = Array.from({ length: 40 }, task)
  const sealed = await Promise.all(tasks.map((each) => pool.do(each)))
  for (const packet of sealed) assert.deepEqual(packet, expected)
  // What a thread gets is not here any more.
  assert.equal(tasks.filter(({ packet }) => packet.length === 0).length, 24)
  nowMs += 2_000
  const [apart, here] = [task(), task()]
  assert.deepEqual(await pool.do(apart), expected)
  assert.equal(timers.length, 1)
  timers[0]?.()
  assert.deepEqual(await pool.do(here), expected)
  assert.deepEqual([apart.packet.length, here.packet.length], [0, 100_024])
  await pool.close()
})
