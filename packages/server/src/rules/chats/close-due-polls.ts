import type { Ground } from '../../ground/ground.ts'
import { closeAtItsTime, findDuePolls } from './decide-due-polls.ts'
import { doEach } from './do-each.ts'

/** Closes all polls whose time has come. */
export async function closeDuePolls({ store, clock }: Pick<Ground, 'store' | 'clock'>): Promise<void> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  await doEach(await store.look(() => findDuePolls(nowS)), (pollId) =>
    store.decide(() => closeAtItsTime(store.secret, pollId, nowS)),
  )
}
