import { RpcError } from '@cablegram/mtproto'
import type { DcLink } from './dc-link.ts'
import { makeCall } from './make-call.ts'
import type { Schema } from './schema.ts'

const TIMEOUT_MS = 30_000
/** An export whose import was sent twice is spent: another one is asked for. */
const MAX_EXPORTS = 2

/**
 * Signs another data centre in as home is: what is exported there is imported here.
 *
 * @returns the user
 * @throws RpcError what home refuses the export with, such as 401 where nobody is signed in; what the other refuses
 */
export async function transferLogin(home: DcLink, away: DcLink, schema: Schema): Promise<bigint> {
  const options = { timeoutMs: TIMEOUT_MS }
  for (let exports = 1; ; exports++) {
    const { id, bytes } = await home.call(
      makeCall(schema, 'auth.exportAuthorization', { dcId: away.dcId }, options),
    )
    try {
      await away.call(makeCall(schema, 'auth.importAuthorization', { id, bytes }, options))
      return id
    } catch (error) {
      const isSpent = error instanceof RpcError && error.type === 'AUTH_BYTES_INVALID'
      if (!isSpent || exports === MAX_EXPORTS) throw error
    }
  }
}
