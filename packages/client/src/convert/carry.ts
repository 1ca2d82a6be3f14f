import { formatFingerprint, makeAuthKey, parseRsaPublicKey } from '@cablegram/mtproto/crypto'
import { UsageError } from '@cablegram/tl'
import type { Server } from '../server/server.ts'
import { SessionError } from '../storage/errors.ts'
import type { Session } from '../storage/session.ts'
import type { CarriedLogin } from './carried-login.ts'

/**
 * A session of ours with the login of another library.
 *
 * @throws SessionError SESSION_OTHER_SERVER if the login is for Telegram's test servers and the server is not, or the reverse
 */
export function sessionOf(login: CarriedLogin, server: Server): Session {
  const { dcId, address, authKey, isTest } = login
  if (isTest !== undefined && isTest !== server.test && !isOwn(server)) {
    const [its, other] = isTest ? ['test', 'production'] : ['production', 'test']
    const message = `This session belongs to Telegram's ${its} servers, not to ${other}. Name the server: ${its}.`
    throw new SessionError('SESSION_OTHER_SERVER', message)
  }
  const isDescribed = server.dcs.some(({ id }) => id === dcId)
  return {
    server: {
      name: server.name,
      fingerprints: server.publicKeys.map(({ pem }) => formatFingerprint(parseRsaPublicKey(pem).fingerprint)),
    },
    dcId,
    dcs: { [dcId]: { authKey, timeOffsetMs: 0, salts: [] } },
    addresses: isDescribed || address === undefined ? {} : { [dcId]: address },
    userId: login.userId,
    ...(login.userId === undefined && { hasUnknownUser: true }),
    logoutTokens: [],
  }
}

/**
 * The login of a session of ours, for another library.
 *
 * @param server where it belongs; undefined: its address is not known, which some libraries want
 * @throws UsageError SESSION_SIGNED_OUT
 */
export function loginOf(session: Session, server: Server | undefined): CarriedLogin {
  const { dcId, dcs, addresses, userId, hasUnknownUser } = session
  const dc = dcs[dcId]
  if (dc === undefined || (userId === undefined && hasUnknownUser !== true)) {
    throw new UsageError('SESSION_SIGNED_OUT', 'This session is not signed in: there is no login to convert.')
  }
  const described = server?.dcs.find(({ id }) => id === dcId) ?? addresses[dcId]
  return {
    dcId,
    address: described && { host: described.host, port: described.port },
    isTest: server?.test,
    authKey: dc.authKey,
    userId,
  }
}

/** The id that the server knows a login's key by, 16 hexadecimal digits. It does not give the key away. */
export function keyIdOf({ authKey }: CarriedLogin): string {
  return BigInt.asUintN(64, makeAuthKey(authKey).id).toString(16).padStart(16, '0')
}

/** A server of one's own: libraries mark its sessions as production or test as they like. */
function isOwn({ name }: Server): boolean {
  return name !== 'production' && name !== 'test'
}
