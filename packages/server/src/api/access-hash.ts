import { createHmac } from 'node:crypto'
import type { Ground } from '../ground/ground.ts'
import { SERVICE_USER } from '../rules/index.ts'
import type { PeerId } from '../rules/messages/words.ts'

/** What access hashes are made with. */
export type HashGround = Pick<Ground, 'store'>

/** The service user's hash is no secret: TDLib has it built in. */
export const SERVICE_HASH = 1n

/** The number by which a viewer shows that the server has told them of a peer. It is worth nothing to anybody else. */
export function accessHashOf({ store }: HashGround, viewerId: bigint, peerId: PeerId): bigint {
  if (peerId === SERVICE_USER.id) return SERVICE_HASH
  const hmac = createHmac('sha256', store.secret.derive('access hashes'))
  return hmac.update(`${viewerId} ${peerId}`).digest().readBigInt64BE()
}

/** Tells whether a viewer may name a peer by this hash. Everybody may name themselves and the service user. */
export function isAccessHash(on: HashGround, viewerId: bigint, peerId: PeerId, hash: bigint): boolean {
  if (peerId === viewerId || peerId === SERVICE_USER.id) return true
  return accessHashOf(on, viewerId, peerId) === hash
}
