import { text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { networkOf } from '../numbers/network.ts'

/** The key and the network that a caller comes from. */
export interface Origin {
  readonly authKeyId: bigint
  readonly network: string
}

/** A login by where it came from. */
export interface LoginOrigin {
  readonly authKeyId: bigint
  readonly ip: string
}

/** Origins kept for an account, more than a person uses; the oldest go first. */
const MAX_PER_ACCOUNT = 50

const OF_PHONE = 'user_id = (SELECT id FROM users WHERE phone = :phone)'
const find = sql`SELECT 1 FROM known_logins
  WHERE ${OF_PHONE} AND origin IN (:key, :network) AND at_s >= :sinceS LIMIT 1`
const findAny = sql`SELECT 1 FROM known_logins WHERE ${OF_PHONE} LIMIT 1`
const keep = sql`INSERT INTO known_logins (user_id, origin, at_s) VALUES (:userId, :origin, :nowS)
  ON CONFLICT (user_id, origin) DO UPDATE SET at_s = excluded.at_s`
const listOldest = sql`SELECT origin FROM known_logins WHERE user_id = :userId
  ORDER BY at_s DESC, origin LIMIT 1000000000 OFFSET ${MAX_PER_ACCOUNT}`
const remove = sql`DELETE FROM known_logins WHERE user_id = :userId AND origin = :origin`

/** Tells whether this key or this network has signed in to the number's account since then. */
export function* isKnownLogin(
  phone: string,
  { authKeyId, network }: Origin,
  sinceS: number,
): Decision<boolean> {
  return (yield* find.row({ phone, key: keyOrigin(authKeyId), network, sinceS })) !== undefined
}

/** Tells whether the number's account has been signed in to at all. */
export function* hasKnownLogin(phone: string): Decision<boolean> {
  return (yield* findAny.row({ phone })) !== undefined
}

/** The same; undefined if the number's account has not been signed in to at all. */
export function* findOrigin(phone: string, origin: Origin, sinceS: number): Decision<boolean | undefined> {
  return (yield* hasKnownLogin(phone)) ? yield* isKnownLogin(phone, origin, sinceS) : undefined
}

/** Notes where a login came from. */
export function* noteKnownLogin(userId: bigint, login: LoginOrigin, nowS: number): Decision<void> {
  for (const origin of originsOf(login)) yield* keep.send({ userId, origin, nowS })
  for (const row of yield* listOldest.rows({ userId })) {
    yield* remove.send({ userId, origin: text(row, 'origin') })
  }
}

/** Makes logins of the account that their owner has thrown out strangers again. */
export function* forgetKnownLogins(userId: bigint, logins: readonly LoginOrigin[]): Decision<void> {
  for (const login of logins) {
    for (const origin of originsOf(login)) yield* remove.send({ userId, origin })
  }
}

function originsOf({ authKeyId, ip }: LoginOrigin): string[] {
  return [keyOrigin(authKeyId), networkOf(ip)]
}

/** No address begins so. */
function keyOrigin(authKeyId: bigint): string {
  return `key ${authKeyId}`
}
