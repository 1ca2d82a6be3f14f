import { formatFingerprint, parseRsaPublicKey } from '@cablegram/mtproto/crypto'
import type { Server } from './server/server.ts'
import { SessionError } from './storage/errors.ts'
import type { Session } from './storage/session.ts'

/**
 * The session to go on with: the saved one, if it is this server's, or a new one. A session that belongs to another
 * server is not shown to this one: its key would be declared unknown there, and forgotten.
 *
 * @param name what to call the session in the error
 * @param isServerNamed the program has said which server it means
 * @throws SessionError SESSION_OTHER_SERVER
 */
export function fitSession(
  saved: Session | undefined,
  server: Server,
  name: string,
  isServerNamed = true,
): Session {
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
    const next = isServerNamed
      ? 'Use another session for this one.'
      : `Without the option \`server\` the client connects to Telegram: give ${serverHint(saved.server.name)}.`
    const message = `${name} belongs to another server (${saved.server.name}), not to ${server.name}. ${next}`
    throw new SessionError('SESSION_OTHER_SERVER', message)
  }
  return { ...saved, server: identity }
}

/** Sessions know the server by its console, or by an address of which the client needs the keys as well. */
function serverHint(name: string): string {
  return URL.canParse(name) || name === 'test' ? `{ server: '${name}' }` : 'it the description of that server'
}
