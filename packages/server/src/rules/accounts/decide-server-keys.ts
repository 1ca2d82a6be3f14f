import { bytes } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'

const CONTEXT = 'server key'
const CDN_CONTEXT = 'key of the CDN'

const list = sql`SELECT sealed_pem FROM server_keys ORDER BY id`
const insert = sql`INSERT INTO server_keys (sealed_pem, created_at_s) VALUES (:sealedPem, :nowS)`

/** Lists the RSA keys that the server proves itself with: PKCS#8 PEMs, oldest first. */
export function* listServerKeys(secret: Secret): Decision<string[]> {
  const rows = yield* list.rows()
  return rows.map((row) => Buffer.from(unseal(secret, bytes(row, 'sealed_pem'), CONTEXT)).toString())
}

/** Keeps an RSA key unless there is one already. @returns the key that stands */
export function* keepFirstServerKey(secret: Secret, privatePem: string, nowS: number): Decision<string> {
  yield* alone('server keys')
  const [first] = yield* listServerKeys(secret)
  if (first !== undefined) return first
  yield* insert.send({ sealedPem: secret.seal(Buffer.from(privatePem), CONTEXT), nowS })
  return privatePem
}

const findOfCdn = sql`SELECT sealed_pem FROM cdn_keys WHERE id = 1`
const insertOfCdn = sql`INSERT INTO cdn_keys (id, sealed_pem, created_at_s) VALUES (1, :sealedPem, :nowS)`

/** The RSA key that the CDN proves itself with; undefined before there is one. */
export function* findCdnKey(secret: Secret): Decision<string | undefined> {
  const row = yield* findOfCdn.row()
  return row && Buffer.from(unseal(secret, bytes(row, 'sealed_pem'), CDN_CONTEXT)).toString()
}

/** Keeps the RSA key of the CDN unless there is one already. @returns the key that stands */
export function* keepFirstCdnKey(secret: Secret, privatePem: string, nowS: number): Decision<string> {
  yield* alone('server keys')
  const first = yield* findCdnKey(secret)
  if (first !== undefined) return first
  yield* insertOfCdn.send({ sealedPem: secret.seal(Buffer.from(privatePem), CDN_CONTEXT), nowS })
  return privatePem
}
