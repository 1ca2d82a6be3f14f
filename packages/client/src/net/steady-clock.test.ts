import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { TelegramClient } from '../client.ts'
import { Transfer } from '../files/transfer.ts'
import { TransferWindow } from '../files/window.ts'
import { outcomeOver, settled, TestClock } from '../login/test-clock.ts'
import { memorySession } from '../storage/memory.ts'
import { steadyClock } from './steady-clock.ts'

const HOUR_MS = 3_600_000

test('a steady clock goes on from where it was when the other is set back, and forward with it', async () => {
  const wall = new TestClock()
  const clock = steadyClock(wall)
  const beganMs = clock.nowMs()
  for (const byMs of [0, -HOUR_MS, -1, HOUR_MS]) {
    const beforeMs = clock.nowMs()
    wall.set(wall.nowMs() + byMs)
    assert.equal(clock.nowMs() - beforeMs, Math.max(byMs, 0))
    await wall.advance(5)
    assert.equal(clock.nowMs() - beforeMs, Math.max(byMs, 0) + 5)
  }
  assert.equal(clock.nowMs() - beganMs, HOUR_MS + 20)
})

test('a transfer of a client whose clock is set back waits no longer than the server has asked for', async () => {
  const wall = new TestClock()
  const client = new TelegramClient(memorySession(), { platform: { clock: wall } })
  let moves = 0
  const mover = {
    mend: async () => false,
    async move(_part: number, _signal: AbortSignal, onSent: () => void) {
      onSent()
      moves += 1
      if (moves === 1) throw new RpcError(420, 'FLOOD_WAIT_3')
      return { bytes: 1024 }
    },
  }
  const window = new TransferWindow({ partBytes: 1024, count: 2 })
  const running = new Transfer({ window, mover, clock: client.surroundings.clock, signals: [] }).run()
  await settled()
  await wall.advance(1_000)
  wall.set(wall.nowMs() - HOUR_MS)
  const setAtMs = wall.nowMs()
  assert.equal((await outcomeOver(wall, running)).status, 'fulfilled')
  assert.equal(wall.nowMs() - setAtMs, 2_000)
})
