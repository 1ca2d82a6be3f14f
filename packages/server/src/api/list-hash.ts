/** Hashes by which a client says that it already has a list. */

/**
 * The hash of a list of numbers.
 *
 * @see https://core.telegram.org/api/offsets#hash-generation
 */
export function listHash(ids: readonly (number | bigint)[]): bigint {
  let hash = 0n
  for (const id of ids) {
    hash ^= hash >> 21n
    hash = BigInt.asUintN(64, hash ^ (hash << 35n))
    hash = BigInt.asUintN(64, (hash ^ (hash >> 4n)) + BigInt(id))
  }
  return BigInt.asIntN(64, hash)
}

/** The hash of a contact list: its saved entries, and the users by ascending id. */
export function contactsHash(savedCount: number, userIds: readonly bigint[]): bigint {
  return listHash([savedCount, ...userIds])
}
