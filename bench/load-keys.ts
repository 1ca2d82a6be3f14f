import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { ClientKeys } from '@cablegram/mtproto'
import { makeAuthKey } from '../packages/mtproto/src/crypto/index.ts'
import { openStore, type Store } from '../packages/server/src/database/index.ts'
import { keepKey } from '../packages/server/src/rules/accounts/decide-keys.ts'
import { createUser } from '../packages/server/src/rules/accounts/decide-users.ts'

const DC_ID = 2
const SALT = 1n
const DATABASE = 'cablegram.db'

/** Fills a data folder with keys without a login, and with accounts for these numbers. */
export async function makeKeysAndAccounts(
  folder: string,
  count: number,
  phones: readonly string[],
): Promise<ClientKeys[]> {
  const store = openStore({ data: folder, random: (length) => new Uint8Array(randomBytes(length)) })
  const keys = await addKeysAndAccounts(store, count, phones)
  await store.close()
  return keys
}

/** Adds keys without a login, and accounts for these numbers. */
export async function addKeysAndAccounts(
  store: Store,
  count: number,
  phones: readonly string[],
): Promise<ClientKeys[]> {
  const createdAtS = Math.floor(Date.now() / 1000)
  const keys = Array.from({ length: count }, () => makeAuthKey(new Uint8Array(randomBytes(256))))
  await Promise.all(
    keys.map(({ id, key }) =>
      store.decide(() =>
        keepKey(store.secret, {
          authKeyId: id,
          key,
          dcId: DC_ID,
          firstSalt: SALT,
          createdAtS,
          isTest: false,
        }),
      ),
    ),
  )
  const account = { accessHash: 1n, firstName: 'Load', lastName: '', createdAtS }
  await Promise.all(phones.map((phone) => store.decide(() => createUser({ ...account, phone }))))
  const salts = [{ salt: SALT, validSinceS: createdAtS, validUntilS: createdAtS + 3600 }]
  return keys.map((authKey) => ({ authKey, timeOffsetMs: 0, salts }))
}

/**
 * Fills a data folder with keys that are signed in to accounts, as if their exchanges and logins had happened.
 *
 * @param accounts keys take turns among so many
 */
export async function makeSignedInKeys(folder: string, count: number, accounts = 1): Promise<ClientKeys[]> {
  const phones = Array.from({ length: accounts }, (_, index) => String(9_996_620_000 + index))
  const keys = await makeKeysAndAccounts(folder, count, phones)
  // Ten thousand logins by code would be a benchmark of their own.
  const db = new DatabaseSync(`${folder}/${DATABASE}`)
  db.prepare(
    `INSERT INTO authorizations (auth_key_id, user_id, hash, api_id, ip, created_at_s, active_at_s)
     SELECT auth_key_id, accounts.id, keys.place, 10001, '127.0.0.1', keys.created_at_s, keys.created_at_s
     FROM (SELECT auth_key_id, created_at_s, row_number() OVER () AS place FROM auth_keys) AS keys
     JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users WHERE phone LIKE '999662%') AS accounts
       ON accounts.place = 1 + keys.place % :accounts`,
  ).run({ accounts })
  db.close()
  return keys
}
