import { fitSession } from '../../../packages/client/src/fit-session.ts'
import type { ServerInfo } from '../../../packages/client/src/server/server.ts'
import { encodeSession } from '../../../packages/client/src/storage/session.ts'

/** A login that was made before. */
export interface MadeLogin {
  readonly userId: bigint
  readonly dcId: number
  /** 256 bytes. */
  readonly authKey: Uint8Array
}

/** The text of a session that is signed in. */
export function signedInSession(info: ServerInfo, { userId, dcId, authKey }: MadeLogin): string {
  const server = { ...info, name: 'simulated', test: false, defaultDcId: dcId, nextStep: '' }
  const empty = fitSession(undefined, server, 'new')
  return encodeSession({ ...empty, userId, dcs: { [dcId]: { authKey, timeOffsetMs: 0, salts: [] } } })
}
