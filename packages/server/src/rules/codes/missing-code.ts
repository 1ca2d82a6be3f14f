import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findHeldCode } from './live-codes.ts'
import type { CodeHash } from './words.ts'

/** Notes that a code has not come, in the mobile network `mnc`. False if the code is not one that may yet come. */
export async function noteMissingCode(
  on: Ground,
  caller: Caller,
  { mnc, ...request }: CodeHash & { readonly mnc: string },
): Promise<boolean> {
  const live = await findHeldCode(on, caller, request, 400)
  if (live === undefined) return false
  on.onCodeMissing?.({ phone: live.phone, channel: live.chain[live.step] ?? live.chain[0], mnc })
  return true
}
