import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { Messages } from '../messages/messages.ts'
import { serviceMessage } from '../messages/service-message.ts'
import type { NewMessage } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { canonical } from './codes.ts'
import { endCodes } from './decide-code-holder.ts'
import { listLiveCodes } from './decide-live-codes.ts'
import { digitRuns } from './digit-runs.ts'
import type { Leak, LiveCode } from './words.ts'

/** Login codes that have got into the wrong hands. */
export interface LeakedCodes {
  /**
   * Ends those of these codes that are on their way to the caller's own number: whoever types one is told that it has
   * expired. The account hears of it in its service chat.
   * @throws {RpcError} LIMIT_INVALID
   */
  invalidate(caller: Caller, codes: readonly string[]): Promise<void>
  /** What a text of the caller’s gives away: codes on their way to their own number, to end with it. */
  inText(caller: Caller, text: string): Promise<Leak | undefined>
}

const MAX_CODES = 100
const LEAKED = 'A login code was called off'
const NOTICE =
  `${LEAKED}. It was about to be shared, so nobody can log in with it any more. ` +
  'Who asks you for a login code wants your account: give it to nobody.'

/** The rules of codes that leaked. */
export function createLeakedCodes(
  { store, clock, random }: Pick<Ground, 'store' | 'clock' | 'random'>,
  messages: Pick<Messages, 'deliver'>,
): LeakedCodes {
  /** Those of the account's live codes that are among these. */
  async function findLive(userId: bigint, typed: readonly string[], nowMs: number): Promise<LiveCode[]> {
    const leaked = new Set(typed.map(canonical))
    const [user] = await store.look(() => findUsers([userId]))
    const live =
      user === undefined ? [] : await store.look(() => listLiveCodes(store.secret, user.phone, nowMs))
    return live.filter((code) => Object.values(code.codes).some((each) => leaked.has(canonical(each))))
  }

  function notice(nowMs: number): NewMessage {
    const dateS = Math.floor(nowMs / 1000)
    return serviceMessage({ text: NOTICE, bold: LEAKED, dateS, randomId: randomLong(random) })
  }

  return {
    async invalidate({ state }, codes) {
      if (codes.length > MAX_CODES) throw refusal('LIMIT_INVALID')
      const userId = requireUserId(state)
      const nowMs = clock.nowMs()
      const meant = await findLive(userId, codes, nowMs)
      const ended = await store.decide(() => endCodes(meant, nowMs))
      if (ended) await messages.deliver(userId, notice(nowMs))
    },
    async inText({ state }, text) {
      const nowMs = clock.nowMs()
      const codes = await findLive(requireUserId(state), [text, ...digitRuns(text)], nowMs)
      return codes.length === 0 ? undefined : { codes, notice: notice(nowMs), nowMs }
    },
  }
}
