import type { SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { stepAfter } from '../codes/channels.ts'
import { makeDelivery } from '../codes/code-deliveries.ts'
import { createCodeSender } from '../codes/code-sender.ts'
import { digestsOf } from '../codes/codes.ts'
import type { Deliveries } from '../codes/deliveries.ts'
import { createLiveCodes, type LiveCodes } from '../codes/live-codes.ts'
import { createSentCodes } from '../codes/sent-code.ts'
import type { CodeHash, CodeStep, LiveCode } from '../codes/words.ts'
import { refusal } from '../refusal.ts'

/** The ground of rules that send. */
export type EmailGround = Ground & { readonly deliveries: Deliveries }

/** A login that goes its next way, with its code as it is then. */
export interface NextWay extends CodeStep {
  readonly code: LiveCode
}

/** Finds login codes as the methods of login e-mails do: their PHONE_NUMBER_INVALID is documented under 400 alone. */
export function liveCodesOf(on: Ground): LiveCodes {
  return createLiveCodes(on, 400)
}

/** The next way of a login that has waited for an address; undefined if there is nothing after that. */
export function nextWayOf(on: Ground, caller: Caller, live: LiveCode): NextWay | undefined {
  const { store, clock, random, settings } = on
  const next = stepAfter(live, caller)
  if (next === undefined) return undefined
  const nowMs = clock.nowMs()
  const expiresAtMs = nowMs + settings.codeLifetimeS * 1000
  const code = { ...live, step: next.step, resends: live.resends + 1, sentAtMs: nowMs, expiresAtMs }
  const { phoneCodeHash, phone, authKeyId, dcId } = code
  return {
    code,
    ref: { phoneCodeHash, phone, authKeyId, dcId },
    fromResends: live.resends,
    toStep: next.step,
    channel: next.channel,
    digests: digestsOf(store.secret.derive('phone codes'), code),
    delivery: makeDelivery(code, random),
    expiresAtMs,
    nowMs,
  }
}

/** Sends a committed step. @throws {RpcError} PHONE_CODE_EXPIRED if no provider takes it: the code is dead */
export async function sendNextWay(
  on: EmailGround,
  { code, delivery }: NextWay,
  caller: Caller,
): Promise<SentCode> {
  const sender = createCodeSender(on, on.deliveries, on.store.secret.derive('phone codes'))
  const sent = await sender.send(code, delivery, caller)
  if (sent.kind === 'refused') throw refusal('PHONE_CODE_EXPIRED')
  return createSentCodes(on)(sent.code, caller)
}

/** The login as it stands. @throws {RpcError} PHONE_CODE_EXPIRED */
export async function sentCodeNow(on: Ground, caller: Caller, request: CodeHash): Promise<SentCode> {
  return createSentCodes(on)(await liveCodesOf(on).require(caller, request), caller)
}
