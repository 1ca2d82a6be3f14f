import { long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'

const find = sql`SELECT peer_id FROM usernames WHERE name = :name`
const insert = sql`INSERT INTO usernames (name, peer_id) VALUES (:name, :peerId) ON CONFLICT (name) DO NOTHING`
const forget = sql`DELETE FROM usernames WHERE peer_id = :peerId`
const setOfUser = sql`UPDATE users SET username = :username WHERE id = :userId`

/** Finds the peer of a name, whatever capitals the name is written with. */
export function* findPeerByName(username: string): Decision<bigint | undefined> {
  const row = yield* find.row({ name: username.toLowerCase() })
  return row && long(row, 'peer_id')
}

/** Holds everybody else's decisions about a name. Comes before the account is written to that gets the name. */
export function* holdName(username: string): Decision<void> {
  yield* alone('username', username.toLowerCase())
}

/** Keeps the name that a new account was made with. {@link holdName} comes before. */
export function* keepName(userId: bigint, username: string): Decision<void> {
  yield* insert.send({ name: username.toLowerCase(), peerId: userId })
}

/** Gives an account this name in place of its former one, or none. @returns false where the name is another's */
export function* nameUser(userId: bigint, username: string): Decision<boolean> {
  const owner = username === '' ? undefined : yield* findPeerByName(username)
  if (owner !== undefined && owner !== userId) return false
  yield* forget.send({ peerId: userId })
  if (username !== '') yield* keepName(userId, username)
  yield* setOfUser.send({ userId, username: username === '' ? null : username })
  return true
}

/** Frees the name of an account that goes. */
export function* freeName(userId: bigint): Decision<void> {
  yield* forget.send({ peerId: userId })
}
