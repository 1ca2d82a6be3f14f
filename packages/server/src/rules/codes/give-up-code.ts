import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { repeatably, repeatedChange } from '../accounts/decide-repeats.ts'
import { checkPhone } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { refOf } from './code-ref.ts'
import { endCode } from './decide-code-holder.ts'
import type { CodeHash } from './words.ts'

/** Gives up a code that the caller holds. @throws {RpcError} PHONE_NUMBER_INVALID, PHONE_CODE_EXPIRED */
export async function giveUpCode(on: Ground, caller: Caller, request: CodeHash): Promise<void> {
  const { store, clock, settings } = on
  const ref = refOf(caller, request, checkPhone(request.phoneNumber, settings))
  const asked = requestOf(caller, on)
  const nowMs = clock.nowMs()
  const isGivenUp = await store.decide(() =>
    repeatably(store.secret, asked, endCode(ref, nowMs), repeatedChange),
  )
  if (!isGivenUp) throw refusal('PHONE_CODE_EXPIRED')
}
