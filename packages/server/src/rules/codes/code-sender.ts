import type { Delivery } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { RequestRef } from '../accounts/words.ts'
import { nextStep } from './channels.ts'
import { makeDelivery } from './code-deliveries.ts'
import { codePepper, digestsOf } from './codes.ts'
import { sendAgain } from './decide-code-steps.ts'
import type { CodeGround } from './deliveries.ts'
import type { BudgetSpent, LiveCode, SendBudget } from './words.ts'

/** The outcome of sending a code: `code` is as it is now. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly code: LiveCode }
  /** This way and all that follow were refused for good. */
  | { readonly kind: 'refused' }

/** The later step of a code's chain that it is to go to. */
export interface Advance {
  readonly toStep: number
  readonly budgets: readonly SendBudget[]
  /** Absent: a repeat sends it again. */
  readonly request?: RequestRef | undefined
}

/**
 * Sends the delivery that was committed with a code. If every provider refuses it, the code goes its next way, charged to
 * no budget.
 *
 * @throws {RpcError} −500, −503 if the courier has not answered in time; the code may have arrived all the same
 */
export async function sendCommitted(
  on: CodeGround,
  code: LiveCode,
  delivery: Delivery | undefined,
  caller: Pick<Caller, 'channels'>,
): Promise<SendOutcome> {
  if (delivery === undefined || (await on.deliveries.send(delivery))) return { kind: 'sent', code }
  const next = nextStep(code, caller)
  if (next === undefined) return { kind: 'refused' }
  const outcome = await advanceCode(on, code, { toStep: next.step, budgets: [] }, caller)
  return outcome.kind === 'sent' ? outcome : { kind: 'refused' }
}

/** Takes a code to a later step and sends it. `moved`: the code is dead, or somebody else was quicker. */
export async function advanceCode(
  on: CodeGround,
  live: LiveCode,
  { toStep, budgets, request }: Advance,
  caller: Pick<Caller, 'channels'>,
): Promise<SendOutcome | { readonly kind: 'moved' } | BudgetSpent> {
  const { store, clock, random, settings } = on
  const nowMs = clock.nowMs()
  const expiresAtMs = nowMs + settings.codeLifetimeS * 1000
  const code = { ...live, step: toStep, resends: live.resends + 1, sentAtMs: nowMs, expiresAtMs }
  const delivery = makeDelivery(code, random)
  const resend = {
    request,
    ref: live,
    fromResends: live.resends,
    toStep,
    channel: code.chain[toStep] ?? code.chain[0],
    expiresAtMs,
    delivery,
    digests: digestsOf(codePepper(on), code),
    budgets,
    nowMs,
  }
  const outcome = await store.decide(() => sendAgain(store.secret, resend))
  return outcome.kind === 'sent' ? await sendCommitted(on, code, delivery, caller) : outcome
}
