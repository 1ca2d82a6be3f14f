import { MtprotoError } from '@cablegram/tl'
import { decodeRequest } from '@cablegram/tl/layers'
import type { Ground } from '../ground/ground.ts'
import { findAccounts } from '../rules/accounts/accounts.ts'
import type { KeyRecord } from '../rules/accounts/words.ts'
import { digitsOf } from '../rules/index.ts'

/** The number a request is about, digits only: its own, or else that of the account behind its key. */
export async function phoneOf(
  body: Uint8Array,
  record: KeyRecord | undefined,
  on: Ground,
): Promise<string | undefined> {
  const named = phoneIn(body)
  if (named !== undefined) return named
  const state = record?.state
  if (state?.at !== 'authorized' && state?.at !== 'passwordPending') return undefined
  const [user] = await findAccounts(on, [state.userId])
  return user?.phone
}

/**
 * The number in a request, digits only; also where it stands in what the request is for, `purpose`. Undefined where it
 * has none, or is too long to be one.
 */
export function phoneIn(body: Uint8Array): string | undefined {
  const number = numberIn(body)
  return digitsOf(number ?? '') || undefined
}

function numberIn(body: Uint8Array): string | undefined {
  const request = decoded(body)
  if (request === undefined) return undefined
  if ('phoneNumber' in request) return request.phoneNumber
  const purpose = 'purpose' in request ? request.purpose : undefined
  return purpose !== undefined && 'phoneNumber' in purpose ? purpose.phoneNumber : undefined
}

/** A body that cannot be read names no number; the method will refuse it. */
function decoded(body: Uint8Array): ReturnType<typeof decodeRequest> | undefined {
  try {
    return decodeRequest(body)
  } catch (error) {
    if (error instanceof MtprotoError) return undefined
    throw error
  }
}
