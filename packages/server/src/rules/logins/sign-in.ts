import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findApp } from '../accounts/decide-apps.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { NewAuthorization } from '../accounts/words.ts'
import { failureBudget, floodWait } from '../codes/budgets.ts'
import { refOf } from '../codes/code-ref.ts'
import { codePepper, digestCode } from '../codes/codes.ts'
import { findLiveCode } from '../codes/decide-live-codes.ts'
import type { CodeRef } from '../codes/words.ts'
import { vouchedEmail } from '../emails/email-tokens.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { checkHome, lookUpNumber } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { isForbidden } from '../numbers/phone-rules.ts'
import { refusal } from '../refusal.ts'
import { checkClientFloor } from './client-floor.ts'
import { tryCode } from './decide-sign-ins.ts'
import type { SignInOutcome, SignInRequest } from './words.ts'

/** Signs in with a code. @throws {RpcError} of the rule that refuses */
export async function signInWithCode(
  on: Ground,
  caller: Caller,
  request: SignInRequest,
): Promise<SignInOutcome> {
  const { store, clock, settings } = on
  const phone = checkPhone(request.phoneNumber, settings)
  checkClientFloor(caller, await store.look(() => findApp(caller.apiId)), settings)
  if (isEmpty(request)) throw refusal('PHONE_CODE_EMPTY')
  await checkMaySignIn(on, phone, caller)
  const nowMs = clock.nowMs()
  const ref = refOf(caller, request, phone)
  const attempt = {
    ref,
    digest: await digestOf(on, request, ref, nowMs),
    maxAttempts: settings.maxAttempts,
    failures: failureBudget(caller, settings),
    replayWithinMs: settings.replayWithinS * 1000,
    signUpWithinMs: settings.signUpWithinS * 1000,
    authorization: newAuthorization(on, caller),
    nowMs,
  }
  const outcome = await store.decide(() => withLoginNotice(on, tryCode(attempt)))
  switch (outcome.kind) {
    case 'authorized':
    case 'passwordNeeded':
      return { kind: 'authorized', user: requireSignedIn(outcome) }
    case 'signUpRequired':
      return outcome
    case 'signUpForbidden':
      // It had an account, or the app might have made one, when the code was sent.
      throw refusal('PHONE_NUMBER_UNOCCUPIED')
    case 'wrong':
      throw refusal('PHONE_CODE_INVALID')
    case 'networkSpent':
      throw floodWait(outcome.freeAtMs, nowMs)
    case 'dead':
      throw refusal('PHONE_CODE_EXPIRED')
  }
}

/** The same number may have signed in elsewhere first since its code was sent, or a rule may have forbidden it. */
export async function checkMaySignIn(on: Ground, phone: string, caller: Caller): Promise<void> {
  const number = await lookUpNumber(on, phone)
  checkHome(number, caller)
  if (isForbidden(number.rule)) throw refusal('PHONE_CODE_EXPIRED')
}

/** The login to come, should the caller be right. */
export function newAuthorization({ random }: Ground, { ip }: Caller): NewAuthorization {
  return { hash: randomLong(random), ip }
}

/** The typed text is compared as a code of the phone, or as one that went to the login e-mail. */
async function digestOf(
  on: Ground,
  { phoneCode, email }: SignInRequest,
  ref: CodeRef,
  nowMs: number,
): Promise<Uint8Array> {
  const { store, settings } = on
  const pepper = codePepper(on)
  if (phoneCode || email === undefined) return digestCode(pepper, ref, phoneCode ?? '')
  if ('code' in email) return digestCode(pepper, ref, email.code, 'email')
  // A token of somebody who vouches for the address stands in for the code; any other is as wrong as no code.
  const live = await store.look(() => findLiveCode(store.secret, ref, nowMs))
  const vouched = settings.loginEmail.testTokens ? vouchedEmail(email.token) : undefined
  const isOwn = live?.email !== undefined && vouched?.toLowerCase() === live.email.toLowerCase()
  return digestCode(pepper, ref, (isOwn ? live.codes.email : undefined) ?? '', 'email')
}

function isEmpty({ phoneCode, email }: SignInRequest): boolean {
  if (phoneCode) return false
  return email === undefined || ('code' in email ? email.code : email.token) === ''
}
