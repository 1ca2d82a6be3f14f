import type { Delivery } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { RequestRef } from '../accounts/words.ts'
import { nextStep } from './channels.ts'
import { makeDelivery } from './code-deliveries.ts'
import { digestsOf } from './codes.ts'
import { sendAgain } from './decide-code-steps.ts'
import type { Deliveries } from './deliveries.ts'
import type { BudgetSpent, LiveCode, SendBudget } from './words.ts'

/** What came of sending a code: `code` is as it is now. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly code: LiveCode }
  /** This way and all that follow were refused for good. */
  | { readonly kind: 'refused' }

/** Takes codes from one step of their chain to the next. */
export interface CodeSender {
  /**
   * Sends what was committed with the code. Where that is refused, the code goes its next way, charged to no budget.
   * @throws {RpcError} −500, −503 where the courier has not answered in time; the code may have arrived all the same
   */
  send(code: LiveCode, delivery: Delivery | undefined, caller: Pick<Caller, 'channels'>): Promise<SendOutcome>
  /** The same, for a later step. `moved`: the code is dead, or somebody else was quicker. */
  advance(
    code: LiveCode,
    toStep: number,
    budgets: readonly SendBudget[],
    caller: Pick<Caller, 'channels'>,
    request?: RequestRef,
  ): Promise<SendOutcome | { readonly kind: 'moved' } | BudgetSpent>
}

/** The sender of codes. */
export function createCodeSender(parts: Ground, deliveries: Deliveries, pepper: Uint8Array): CodeSender {
  const { store, clock, random, settings } = parts

  const sender: CodeSender = {
    async send(code, delivery, caller) {
      if (delivery === undefined || (await deliveries.send(delivery))) return { kind: 'sent', code }
      const next = nextStep(code, caller)
      if (next === undefined) return { kind: 'refused' }
      const outcome = await sender.advance(code, next.step, [], caller)
      return outcome.kind === 'sent' ? outcome : { kind: 'refused' }
    },
    async advance(live, toStep, budgets, caller, request) {
      const nowMs = clock.nowMs()
      const expiresAtMs = nowMs + settings.codeLifetimeS * 1000
      const code: LiveCode = {
        ...live,
        step: toStep,
        resends: live.resends + 1,
        sentAtMs: nowMs,
        expiresAtMs,
      }
      const delivery = makeDelivery(code, random)
      const resend = {
        request,
        ref: live,
        fromResends: live.resends,
        toStep,
        channel: code.chain[toStep] ?? code.chain[0],
        expiresAtMs,
        delivery,
        digests: digestsOf(pepper, code),
        budgets,
        nowMs,
      }
      const outcome = await store.decide(() => sendAgain(store.secret, resend))
      return outcome.kind === 'sent' ? await sender.send(code, delivery, caller) : outcome
    },
  }
  return sender
}
