import { requireUserId } from '../accounts/keys.ts'
import type { DomainParts } from '../domain.ts'
import type { Messages } from '../messages/messages.ts'
import { serviceMessage } from '../messages/service-chat.ts'
import { randomLong } from '../random.ts'
import { refusal } from '../refusals.ts'
import type { Caller } from '../types.ts'
import { canonical } from './codes.ts'

/** Login codes that have got into the wrong hands. */
export interface LeakedCodes {
  /**
   * Ends those of these codes that are on their way to the caller's own number: whoever types one is told that it has
   * expired. The account hears of it in its service chat.
   * @throws {RpcError} LIMIT_INVALID
   */
  invalidate(caller: Caller, codes: readonly string[]): Promise<void>
}

const MAX_CODES = 100
const LEAKED = 'A login code was called off'
const NOTICE =
  `${LEAKED}. It was about to be shared, so nobody can log in with it any more. ` +
  'Who asks you for a login code wants your account: give it to nobody.'

/** The rules of codes that leaked. */
export function createLeakedCodes(
  { store, clock, random }: Pick<DomainParts, 'store' | 'clock' | 'random'>,
  messages: Pick<Messages, 'deliver'>,
): LeakedCodes {
  return {
    async invalidate({ state }, codes) {
      if (codes.length > MAX_CODES) throw refusal('LIMIT_INVALID')
      const userId = requireUserId(state)
      const nowMs = clock.nowMs()
      const leaked = new Set(codes.map(canonical))
      const [user] = await store.users.find([userId])
      const live = user === undefined ? [] : await store.codes.listLive(user.phone, nowMs)
      const meant = live.filter((code) =>
        Object.values(code.codes).some((typed) => leaked.has(canonical(typed))),
      )
      const ended = await Promise.all(meant.map((code) => store.codes.cancel(code, nowMs)))
      if (!ended.includes(true)) return
      const notice = {
        text: NOTICE,
        bold: LEAKED,
        dateS: Math.floor(nowMs / 1000),
        randomId: randomLong(random),
      }
      await messages.deliver(userId, serviceMessage(notice))
    },
  }
}
