import type { Ground } from '../ground/ground.ts'
import { SERVICE_USER } from '../rules/index.ts'
import type { PeerId } from '../rules/messages/words.ts'

/** The parts that access hashes are made with. */
export type HashGround = Pick<Ground, 'store'>

/** The service user's hash is no secret: TDLib has it built in. */
export const SERVICE_HASH = 1n

/** Hashes made last: those who talk need the same ones again and again. */
const MAX_KEPT = 10_000
const kept = new WeakMap<object, Map<string, bigint>>()

/** The number by which a viewer shows that the server has told them of a peer. It is worth nothing to anybody else. */
export function accessHashOf({ store }: HashGround, viewerId: bigint, peerId: PeerId): bigint {
  if (peerId === SERVICE_USER.id) return SERVICE_HASH
  const hashes = kept.get(store.secret) ?? new Map<string, bigint>()
  kept.set(store.secret, hashes)
  const name = `${viewerId} ${peerId}`
  const known = hashes.get(name)
  if (known !== undefined) return known
  const made = store.secret.startMac('access hashes').update(name).digest().readBigInt64BE()
  hashes.set(name, made)
  const [oldest] = hashes.size > MAX_KEPT ? hashes.keys() : []
  if (oldest !== undefined) hashes.delete(oldest)
  return made
}

/** Tells whether a viewer may name a peer by this hash. Everybody may name themselves and the service user. */
export function isAccessHash(on: HashGround, viewerId: bigint, peerId: PeerId, hash: bigint): boolean {
  if (peerId === viewerId || peerId === SERVICE_USER.id) return true
  return accessHashOf(on, viewerId, peerId) === hash
}
