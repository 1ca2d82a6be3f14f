import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findApp } from '../accounts/decide-apps.ts'
import { checkNames } from '../accounts/names.ts'
import type { NewAuthorization } from '../accounts/words.ts'
import { failureBudget, floodWait, signUpBudget } from '../codes/budgets.ts'
import { refOf } from '../codes/code-ref.ts'
import { digestCode } from '../codes/codes.ts'
import { findLiveCode } from '../codes/decide-live-codes.ts'
import type { CodeHash, CodeRef } from '../codes/words.ts'
import { vouchedEmail } from '../emails/email-tokens.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { requireSignedIn } from '../messages/new-logins.ts'
import { checkHome } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { isForbidden } from '../numbers/phone-rules.ts'
import { refusal } from '../refusal.ts'
import { checkClientFloor } from './client-floor.ts'
import { signUp, tryCode } from './decide-sign-ins.ts'
import { createTerms } from './terms.ts'
import type { Login, SignInRequest } from './words.ts'

/** auth.signIn and auth.signUp. */
export function createSignIn(parts: Ground, pepper: Uint8Array): Pick<Login, 'signIn' | 'signUp'> {
  const { store, clock, random, settings } = parts
  const terms = createTerms(parts)
  const replayWithinMs = settings.replayWithinS * 1000
  const signUpWithinMs = settings.signUpWithinS * 1000

  const newAuthorization = ({ ip }: Caller): NewAuthorization => ({ hash: randomLong(random), ip })

  function checkedPhone({ phoneNumber }: CodeHash): string {
    return checkPhone(phoneNumber, settings)
  }

  /** What was typed is compared as a code of the phone, or as one that went to the login e-mail. */
  async function digestOf(
    { phoneCode, email }: SignInRequest,
    ref: CodeRef,
    nowMs: number,
  ): Promise<Uint8Array> {
    if (phoneCode || email === undefined) return digestCode(pepper, ref, phoneCode ?? '')
    if ('code' in email) return digestCode(pepper, ref, email.code, 'email')
    // Whoever vouches for the address stands in for the code; anybody else is as wrong as no code is.
    const live = await store.look(() => findLiveCode(store.secret, ref, nowMs))
    const vouched = settings.loginEmail.testTokens ? vouchedEmail(email.token) : undefined
    const isOwn = live?.email !== undefined && vouched?.toLowerCase() === live.email.toLowerCase()
    return digestCode(pepper, ref, (isOwn ? live.codes.email : undefined) ?? '', 'email')
  }

  return {
    async signIn(caller, request) {
      const phone = checkedPhone(request)
      checkClientFloor(caller, await store.look(() => findApp(caller.apiId)), settings)
      if (isEmpty(request)) throw refusal('PHONE_CODE_EMPTY')
      // The same number may have signed in elsewhere first since the code was sent.
      await checkHome(parts, phone, caller)
      if (await isForbidden(parts, phone)) throw refusal('PHONE_CODE_EXPIRED')
      const nowMs = clock.nowMs()
      const ref = refOf(caller, request, phone)
      const attempt = {
        ref,
        digest: await digestOf(request, ref, nowMs),
        maxAttempts: settings.maxAttempts,
        failures: failureBudget(caller, settings),
        replayWithinMs,
        signUpWithinMs,
        authorization: newAuthorization(caller),
        nowMs,
      }
      const outcome = await store.decide(() => withLoginNotice(parts, tryCode(attempt)))
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
    },
    async signUp(caller, request) {
      const phone = checkedPhone(request)
      if (request.phoneCodeHash === '') throw refusal('PHONE_CODE_EMPTY')
      const names = checkNames(request.firstName, request.lastName)
      await checkHome(parts, phone, caller)
      if (await isForbidden(parts, phone)) throw refusal('PHONE_CODE_EXPIRED')
      const nowMs = clock.nowMs()
      const createdAtS = Math.floor(nowMs / 1000)
      const asked = {
        ref: refOf(caller, request, phone),
        budget: signUpBudget(phone, settings),
        user: { phone, ...names, accessHash: randomLong(random), createdAtS },
        replayWithinMs,
        signUpWithinMs,
        authorization: newAuthorization(caller),
        nowMs,
      }
      const outcome = await store.decide(() => withLoginNotice(parts, signUp(asked)))
      switch (outcome.kind) {
        case 'authorized':
        case 'passwordNeeded': {
          const user = requireSignedIn(outcome)
          await terms.acceptAtSignUp(user.id)
          return { kind: 'authorized', user }
        }
        case 'budgetSpent':
          throw refusal('PHONE_NUMBER_FLOOD')
        case 'occupied':
          throw refusal('PHONE_NUMBER_OCCUPIED')
        case 'unverified':
          throw refusal('PHONE_CODE_INVALID')
        case 'dead':
          throw refusal('PHONE_CODE_EXPIRED')
      }
    },
  }
}

function isEmpty({ phoneCode, email }: SignInRequest): boolean {
  if (phoneCode) return false
  return email === undefined || ('code' in email ? email.code : email.token) === ''
}
