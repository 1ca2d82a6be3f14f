import type { Ground } from '../../ground/ground.ts'
import { closeAtItsTime, findDuePolls } from './decide-due-polls.ts'

/** Closes all polls whose time has come. */
export async function closeDuePolls({ store, clock }: Pick<Ground, 'store' | 'clock'>): Promise<void> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  for (const pollId of await store.look(() => findDuePolls(nowS))) {
    await store.decide(() => closeAtItsTime(store.secret, pollId, nowS))
  }
}
