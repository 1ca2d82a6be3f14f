import { formatFingerprint, parseRsaPublicKey } from '@cablegram/mtproto/crypto'
import type { Server } from './server/server.ts'
import { SessionError } from './storage/errors.ts'
import type { Session } from './storage/session.ts'

/**
 * The session to go on with: the saved one, if it is this server's, or a new one. A session that belongs to another
 * server is not shown to this one: its key would be declared unknown there, and forgotten.
 *
 * @param name what to call the session in the error
 * @throws SessionError SESSION_OTHER_SERVER
 */
export function fitSession(saved: Session | undefined, server: Server, name: string): Session {
  const fingerprints = server.publicKeys.map(({ pem }) =>
    formatFingerprint(parseRsaPublicKey(pem).fingerprint),
  )
  const identity = { name: server.name, fingerprints }
  if (!saved)
    return {
      server: identity,
      dcId: server.defaultDcId,
      dcs: {},
      addresses: {},
      userId: undefined,
      logoutTokens: [],
    }
  if (!saved.server.fingerprints.some((each) => fingerprints.includes(each))) {
    const message = `${name} belongs to another server (${saved.server.name}), not to ${server.name}. Use another session for this one.`
    throw new SessionError('SESSION_OTHER_SERVER', message)
  }
  return { ...saved, server: identity }
}
