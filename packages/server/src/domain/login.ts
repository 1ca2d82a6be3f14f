import type { App, BudgetSpent, LiveCode } from '../store/port.ts'
import { createAppCheck } from './app-check.ts'
import { budgetRefusal, budgetsOf, longestWindowMs } from './budgets.ts'
import { createChannelChoice, nextStep } from './channels.ts'
import { checkClientFloor } from './client-floor.ts'
import { makeDelivery } from './code-deliveries.ts'
import { refOf } from './code-ref.ts'
import { createCodeSender } from './code-sender.ts'
import { digestsOf, makeCodes, makePhoneCodeHash } from './codes.ts'
import type { Deliveries } from './deliveries.ts'
import type { DomainParts } from './domain.ts'
import { createFirebase } from './firebase.ts'
import { createFutureTokens } from './future-tokens.ts'
import { createHomeCheck, createNetworkCheck } from './home.ts'
import { createLiveCodes } from './live-codes.ts'
import { createNewLogins } from './new-logins.ts'
import { checkPhone } from './phone.ts'
import { checkPhoneRule } from './phone-rules.ts'
import { refusal } from './refusals.ts'
import { createSentCodes } from './sent-code.ts'
import type { ServiceChat } from './service-chat.ts'
import { createSignIn } from './sign-in.ts'
import type { Login } from './types.ts'

/** No code has been sent, and no guess is right. */
const NONE = new Uint8Array()

/** The rules of auth.*; the numbers in the comments are the rows of login-service.md section 1. */
export function createLogin(parts: DomainParts, deliveries: Deliveries, serviceChat: ServiceChat): Login {
  const { store, clock, random, bus, settings } = parts
  const checkApp = createAppCheck(store)
  const checkHome = createHomeCheck(parts)
  const checkNetwork = createNetworkCheck(parts)
  const futureTokens = createFutureTokens(parts)
  const newLogins = createNewLogins(parts)
  const codes = createLiveCodes(parts)
  // Where Telegram documents PHONE_NUMBER_INVALID under 400 alone.
  const codesBy400 = createLiveCodes(parts, 400)
  const chooseChain = createChannelChoice(parts)
  const sentCodeOf = createSentCodes(parts)
  const pepper = store.deriveSecret('phone codes')
  const sender = createCodeSender(parts, deliveries, pepper)

  /** 11, 12 */
  async function checkPhoneMaySignIn(phone: string, app: App, nowMs: number): Promise<void> {
    if (app.signupForbidden && (await store.users.findByPhone(phone)) === undefined) {
      throw refusal('PHONE_NUMBER_APP_SIGNUP_FORBIDDEN')
    }
    const { max, windowS } = settings.failures
    const failures = await store.codes.countFailures(phone, nowMs - windowS * 1000)
    if (failures >= max) throw refusal('PHONE_PASSWORD_FLOOD')
  }

  function refuseSpent(outcome: BudgetSpent, nowMs: number): never {
    throw budgetRefusal(outcome, settings, nowMs)
  }

  return {
    ...createSignIn(parts, pepper),
    ...createFirebase(parts, { codes: codesBy400, deliveries, pepper }),
    async sendCode(caller, request) {
      const app = await checkApp(request) // 4, 5
      checkClientFloor(caller, app, settings) // 6
      const phone = checkPhone(request.phoneNumber, settings) // 7
      await checkHome(phone, caller) // 8
      await checkNetwork(phone, caller)
      const rule = await store.phoneRules.match(phone)
      checkPhoneRule(rule) // 9, 10
      const nowMs = clock.nowMs()
      await checkPhoneMaySignIn(phone, app, nowMs)

      const loginEmail = await store.loginEmails.find(phone, nowMs)
      const hasEmail = loginEmail !== undefined
      const chain = await chooseChain({ caller, phone, rule, allowed: request.allowed, hasEmail }) // 16
      const code: LiveCode = {
        phoneCodeHash: makePhoneCodeHash(random),
        phone,
        authKeyId: caller.authKeyId,
        dcId: caller.dcId,
        apiId: app.apiId,
        codes: makeCodes(phone, chain, settings, random),
        chain,
        step: 0,
        email: loginEmail?.email,
        sentAtMs: nowMs,
        expiresAtMs: nowMs + settings.codeLifetimeS * 1000,
      }
      const delivery = makeDelivery(code, random)
      // 13 to 16 in one decision: two requests at once cannot both take the last send of a budget.
      const outcome = await store.codes.issue({
        ip: caller.ip,
        code,
        delivery,
        inApp: serviceChat.inApp(delivery),
        digests: delivery === undefined ? NONE : digestsOf(pepper, code),
        budgets: budgetsOf({ phone, ip: caller.ip, authKeyId: caller.authKeyId, apiId: app.apiId }, settings),
        repeatWithinMs: settings.resendAfterS * 1000,
        repeatable: [...caller.channels],
        future: futureTokens.claim(caller, request.logoutTokens),
        forgetBeforeMs: nowMs - longestWindowMs(settings),
        nowMs,
      })
      switch (outcome.kind) {
        case 'budgetSpent':
          return refuseSpent(outcome, nowMs)
        case 'authorized':
        case 'passwordNeeded':
          return { kind: 'authorized', user: await newLogins.finish(outcome, caller) }
        case 'unreadable':
          throw refusal('AUTH_RESTART') // 19
        case 'repeated':
          return await sentCodeOf(outcome.code, caller)
        case 'issued': {
          const sent = await sender.send(code, delivery, caller)
          if (sent.kind === 'refused') throw refusal('SMS_CODE_CREATE_FAILED') // 17
          return await sentCodeOf(sent.code, caller)
        }
      }
    },
    async resendCode(caller, request) {
      checkPhone(request.phoneNumber, settings)
      if (request.phoneCodeHash === '') throw refusal('PHONE_CODE_HASH_EMPTY')
      const live = await codes.require(caller, request)
      const channel = live.chain[live.step]
      if (channel === 'setUpEmail') throw refusal('EMAIL_INSTALL_MISSING')
      if (channel === 'payment') throw refusal('PHONE_CODE_EMPTY')
      // What went to an e-mail goes there again.
      const next = channel === 'email' ? live : nextStep(live, caller)
      if (next === undefined) throw refusal('SEND_CODE_UNAVAILABLE')
      const budgets = budgetsOf({ ...live, ip: caller.ip }, settings)
      const outcome = await sender.advance(live, next.step, budgets, caller)
      const nowMs = clock.nowMs()
      switch (outcome.kind) {
        case 'budgetSpent':
          return refuseSpent(outcome, nowMs)
        case 'moved':
          // A repeat of this very request was quicker: its answer is ours.
          return await sentCodeOf(await codes.require(caller, request), caller)
        case 'refused':
          throw refusal('SEND_CODE_UNAVAILABLE')
        case 'sent':
          return await sentCodeOf(outcome.code, caller)
      }
    },
    async reportMissingCode(caller, { mnc, ...request }) {
      const live = await codesBy400.find(caller, request)
      if (live === undefined) return false
      bus.publish('codeMissing', { phone: live.phone, channel: live.chain[live.step] ?? live.chain[0], mnc })
      return true
    },
    async cancelCode(caller, request) {
      const ref = refOf(caller, request, checkPhone(request.phoneNumber, settings))
      if (!(await store.codes.cancel(ref, clock.nowMs()))) throw refusal('PHONE_CODE_EXPIRED')
      return true
    },
    async logOut(caller) {
      const token = await futureTokens.issueAtLogOut(caller)
      await store.keys.signOut(caller.authKeyId)
      return token
    },
  }
}
