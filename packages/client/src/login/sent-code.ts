import type { Results } from '@cablegram/tl/api'
import type { LoginContext } from './context.ts'
import type { LoginState, TypedCodeType } from './states.ts'
import type { NextCodeType, SentCode } from './surface.ts'

type AnySentCode = Results['auth.sendCode']
type PaymentRequired = Extract<AnySentCode, { _: 'auth.sentCodePaymentRequired' }>

/** The state after an `auth.SentCode`, from whichever method it came. */
export function onSentCode(ctx: LoginContext, phoneNumber: string, sent: AnySentCode): LoginState {
  switch (sent._) {
    case 'auth.sentCodeSuccess':
      return ctx.authorized(sent.authorization)
    case 'auth.sentCodePaymentRequired':
      return onPaymentRequired(phoneNumber, sent)
    case 'auth.sentCode':
      return onCode(ctx, phoneNumber, sent)
  }
}

function onPaymentRequired(phoneNumber: string, sent: PaymentRequired): LoginState {
  const { _, amount, ...rest } = sent
  return { at: 'waitPayment', phoneNumber, ...rest, amount: String(amount) }
}

function onCode(ctx: LoginContext, phoneNumber: string, sent: SentCode): LoginState {
  const { type, phoneCodeHash, nextType, timeout } = sent
  const sentAtMs = ctx.clock.nowMs()
  const resendAtMs = timeout === undefined ? undefined : sentAtMs + timeout * 1000
  const code = { phoneNumber, phoneCodeHash, nextType, sentAtMs, resendAtMs, attempts: 0 }
  switch (type._) {
    case 'auth.sentCodeTypeSetUpEmailRequired': {
      const { appleSigninAllowed, googleSigninAllowed } = type
      return { at: 'waitEmail', phoneNumber, phoneCodeHash, appleSigninAllowed, googleSigninAllowed }
    }
    case 'auth.sentCodeTypeEmailCode': {
      const { _, resetAvailablePeriod, resetPendingDate, ...rest } = type
      const reset = { resetAvailablePeriodS: resetAvailablePeriod, resetPendingAtS: resetPendingDate }
      return { at: 'waitEmailCode', ...code, ...rest, ...reset }
    }
    case 'auth.sentCodeTypeFirebaseSms':
      return { at: 'waitCode', ...code, ...onFirebase(type.length, nextType) }
    default:
      return { at: 'waitCode', ...code, type }
  }
}

/**
 * No SMS is sent before Firebase has verified the app, which we cannot do: the next way is open at once. As TDLib does,
 * assume an SMS if the server names no next way.
 */
function onFirebase(length: number, nextType: NextCodeType | undefined) {
  const type: TypedCodeType = { _: 'auth.sentCodeTypeFirebaseSms', length }
  const sms: NextCodeType = { _: 'auth.codeTypeSms' }
  return { type, nextType: nextType ?? sms, resendAtMs: undefined }
}
