import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import type { App } from '../accounts/words.ts'
import { budgetRefusal, budgetsOf, failureBudget, floodWait } from '../codes/budgets.ts'
import { createChannelChoice } from '../codes/channels.ts'
import { makeDelivery } from '../codes/code-deliveries.ts'
import type { CodeSender } from '../codes/code-sender.ts'
import { digestsOf, makeCodes, makePhoneCodeHash } from '../codes/codes.ts'
import { guessRoom } from '../codes/decide-failures.ts'
import { isKnownOrigin } from '../codes/known-origin.ts'
import { createSentCodes } from '../codes/sent-code.ts'
import type { LiveCode } from '../codes/words.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { requireSignedIn } from '../messages/new-logins.ts'
import type { ServiceChat } from '../messages/service-chat.ts'
import { matchPhoneRule } from '../numbers/decide-phone-rules.ts'
import { checkHome, checkNetwork } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { checkPhoneRule } from '../numbers/phone-rules.ts'
import type { PhoneRule } from '../numbers/words.ts'
import { refusal } from '../refusal.ts'
import { createAppCheck } from './app-check.ts'
import { checkClientFloor } from './client-floor.ts'
import { issueCodeOrLogIn } from './decide-send-code.ts'
import { createFutureTokens } from './future-tokens.ts'
import type { Login, SendCode } from './words.ts'

/** What a code is sent with. */
export interface SendCodeParts {
  readonly sender: CodeSender
  readonly serviceChat: ServiceChat
  readonly pepper: Uint8Array
}

/** A request that may be answered with a code. */
interface Admitted {
  readonly app: App
  readonly phone: string
  readonly rule: PhoneRule | undefined
}

/** No code has been sent, and no guess is right. */
const NONE = new Uint8Array()

/** auth.sendCode: the checks run in the order of this file, and the first that fails is the answer. */
export function createSendCode(
  parts: Ground,
  { sender, serviceChat, pepper }: SendCodeParts,
): Pick<Login, 'sendCode'> {
  const { store, clock, random, settings } = parts
  const checkApp = createAppCheck(parts)
  const futureTokens = createFutureTokens(parts)
  const chooseChain = createChannelChoice(parts)
  const sentCodeOf = createSentCodes(parts)

  /** Checks the app, the client, the number and the rule for the number. */
  async function admit(caller: Caller, request: SendCode): Promise<Admitted> {
    const app = await checkApp(request)
    checkClientFloor(caller, app, settings)
    const phone = checkPhone(request.phoneNumber, settings)
    await checkHome(parts, phone, caller)
    await checkNetwork(parts, phone, caller)
    const rule = await store.look(() => matchPhoneRule(phone))
    checkPhoneRule(rule)
    await checkPhoneMaySignIn(phone, app, caller)
    return { app, phone, rule }
  }

  /** Checks that the app may create the account, if there is none, and that wrong codes left some guesses. */
  async function checkPhoneMaySignIn(phone: string, app: App, caller: Caller): Promise<void> {
    if (app.signupForbidden && (await store.look(() => findUserByPhone(phone))) === undefined) {
      throw refusal('PHONE_NUMBER_APP_SIGNUP_FORBIDDEN')
    }
    const nowMs = clock.nowMs()
    const { authKeyId } = caller
    const budget = failureBudget(caller, settings)
    const room = await store.look(() => guessRoom({ phone, authKeyId, budget, nowMs }))
    if (room.kind === 'phoneSpent') throw refusal('PHONE_PASSWORD_FLOOD')
    if (room.kind === 'networkSpent') throw floodWait(room.freeAtMs, nowMs)
  }

  async function makeCode(
    caller: Caller,
    { app, phone, rule }: Admitted,
    { allowed }: SendCode,
  ): Promise<LiveCode> {
    const nowMs = clock.nowMs()
    const loginEmail = await store.look(() => findLoginEmail(phone, nowMs))
    const chain = await chooseChain({ caller, phone, rule, allowed, hasEmail: loginEmail !== undefined })
    return {
      phoneCodeHash: makePhoneCodeHash(random),
      phone,
      authKeyId: caller.authKeyId,
      dcId: caller.dcId,
      apiId: app.apiId,
      codes: makeCodes(phone, chain, settings, random),
      chain,
      step: 0,
      resends: 0,
      email: loginEmail?.email,
      sentAtMs: nowMs,
      expiresAtMs: nowMs + settings.codeLifetimeS * 1000,
    }
  }

  return {
    async sendCode(caller, request) {
      const admitted = await admit(caller, request)
      const code = await makeCode(caller, admitted, request)
      const { phone, apiId, sentAtMs: nowMs } = code
      const { authKeyId, ip } = caller
      const delivery = makeDelivery(code, random)
      const isKnown = await isKnownOrigin(parts, phone, caller)
      // The budgets, the tokens and the new code are one decision: two requests at once cannot both take the last send
      // of a budget.
      const issue = {
        ip,
        code,
        delivery,
        inApp: serviceChat.inApp(delivery),
        digests: delivery === undefined ? NONE : digestsOf(pepper, code),
        budgets: budgetsOf({ phone, ip, authKeyId, apiId, isKnown }, settings),
        repeatWithinMs: settings.resendAfterS * 1000,
        repeatable: [...caller.channels],
        optional: settings.callChannels,
        nowMs,
      }
      const future = futureTokens.claim(caller, request.logoutTokens)
      const outcome = await store.decide(() =>
        withLoginNotice(parts, issueCodeOrLogIn(store.secret, issue, future)),
      )
      switch (outcome.kind) {
        case 'budgetSpent':
          throw budgetRefusal(outcome, settings, nowMs)
        case 'authorized':
        case 'passwordNeeded':
          return { kind: 'authorized', user: requireSignedIn(outcome) }
        case 'unreadable':
          throw refusal('AUTH_RESTART')
        case 'repeated':
          return await sentCodeOf(outcome.code, caller)
        case 'issued': {
          const sent = await sender.send(code, delivery, caller)
          if (sent.kind === 'refused') throw refusal('SMS_CODE_CREATE_FAILED')
          return await sentCodeOf(sent.code, caller)
        }
      }
    },
  }
}
