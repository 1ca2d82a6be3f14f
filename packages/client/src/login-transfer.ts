import { RpcError } from '@cablegram/mtproto'
import type { DcLink } from './dc-link.ts'
import { makeCall } from './make-call.ts'
import type { Schema } from './schema.ts'

const TIMEOUT_MS = 30_000
/** An export whose import was sent twice is spent: another one is asked for. */
const MAX_EXPORTS = 2

/** Whichever of the two data centres refused a part of the transfer. */
type OnRefused = (refuser: DcLink, error: RpcError) => void

/**
 * Signs another data centre in as home is: what is exported there is imported here.
 *
 * @param onRefused told of each refusal before it is thrown
 * @returns the user
 * @throws RpcError what home refuses the export with, such as 401 where nobody is signed in; what the other refuses
 */
export async function transferLogin(
  home: DcLink,
  away: DcLink,
  schema: Schema,
  onRefused: OnRefused,
): Promise<bigint> {
  const options = { timeoutMs: TIMEOUT_MS }
  for (let exports = 1; ; exports++) {
    const exporting = makeCall(schema, 'auth.exportAuthorization', { dcId: away.dcId }, options)
    const { id, bytes } = await telling(home, home.call(exporting), onRefused)
    try {
      const importing = makeCall(schema, 'auth.importAuthorization', { id, bytes }, options)
      await telling(away, away.call(importing), onRefused)
      return id
    } catch (error) {
      const isSpent = error instanceof RpcError && error.type === 'AUTH_BYTES_INVALID'
      if (!isSpent || exports === MAX_EXPORTS) throw error
    }
  }
}

async function telling<Result>(dc: DcLink, call: Promise<Result>, onRefused: OnRefused): Promise<Result> {
  try {
    return await call
  } catch (error) {
    if (error instanceof RpcError) onRefused(dc, error)
    throw error
  }
}
