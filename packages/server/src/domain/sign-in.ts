import type { NewAuthorization } from '../store/port.ts'
import { checkClientFloor } from './client-floor.ts'
import { refOf } from './code-ref.ts'
import { digestCode } from './codes.ts'
import type { DomainParts } from './domain.ts'
import { createHomeCheck } from './home.ts'
import { checkNames } from './names.ts'
import { createNewLogins } from './new-logins.ts'
import { checkPhone } from './phone.ts'
import { createForbiddenCheck } from './phone-rules.ts'
import { randomLong } from './random.ts'
import { refusal } from './refusals.ts'
import { createTerms } from './terms.ts'
import type { Caller, CodeHash, Login } from './types.ts'

/** auth.signIn and auth.signUp. */
export function createSignIn(parts: DomainParts, pepper: Uint8Array): Pick<Login, 'signIn' | 'signUp'> {
  const { store, clock, random, settings } = parts
  const checkHome = createHomeCheck(parts)
  const isForbidden = createForbiddenCheck(store)
  const newLogins = createNewLogins(parts)
  const terms = createTerms(parts)
  const replayWithinMs = settings.replayWithinS * 1000
  const signUpWithinMs = settings.signUpWithinS * 1000

  const newAuthorization = ({ ip }: Caller): NewAuthorization => ({ hash: randomLong(random), ip })

  function checkedPhone({ phoneNumber }: CodeHash): string {
    return checkPhone(phoneNumber, settings)
  }

  return {
    async signIn(caller, request) {
      const phone = checkedPhone(request)
      checkClientFloor(caller, await store.apps.find(caller.apiId), settings)
      if (request.phoneCode === undefined || request.phoneCode === '') throw refusal('PHONE_CODE_EMPTY')
      // The same number may have signed in elsewhere first since the code was sent.
      await checkHome(phone, caller)
      if (await isForbidden(phone)) throw refusal('PHONE_CODE_EXPIRED')
      const nowMs = clock.nowMs()
      const ref = refOf(caller, request, phone)
      const outcome = await store.codes.tryCode({
        ref,
        digest: digestCode(pepper, ref, request.phoneCode),
        maxAttempts: settings.maxAttempts,
        failures: { max: settings.failures.max, windowMs: settings.failures.windowS * 1000 },
        replayWithinMs,
        signUpWithinMs,
        authorization: newAuthorization(caller),
        nowMs,
      })
      switch (outcome.kind) {
        case 'authorized':
        case 'passwordNeeded':
          return { kind: 'authorized', user: await newLogins.finish(outcome, caller) }
        case 'signUpRequired':
          return outcome
        case 'wrong':
          throw refusal('PHONE_CODE_INVALID')
        case 'dead':
          throw refusal('PHONE_CODE_EXPIRED')
      }
    },
    async signUp(caller, request) {
      const phone = checkedPhone(request)
      if (request.phoneCodeHash === '') throw refusal('PHONE_CODE_EMPTY')
      const names = checkNames(request.firstName, request.lastName)
      await checkHome(phone, caller)
      if (await isForbidden(phone)) throw refusal('PHONE_CODE_EXPIRED')
      const nowMs = clock.nowMs()
      const createdAtS = Math.floor(nowMs / 1000)
      const outcome = await store.codes.signUp({
        ref: refOf(caller, request, phone),
        user: { phone, ...names, accessHash: randomLong(random), createdAtS },
        replayWithinMs,
        signUpWithinMs,
        authorization: newAuthorization(caller),
        nowMs,
      })
      switch (outcome.kind) {
        case 'authorized':
        case 'passwordNeeded': {
          const user = await newLogins.finish(outcome, caller)
          await terms.acceptAtSignUp(user.id)
          return { kind: 'authorized', user }
        }
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
