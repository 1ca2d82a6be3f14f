import type { SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { forgetTold, isUntold } from '../accounts/decide-repeats.ts'
import { checkPhone } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { budgetRefusal, budgetsOf } from './budgets.ts'
import { nextStep } from './channels.ts'
import { advanceCode } from './code-sender.ts'
import type { CodeGround } from './deliveries.ts'
import { isKnownOrigin } from './known-origin.ts'
import { requireHeldCode } from './live-codes.ts'
import { describeCode } from './sent-code.ts'
import type { CodeHash, LiveCode } from './words.ts'

/** Sends a code again, the next way of its chain. @throws {RpcError} of the rule that refuses */
export async function resendLoginCode(on: CodeGround, caller: Caller, request: CodeHash): Promise<SentCode> {
  const { store, clock, settings } = on
  checkPhone(request.phoneNumber, settings)
  if (request.phoneCodeHash === '') throw refusal('PHONE_CODE_HASH_EMPTY')
  const live = await requireHeldCode(on, caller, request)
  const asked = requestOf(caller, on)
  // Sent before the server went down, and nobody was told. The same bytes may also be another wish to have it sent.
  if (await store.look(() => isUntold(asked))) return await describeCode(on, live, caller)
  const isKnown = await isKnownOrigin(on, live.phone, caller)
  const budgets = budgetsOf({ ...live, ip: caller.ip, isKnown }, settings)
  const toStep = stepFrom(live, caller)
  checkTimeout(on, live)
  const outcome = await advanceCode(on, live, { toStep, budgets, request: asked }, caller)
  switch (outcome.kind) {
    case 'budgetSpent':
      throw budgetRefusal(outcome, settings, clock.nowMs())
    case 'moved':
      // A repeat of this very request was quicker: its answer is ours.
      return await describeCode(on, await requireHeldCode(on, caller, request), caller)
    case 'refused':
      throw refusal('SEND_CODE_UNAVAILABLE')
    case 'sent':
      return await describeCode(on, outcome.code, caller)
  }
}

/** Notes that the answer to a resendCode is on its way: the same request is another wish from now on. */
export async function noteResendTold(
  on: Ground,
  caller: Pick<Caller, 'authKeyId' | 'digest'>,
): Promise<void> {
  const request = requestOf(caller, on)
  await on.store.decide(() => forgetTold(request))
}

/** The step that the code goes to now. */
function stepFrom(live: LiveCode, caller: Caller): number {
  const channel = live.chain[live.step]
  if (channel === 'setUpEmail') throw refusal('EMAIL_INSTALL_MISSING')
  if (channel === 'payment') throw refusal('PHONE_CODE_EMPTY')
  // A code that went to an e-mail goes there again.
  if (channel === 'email') return live.step
  const next = nextStep(live, caller)
  if (next === undefined) throw refusal('SEND_CODE_UNAVAILABLE')
  return next.step
}

/** Telegram resends at any time, and leaves the `timeout` to the client; where sends cost money, it is a rule. */
function checkTimeout({ clock, settings }: Ground, { sentAtMs }: LiveCode): void {
  const leftMs = sentAtMs + settings.resendAfterS * 1000 - clock.nowMs()
  if (!settings.resendEarly && leftMs > 0) throw refusal('FLOOD_WAIT_X', { x: Math.ceil(leftMs / 1000) })
}
