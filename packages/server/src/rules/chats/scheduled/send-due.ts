import type { Decision } from '../../../database/decision.ts'
import type { Ground } from '../../../ground/ground.ts'
import type { WritingGround } from '../decide-write.ts'
import { doEach } from '../do-each.ts'
import {
  type DueQueue,
  findDueQueues,
  findQueuesForOne,
  findQueuesForOnline,
  QUEUES_AT_ONCE,
} from './decide-due.ts'
import { sendQueued } from './decide-send-queued.ts'

/** Nobody's key: what the clock sends is in no answer, and every session is told of it. */
const NO_KEY = 0n

/** The parts that sending what waits is done with. */
export type DueSending = Pick<Ground, 'store' | 'clock' | 'settings'>

/** Sends all messages whose time has come, or whose other one is online. */
export async function sendDue(on: DueSending): Promise<void> {
  const nowS = secondOf(on)
  await doEach([findDueQueues, findQueuesForOnline], (find) =>
    sendPages(on, nowS, (after) => find(nowS, after)),
  )
}

/** Sends the messages that wait until this person is online. */
export async function sendToOnline(on: DueSending, userId: bigint): Promise<void> {
  const nowS = secondOf(on)
  await sendPages(on, nowS, (after) => findQueuesForOne(userId, nowS, after))
}

/** Sends from all queues that are found, a page after the other. What fails keeps no other from being sent. */
async function sendPages(
  on: DueSending,
  nowS: number,
  find: (after: DueQueue | undefined) => Decision<DueQueue[]>,
): Promise<void> {
  const failures: unknown[] = []
  for (let after: DueQueue | undefined; ; ) {
    const queues = await on.store.look(() => find(after))
    await doEach(queues, (queue) => sendFrom(on, queue, nowS)).catch((error) => failures.push(error))
    after = queues.at(-1)
    if (queues.length < QUEUES_AT_ONCE) break
  }
  if (failures.length > 0) throw failures[0]
}

function secondOf({ clock }: Pick<Ground, 'clock'>): number {
  return Math.floor(clock.nowMs() / 1000)
}

async function sendFrom(
  { store, settings }: DueSending,
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
