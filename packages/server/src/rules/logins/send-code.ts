import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { App } from '../accounts/words.ts'
import { budgetRefusal, budgetsOf, failureBudget, floodWait } from '../codes/budgets.ts'
import { chooseChain } from '../codes/channels.ts'
import { makeDelivery } from '../codes/code-deliveries.ts'
import { sendCommitted } from '../codes/code-sender.ts'
import { codePepper, digestsOf, makeCodes, makePhoneCodeHash } from '../codes/codes.ts'
import { guessRoom } from '../codes/decide-failures.ts'
import type { CodeGround } from '../codes/deliveries.ts'
import { inAppMessage } from '../codes/in-app-codes.ts'
import { isKnownOrigin } from '../codes/known-origin.ts'
import { describeCode } from '../codes/sent-code.ts'
import type { IssueCode, LiveCode } from '../codes/words.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { checkHome, checkNetwork, lookUpNumber } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { checkPhoneRule } from '../numbers/phone-rules.ts'
import type { PhoneRule } from '../numbers/words.ts'
import { refusal } from '../refusal.ts'
import { checkApp } from './app-check.ts'
import { checkClientFloor } from './client-floor.ts'
import { issueCodeOrLogIn } from './decide-send-code.ts'
import { claimByTokens } from './future-tokens.ts'
import type { SendCode, SendCodeOutcome } from './words.ts'

/** A request that may be answered with a code. */
interface Admitted {
  readonly app: App
  readonly phone: string
  readonly rule: PhoneRule | undefined
}

/** No code has been sent, and no guess is right. */
const NONE = new Uint8Array()

/**
 * Sends a login code, unless a token of an earlier login signs the key in. The checks run in the order of this file, and the
 * first that fails is the answer.
 *
 * @throws {RpcError} of the rule that refuses
 */
export async function sendLoginCode(
  on: CodeGround,
  caller: Caller,
  request: SendCode,
): Promise<SendCodeOutcome> {
  const { store, settings } = on
  const admitted = await admit(on, caller, request)
  const code = await makeCode(on, caller, admitted, request)
  const issue = await issueOf(on, caller, code)
  const future = claimByTokens(on, caller, request.logoutTokens)
  const outcome = await store.decide(() => withLoginNotice(on, issueCodeOrLogIn(store.secret, issue, future)))
  switch (outcome.kind) {
    case 'budgetSpent':
      throw budgetRefusal(outcome, settings, issue.nowMs)
    case 'authorized':
    case 'passwordNeeded':
      return { kind: 'authorized', user: requireSignedIn(outcome) }
    case 'unreadable':
      throw refusal('AUTH_RESTART')
    case 'repeated':
      return await describeCode(on, outcome.code, caller)
    case 'issued': {
      const sent = await sendCommitted(on, code, issue.delivery, caller)
      if (sent.kind === 'refused') throw refusal('SMS_CODE_CREATE_FAILED')
      return await describeCode(on, sent.code, caller)
    }
  }
}

/** Checks the app, the client, the number and the rule for the number. */
async function admit(on: Ground, caller: Caller, request: SendCode): Promise<Admitted> {
  const { settings } = on
  const app = await checkApp(on, request)
  checkClientFloor(caller, app, settings)
  const phone = checkPhone(request.phoneNumber, settings)
  const number = await lookUpNumber(on, phone)
  checkHome(number, caller)
  await checkNetwork(on, number, caller)
  checkPhoneRule(number.rule)
  await checkPhoneMaySignIn(on, phone, app, caller)
  return { app, phone, rule: number.rule }
}

/** Checks that the app may create the account, if there is none, and that wrong codes left some guesses. */
async function checkPhoneMaySignIn(
  { store, clock, settings }: Ground,
  phone: string,
  app: App,
  caller: Caller,
): Promise<void> {
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
  on: Ground,
  caller: Caller,
  { app, phone, rule }: Admitted,
  { allowed }: SendCode,
): Promise<LiveCode> {
  const { store, clock, random, settings } = on
  const nowMs = clock.nowMs()
  const loginEmail = await store.look(() => findLoginEmail(phone, nowMs))
  const chain = await chooseChain(on, { caller, phone, rule, allowed, hasEmail: loginEmail !== undefined })
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

async function issueOf(on: Ground, caller: Caller, code: LiveCode): Promise<IssueCode> {
  const { random, settings } = on
  const { ip, authKeyId, channels } = caller
  const { phone, apiId, sentAtMs: nowMs } = code
  const delivery = makeDelivery(code, random)
  const isKnown = await isKnownOrigin(on, phone, caller)
  return {
    ip,
    code,
    delivery,
    inApp: inAppMessage(on, delivery),
    digests: delivery === undefined ? NONE : digestsOf(codePepper(on), code),
    budgets: budgetsOf({ phone, ip, authKeyId, apiId, isKnown }, settings),
    repeatWithinMs: settings.resendAfterS * 1000,
    repeatable: [...channels],
    optional: settings.callChannels,
    nowMs,
  }
}
