import { text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { networkOf } from '../numbers/network.ts'

/** Where a caller comes from. */
export interface Origin {
  readonly authKeyId: bigint
  readonly network: string
}

/** The keys and networks that have signed in to each account; to be used inside a write, or to read. */
export interface KnownLogins {
  /** Whether this key or this network has signed in to the number's account since then. */
  isKnown(phone: string, origin: Origin, sinceS: number): boolean
  /** Whether the number's account has been signed in to at all. */
  hasAny(phone: string): boolean
  note(userId: bigint, authKeyId: bigint, ip: string, nowS: number): void
  /** Logins of the account that their owner has thrown out are strangers again. */
  forget(userId: bigint, logins: readonly { readonly authKeyId: bigint; readonly ip: string }[]): void
}

/** More than a person uses; the oldest go first. */
const MAX_PER_ACCOUNT = 50

/** The origins of an account's logins. */
export function prepareKnownLogins(db: Database): KnownLogins {
  const OF_PHONE = 'user_id = (SELECT id FROM users WHERE phone = :phone)'
  const find = db.prepare(
    `SELECT 1 FROM known_logins WHERE ${OF_PHONE} AND origin IN (:key, :network) AND at_s >= :sinceS LIMIT 1`,
  )
  const any = db.prepare(`SELECT 1 FROM known_logins WHERE ${OF_PHONE} LIMIT 1`)
  const keep = db.prepare(
    `INSERT INTO known_logins (user_id, origin, at_s) VALUES (:userId, :origin, :nowS)
     ON CONFLICT (user_id, origin) DO UPDATE SET at_s = excluded.at_s`,
  )
  const oldest = db.prepare(
    'SELECT origin FROM known_logins WHERE user_id = ? ORDER BY at_s DESC, origin LIMIT -1 OFFSET ?',
  )
  const remove = db.prepare('DELETE FROM known_logins WHERE user_id = :userId AND origin = :origin')
  const originsOf = (authKeyId: bigint, ip: string): string[] => [keyOrigin(authKeyId), networkOf(ip)]
  return {
    isKnown: (phone, { authKeyId, network }, sinceS) =>
      find.get({ phone, key: keyOrigin(authKeyId), network, sinceS }) !== undefined,
    hasAny: (phone) => any.get({ phone }) !== undefined,
    note(userId, authKeyId, ip, nowS) {
      for (const origin of originsOf(authKeyId, ip)) keep.run({ userId, origin, nowS })
      for (const row of oldest.all(userId, MAX_PER_ACCOUNT)) {
        remove.run({ userId, origin: text(row, 'origin') })
      }
    },
    forget(userId, logins) {
      for (const { authKeyId, ip } of logins) {
        for (const origin of originsOf(authKeyId, ip)) remove.run({ userId, origin })
      }
    },
  }
}

/** No address begins so. */
function keyOrigin(authKeyId: bigint): string {
  return `key ${authKeyId}`
}
