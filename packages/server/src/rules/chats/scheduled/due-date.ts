import type { Decision } from '../../../database/decision.ts'
import type { Caller } from '../../../ground/caller.ts'
import type { Ground } from '../../../ground/ground.ts'
import type { PeerId } from '../../messages/words.ts'
import { findPeople } from '../../people/decide-people.ts'
import { refusal } from '../../refusal.ts'
import { groundOf, isBot } from '../send-message.ts'
import { WHEN_ONLINE_S } from './decide-queue.ts'

/** A message whose time is nearer than this is sent at once. */
export const SOON_S = 10

/** The farthest time that a message can wait for. */
export const MAX_AHEAD_S: number = 366 * 86_400

/**
 * The time for which a message of the caller's waits; undefined: it is sent at once.
 *
 * @throws {RpcError} SCHEDULE_BOT_NOT_ALLOWED, SCHEDULE_DATE_TOO_LATE, SCHEDULE_STATUS_PRIVATE
 */
export async function dueDate(
  on: Ground,
  caller: Caller,
  peerId: PeerId,
  dateS: number,
): Promise<number | undefined> {
  if (isBot(caller)) throw refusal('SCHEDULE_BOT_NOT_ALLOWED')
  const { nowS, actor } = groundOf(on, caller)
  if (dateS === WHEN_ONLINE_S) {
    const isThere = await on.store.look(() => findOnline({ viewerId: actor.userId, nowS }, peerId))
    if (isThere === undefined) throw refusal('SCHEDULE_STATUS_PRIVATE')
    return isThere ? undefined : dateS
  }
  if (dateS > nowS + MAX_AHEAD_S) throw refusal('SCHEDULE_DATE_TOO_LATE')
  return dateS < nowS + SOON_S ? undefined : dateS
}

/** Tells whether somebody is online; undefined where the viewer may not know, or where nobody can be. */
export function* findOnline(
  viewer: { readonly viewerId: bigint; readonly nowS: number },
  peerId: PeerId,
): Decision<boolean | undefined> {
  if (peerId < 0n || peerId === viewer.viewerId) return undefined
  const [person] = yield* findPeople(viewer, [peerId])
  if (person?.kind !== 'person') return undefined
  const { kind } = person.status
  return kind === 'online' || kind === 'offline' ? kind === 'online' : undefined
}
