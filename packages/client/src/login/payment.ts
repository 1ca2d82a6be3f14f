import { isDeadHash } from './code.ts'
import type { LoginContext } from './context.ts'
import { renewCode } from './phone.ts'
import { refusalIn } from './problem.ts'
import { onSentCode } from './sent-code.ts'
import type { LoginState, WaitPayment } from './states.ts'

/** Asks whether the form was paid. If so, the code was sent. */
export async function checkPaidAuth(
  ctx: LoginContext,
  { phoneNumber, phoneCodeHash }: WaitPayment,
  { formId }: { readonly formId: bigint },
): Promise<LoginState> {
  try {
    const sent = await ctx.client.auth.checkPaidAuth({ phoneNumber, phoneCodeHash, formId })
    return onSentCode(ctx, phoneNumber, sent)
  } catch (error) {
    const refusal = refusalIn(error)
    if (!isDeadHash(refusal)) throw refusal
    return renewCode(ctx, phoneNumber, refusal)
  }
}
