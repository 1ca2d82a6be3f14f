import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { checkHome } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { isForbidden } from '../numbers/phone-rules.ts'
import { refusal } from '../refusal.ts'
import { refOf } from './code-ref.ts'
import { findLiveCode } from './decide-live-codes.ts'
import type { CodeHash, LiveCode } from './words.ts'

/** Finds the codes that hashes stand for. */
export interface LiveCodes {
  /** The code, if the caller holds it and it can still be used; undefined for any other. @throws {RpcError} of the number */
  find(caller: Caller, request: CodeHash): Promise<LiveCode | undefined>
  /** The same. @throws {RpcError} PHONE_CODE_EXPIRED where there is none */
  require(caller: Caller, request: CodeHash): Promise<LiveCode>
}

/**
 * What finds live codes.
 *
 * @param phoneInvalidCode of what refuses a number that is none: some methods have it under one code only
 */
export function createLiveCodes(
  parts: Ground,
  phoneInvalidCode: 400 | 406 = parts.settings.phoneInvalidCode,
): LiveCodes {
  const { store, clock } = parts

  async function find(caller: Caller, request: CodeHash): Promise<LiveCode | undefined> {
    const phone = checkPhone(request.phoneNumber, { ...parts.settings, phoneInvalidCode })
    await checkHome(parts, phone, caller)
    // What a rule has forbidden since is dead.
    if (await isForbidden(parts, phone)) return undefined
    const ref = refOf(caller, request, phone)
    return await store.look(() => findLiveCode(store.secret, ref, clock.nowMs()))
  }

  return {
    find,
    async require(caller, request) {
      const live = await find(caller, request)
      if (live === undefined) throw refusal('PHONE_CODE_EXPIRED')
      return live
    },
  }
}
