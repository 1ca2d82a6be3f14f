import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { checkNames } from '../accounts/names.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import { signUpBudget } from '../codes/budgets.ts'
import { refOf } from '../codes/code-ref.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { checkPhone } from '../numbers/phone.ts'
import { withSignUpNews } from '../people/decide-sign-up-news.ts'
import { refusal } from '../refusal.ts'
import { signUp } from './decide-sign-ins.ts'
import { checkMaySignIn, newAuthorization } from './sign-in.ts'
import { acceptTermsAtSignUp } from './terms.ts'
import type { SignedIn, SignUpRequest } from './words.ts'

/** Makes the account of a number whose code the caller's key has verified. @throws {RpcError} of the rule that refuses */
export async function signUpWithCode(on: Ground, caller: Caller, request: SignUpRequest): Promise<SignedIn> {
  const { store, clock, random, settings } = on
  const phone = checkPhone(request.phoneNumber, settings)
  if (request.phoneCodeHash === '') throw refusal('PHONE_CODE_EMPTY')
  const names = checkNames(request.firstName, request.lastName)
  await checkMaySignIn(on, phone, caller)
  const nowMs = clock.nowMs()
  const createdAtS = Math.floor(nowMs / 1000)
  const asked = {
    ref: refOf(caller, request, phone),
    budget: signUpBudget(phone, settings),
    user: { phone, ...names, accessHash: randomLong(random), createdAtS },
    replayWithinMs: settings.replayWithinS * 1000,
    signUpWithinMs: settings.signUpWithinS * 1000,
    authorization: newAuthorization(on, caller),
    nowMs,
  }
  const outcome = await store.decide(() => withLoginNotice(on, withSignUpNews(on, signUp(asked))))
  switch (outcome.kind) {
    case 'authorized':
    case 'passwordNeeded': {
      const user = requireSignedIn(outcome)
      await acceptTermsAtSignUp(on, user.id)
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
}
