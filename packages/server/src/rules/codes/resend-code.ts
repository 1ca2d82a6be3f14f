import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { forgetTold, isUntold } from '../accounts/decide-repeats.ts'
import type { Login } from '../logins/words.ts'
import { checkPhone } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { budgetRefusal, budgetsOf } from './budgets.ts'
import { nextStep } from './channels.ts'
import type { CodeSender } from './code-sender.ts'
import { isKnownOrigin } from './known-origin.ts'
import { createLiveCodes } from './live-codes.ts'
import { createSentCodes } from './sent-code.ts'
import type { LiveCode } from './words.ts'

/** auth.resendCode. */
export function createResendCode(
  parts: Ground,
  sender: CodeSender,
): Pick<Login, 'resendCode' | 'noteResendTold'> {
  const { store, clock, settings } = parts
  const codes = createLiveCodes(parts)
  const sentCodeOf = createSentCodes(parts)

  /** Where the code goes now. */
  function stepFrom(live: LiveCode, caller: Caller): number {
    const channel = live.chain[live.step]
    if (channel === 'setUpEmail') throw refusal('EMAIL_INSTALL_MISSING')
    if (channel === 'payment') throw refusal('PHONE_CODE_EMPTY')
    // What went to an e-mail goes there again.
    if (channel === 'email') return live.step
    const next = nextStep(live, caller)
    if (next === undefined) throw refusal('SEND_CODE_UNAVAILABLE')
    return next.step
  }

  /** Telegram resends at any time, and leaves the `timeout` to the client; where sends cost money, it is a rule. */
  function checkTimeout({ sentAtMs }: LiveCode): void {
    const leftMs = sentAtMs + settings.resendAfterS * 1000 - clock.nowMs()
    if (!settings.resendEarly && leftMs > 0) throw refusal('FLOOD_WAIT_X', { x: Math.ceil(leftMs / 1000) })
  }

  return {
    async resendCode(caller, request) {
      checkPhone(request.phoneNumber, settings)
      if (request.phoneCodeHash === '') throw refusal('PHONE_CODE_HASH_EMPTY')
      const live = await codes.require(caller, request)
      const asked = requestOf(caller, parts)
      // Sent before the server went down, and nobody was told. The same bytes may also be another wish to have it sent.
      if (await store.look(() => isUntold(asked))) return await sentCodeOf(live, caller)
      const isKnown = await isKnownOrigin(parts, live.phone, caller)
      const budgets = budgetsOf({ ...live, ip: caller.ip, isKnown }, settings)
      const toStep = stepFrom(live, caller)
      checkTimeout(live)
      const outcome = await sender.advance(live, toStep, budgets, caller, asked)
      switch (outcome.kind) {
        case 'budgetSpent':
          throw budgetRefusal(outcome, settings, clock.nowMs())
        case 'moved':
          // A repeat of this very request was quicker: its answer is ours.
          return await sentCodeOf(await codes.require(caller, request), caller)
        case 'refused':
          throw refusal('SEND_CODE_UNAVAILABLE')
        case 'sent':
          return await sentCodeOf(outcome.code, caller)
      }
    },
    noteResendTold: (caller) => store.decide(() => forgetTold(requestOf(caller, parts))),
  }
}
