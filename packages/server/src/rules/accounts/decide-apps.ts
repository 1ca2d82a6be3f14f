import { bool, int, isNull, type Row, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { App, AppStore } from './words.ts'

/** Apps. */
export function createAppStore(db: Database): AppStore {
  const insert = db.prepare(
    'INSERT INTO apps (api_hash, title, created_at_s) VALUES (:apiHash, :title, :createdAtS) RETURNING *',
  )
  const put = db.prepare(
    `INSERT INTO apps (api_id, api_hash, title, created_at_s) VALUES (:apiId, :apiHash, :title, :createdAtS)
     ON CONFLICT (api_id) DO UPDATE SET api_hash = excluded.api_hash, title = excluded.title RETURNING *`,
  )
  const find = db.prepare('SELECT * FROM apps WHERE api_id = ?')
  const list = db.prepare('SELECT * FROM apps ORDER BY api_id')
  const change = db.prepare(
    `UPDATE apps SET title = coalesce(:title, title), published = coalesce(:published, published),
       signup_forbidden = coalesce(:signupForbidden, signup_forbidden), min_layer = coalesce(:minLayer, min_layer),
       min_app_version = coalesce(:minAppVersion, min_app_version)
     WHERE api_id = :apiId RETURNING *`,
  )
  const toOptional = (row: Row | undefined): App | undefined => row && toApp(row)
  return {
    create: (app) => db.write(() => toApp(insert.get({ ...app }) ?? {})),
    put: (app) => db.write(() => toApp(put.get({ ...app }) ?? {})),
    find: (apiId) => db.read(() => toOptional(find.get(apiId))),
    list: () => db.read(() => list.all().map(toApp)),
    change: (apiId, { title, published, signupForbidden, minLayer, minAppVersion }) =>
      db.write(() =>
        toOptional(
          change.get({
            apiId,
            title: title ?? null,
            published: toInt(published),
            signupForbidden: toInt(signupForbidden),
            minLayer: minLayer ?? null,
            minAppVersion: minAppVersion ?? null,
          }),
        ),
      ),
  }
}

function toInt(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value)
}

function toApp(row: Row): App {
  return {
    apiId: int(row, 'api_id'),
    apiHash: text(row, 'api_hash'),
    title: text(row, 'title'),
    published: bool(row, 'published'),
    signupForbidden: bool(row, 'signup_forbidden'),
    minLayer: isNull(row, 'min_layer') ? undefined : int(row, 'min_layer'),
    minAppVersion: text(row, 'min_app_version') || undefined,
    createdAtS: int(row, 'created_at_s'),
  }
}
