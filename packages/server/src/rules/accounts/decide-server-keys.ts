import { bytes } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'

const CONTEXT = 'server key'

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
