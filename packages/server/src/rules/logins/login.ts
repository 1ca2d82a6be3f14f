import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { signOut } from '../accounts/decide-keys.ts'
import { repeatably, repeatedChange } from '../accounts/decide-repeats.ts'
import { refOf } from '../codes/code-ref.ts'
import { createCodeSender } from '../codes/code-sender.ts'
import { endCode } from '../codes/decide-code-holder.ts'
import type { Deliveries } from '../codes/deliveries.ts'
import { createFirebase } from '../codes/firebase.ts'
import { createLiveCodes } from '../codes/live-codes.ts'
import { createResendCode } from '../codes/resend-code.ts'
import type { ServiceChat } from '../messages/service-chat.ts'
import { checkPhone } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { createFutureTokens } from './future-tokens.ts'
import { createSendCode } from './send-code.ts'
import { createSignIn } from './sign-in.ts'
import type { Login } from './words.ts'

/** The rules of auth.*: a code from being asked for to what it is good for. */
export function createLogin(parts: Ground, deliveries: Deliveries, serviceChat: ServiceChat): Login {
  const { store, clock, settings } = parts
  const futureTokens = createFutureTokens(parts)
  // Where Telegram documents PHONE_NUMBER_INVALID under 400 alone.
  const codesBy400 = createLiveCodes(parts, 400)
  const pepper = store.deriveSecret('phone codes')
  const sender = createCodeSender(parts, deliveries, pepper)

  return {
    ...createSendCode(parts, { sender, serviceChat, pepper }),
    ...createResendCode(parts, sender),
    ...createFirebase(parts, { codes: codesBy400, deliveries, pepper }),
    ...createSignIn(parts, pepper),
    async reportMissingCode(caller, { mnc, ...request }) {
      const live = await codesBy400.find(caller, request)
      if (live === undefined) return false
      parts.onCodeMissing?.({ phone: live.phone, channel: live.chain[live.step] ?? live.chain[0], mnc })
      return true
    },
    async cancelCode(caller, request) {
      const ref = refOf(caller, request, checkPhone(request.phoneNumber, settings))
      const nowMs = clock.nowMs()
      const isCancelled = await store.decide(() =>
        repeatably(store.secret, requestOf(caller, parts), endCode(ref, nowMs), repeatedChange),
      )
      if (!isCancelled) throw refusal('PHONE_CODE_EXPIRED')
      return true
    },
    async logOut(caller) {
      const token = await futureTokens.issueAtLogOut(caller)
      await store.decide(() => signOut(caller.authKeyId))
      return token
    },
  }
}
