import type { Ground } from '../../../ground/ground.ts'
import type { WritingGround } from '../decide-write.ts'
import { doEach } from '../do-each.ts'
import { type DueQueue, findDueQueues } from './decide-due.ts'
import { sendQueued } from './decide-send-queued.ts'

/** Nobody's key: what the clock sends is in no answer, and every session is told of it. */
const NO_KEY = 0n

/** Sends all messages whose time has come. */
export async function sendDue(on: Pick<Ground, 'store' | 'clock' | 'settings'>): Promise<void> {
  const nowS = Math.floor(on.clock.nowMs() / 1000)
  await doEach(await on.store.look(() => findDueQueues(nowS)), (queue) => sendFrom(on, queue, nowS))
}

async function sendFrom(
  { store, settings }: Pick<Ground, 'store' | 'settings'>,
  { boxId: userId, peerId }: DueQueue,
  nowS: number,
): Promise<void> {
  const ground: WritingGround = {
    secret: store.secret,
    settings,
    nowS,
    actor: { userId, authKeyId: NO_KEY },
  }
  await store.decide(() => sendQueued(ground, peerId, { kind: 'due' }))
}
