import type { SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { stepAfter } from '../codes/channels.ts'
import { makeDelivery } from '../codes/code-deliveries.ts'
import { sendCommitted } from '../codes/code-sender.ts'
import { codePepper, digestsOf } from '../codes/codes.ts'
import type { CodeGround } from '../codes/deliveries.ts'
import { requireHeldCode } from '../codes/live-codes.ts'
import { describeCode } from '../codes/sent-code.ts'
import type { CodeHash, CodeStep, LiveCode } from '../codes/words.ts'
import { refusal } from '../refusal.ts'

/** A login that goes its next way, with its code as it is then. */
export interface NextWay extends CodeStep {
  readonly code: LiveCode
}

/** The next way of a login that has waited for an address; undefined if there is nothing after that. */
export function nextWayOf(on: Ground, caller: Caller, live: LiveCode): NextWay | undefined {
  const { clock, random, settings } = on
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
    digests: digestsOf(codePepper(on), code),
    delivery: makeDelivery(code, random),
    expiresAtMs,
    nowMs,
  }
}

/** Sends a committed step. @throws {RpcError} PHONE_CODE_EXPIRED if no provider takes it: the code is dead */
export async function sendNextWay(
  on: CodeGround,
  { code, delivery }: NextWay,
  caller: Caller,
): Promise<SentCode> {
  const sent = await sendCommitted(on, code, delivery, caller)
  if (sent.kind === 'refused') throw refusal('PHONE_CODE_EXPIRED')
  return await describeCode(on, sent.code, caller)
}

/** The login as it stands. @throws {RpcError} PHONE_CODE_EXPIRED */
export async function sentCodeNow(on: Ground, caller: Caller, request: CodeHash): Promise<SentCode> {
  return await describeCode(on, await requireHeldCode(on, caller, request, 400), caller)
}
