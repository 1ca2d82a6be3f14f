import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type CipherTask, computeCipher } from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { pino } from 'pino'
import { createCipherPool } from './cipher-pool.ts'

const authKey = makeAuthKey(new Uint8Array(randomBytes(256)))
const task = (): CipherTask => ({ kind: 'seal', authKey, packet: new Uint8Array(500_024).fill(7) })

test('a crowd of packets is sealed by a thread as they are here, and the thread ends once it is idle', async () => {
  const timers: (() => void)[] = []
  const startTimer = (run: () => void) => {
    timers.push(run)
    return () => timers.splice(timers.indexOf(run), 1)
  }
  const logger = pino({ level: 'silent' })
  let nowMs = 5_000
  const pool = createCipherPool({ threads: 1, nowMs: () => nowMs, logger, startTimer })
  const expected = computeCipher(task())
  const tasks = Array.from({ length: 40 }, task)
  const sealed = await Promise.all(tasks.map((each) => pool.do(each)))
  for (const result of sealed) assert.deepEqual(result, expected)
  // A packet that goes to a thread leaves this one. With 4 MiB in front of the thread, this one does the rest.
  const isApart = tasks.map(({ packet }) => packet.length === 0)
  assert.deepEqual(isApart, [...Array(16).fill(false), ...Array(8).fill(true), ...Array(16).fill(false)])
  nowMs += 2_000
  const [apart, here] = [task(), task()]
  assert.deepEqual(await pool.do(apart), expected)
  assert.equal(timers.length, 1)
  timers[0]?.()
  assert.deepEqual(await pool.do(here), expected)
  assert.deepEqual([apart.packet.length, here.packet.length], [0, 500_024])
  await pool.close()
})
