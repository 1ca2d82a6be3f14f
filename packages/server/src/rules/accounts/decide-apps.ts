import { bool, int, isNull, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { App, AppChange, NewApp } from './words.ts'

/** The next api_id: PostgreSQL's own counter knows nothing of those that were chosen. */
const insert = sql`
  INSERT INTO apps (api_id, api_hash, title, created_at_s)
  SELECT coalesce(max(CASE WHEN api_id > 10000 THEN api_id ELSE 10000 END), 10000) + 1, CAST(:apiHash AS TEXT),
    CAST(:title AS TEXT), CAST(:createdAtS AS BIGINT)
  FROM apps RETURNING *`
const put = sql`
  INSERT INTO apps (api_id, api_hash, title, created_at_s) VALUES (:apiId, :apiHash, :title, :createdAtS)
  ON CONFLICT (api_id) DO UPDATE SET api_hash = excluded.api_hash, title = excluded.title RETURNING *`
const find = sql`SELECT * FROM apps WHERE api_id = :apiId`
const list = sql`SELECT * FROM apps ORDER BY api_id`
const change = sql`
  UPDATE apps SET title = coalesce(:title, title), published = coalesce(:published, published),
    signup_forbidden = coalesce(:signupForbidden, signup_forbidden), min_layer = coalesce(:minLayer, min_layer),
    min_app_version = coalesce(:minAppVersion, min_app_version)
  WHERE api_id = :apiId RETURNING *`

/** Makes an app; the store gives it its api_id. */
export function* createApp(app: NewApp): Decision<App> {
  yield* alone('apps')
  return toApp((yield* insert.row({ ...app })) ?? {})
}

/** Keeps an app with an api_id of its own choice, in place of the hash and the title of the app that has it. */
export function* putApp(app: NewApp & { readonly apiId: number }): Decision<App> {
  yield* alone('apps')
  return toApp((yield* put.row({ ...app })) ?? {})
}

/** Finds an app by its api_id. */
export function* findApp(apiId: number): Decision<App | undefined> {
  const row = yield* find.row({ apiId })
  return row && toApp(row)
}

/** Lists the apps by api_id. */
export function* listApps(): Decision<App[]> {
  return (yield* list.rows()).map(toApp)
}

/** Changes an app. @returns undefined where there is no such app */
export function* changeApp(apiId: number, changes: AppChange): Decision<App | undefined> {
  const { title, published, signupForbidden, minLayer, minAppVersion } = changes
  const row = yield* change.row({
    apiId,
    title: title ?? null,
    published: toInt(published),
    signupForbidden: toInt(signupForbidden),
    minLayer: minLayer ?? null,
    minAppVersion: minAppVersion ?? null,
  })
  return row && toApp(row)
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
