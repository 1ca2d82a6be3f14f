import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { checkHome, lookUpNumber } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { isForbidden } from '../numbers/phone-rules.ts'
import { refusal } from '../refusal.ts'
import { refOf } from './code-ref.ts'
import { findLiveCode } from './decide-live-codes.ts'
import type { CodeHash, LiveCode } from './words.ts'

/**
 * Finds the code that a hash stands for, if the caller holds it and it can still be used.
 *
 * @param phoneInvalidCode the code of PHONE_NUMBER_INVALID: some methods have it under one code only
 * @throws {RpcError} PHONE_NUMBER_INVALID, PHONE_MIGRATE_X
 */
export async function findHeldCode(
  on: Ground,
  caller: Caller,
  request: CodeHash,
  phoneInvalidCode: 400 | 406 = on.settings.phoneInvalidCode,
): Promise<LiveCode | undefined> {
  const { store, clock, settings } = on
  const phone = checkPhone(request.phoneNumber, { ...settings, phoneInvalidCode })
  const number = await lookUpNumber(on, phone)
  checkHome(number, caller)
  // A rule that forbids the number since then has ended its codes.
  if (isForbidden(number.rule)) return undefined
  const ref = refOf(caller, request, phone)
  return await store.look(() => findLiveCode(store.secret, ref, clock.nowMs()))
}

/** The same. @throws {RpcError} PHONE_CODE_EXPIRED if there is none */
export async function requireHeldCode(
  on: Ground,
  caller: Caller,
  request: CodeHash,
  phoneInvalidCode?: 400 | 406,
): Promise<LiveCode> {
  const live = await findHeldCode(on, caller, request, phoneInvalidCode)
  if (live === undefined) throw refusal('PHONE_CODE_EXPIRED')
  return live
}
