import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requireUserId } from '../accounts/keys.ts'
import { putNotice } from '../messages/decide-notice.ts'
import { serviceMessage } from '../messages/service-message.ts'
import type { NewMessage } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { canonical } from './codes.ts'
import { endCodes } from './decide-code-holder.ts'
import { listLiveCodesOf } from './decide-live-codes.ts'
import { digitRuns } from './digit-runs.ts'
import type { Leak, LiveCode } from './words.ts'

const MAX_CODES = 100
const LEAKED = 'A login code was called off'
const NOTICE =
  `${LEAKED}. It was about to be shared, so nobody can log in with it any more. ` +
  'Who asks you for a login code wants your account: give it to nobody.'

/**
 * Ends those of these codes that are on their way to the caller's own number: anybody who types one is told that it has
 * expired. The account hears of it in its service chat.
 *
 * @throws {RpcError} LIMIT_INVALID
 */
export async function revokeLeakedCodes(
  on: Ground,
  { state }: Caller,
  codes: readonly string[],
): Promise<void> {
  if (codes.length > MAX_CODES) throw refusal('LIMIT_INVALID')
  const userId = requireUserId(state)
  const nowMs = on.clock.nowMs()
  const meant = await findLive(on, userId, codes, nowMs)
  if (meant.length === 0) return
  const message = notice(on, nowMs)
  await on.store.decide(function* () {
    if (yield* endCodes(meant, nowMs)) yield* putNotice(on, { userId, message })
  })
}

/** Finds what a text of the caller's gives away: codes on their way to their own number, to end with it. */
export async function findLeak(on: Ground, { state }: Caller, text: string): Promise<Leak | undefined> {
  const nowMs = on.clock.nowMs()
  const codes = await findLive(on, requireUserId(state), [text, ...digitRuns(text)], nowMs)
  return codes.length === 0 ? undefined : { codes, notice: notice(on, nowMs), nowMs }
}

/** Those of the account's live codes that are among these. */
async function findLive(
  { store }: Ground,
  userId: bigint,
  typed: readonly string[],
  nowMs: number,
): Promise<LiveCode[]> {
  const leaked = new Set(typed.map(canonical))
  const live = await store.look(() => listLiveCodesOf(store.secret, userId, nowMs))
  return live.filter((code) => Object.values(code.codes).some((each) => leaked.has(canonical(each))))
}

function notice({ random }: Ground, nowMs: number): NewMessage {
  const dateS = Math.floor(nowMs / 1000)
  return serviceMessage({ text: NOTICE, bold: LEAKED, dateS, randomId: randomLong(random) })
}
