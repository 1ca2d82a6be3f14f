import type { Ground } from '../../ground/ground.ts'
import { createApp, findApp, listApps, putApp } from './decide-apps.ts'
import type { RefusedApps } from './refused-apps.ts'
import type { App } from './words.ts'

/** An app to let in. */
export interface AllowedApp {
  readonly apiId: number
  readonly apiHash?: string | undefined
  readonly title?: string | undefined
}

const API_HASH_BYTES = 16

/** Makes an app with an api_hash of its own. */
export async function makeApp(on: Ground, title: string): Promise<App> {
  const { store, clock, random } = on
  const apiHash = Buffer.from(random(API_HASH_BYTES)).toString('hex')
  const createdAtS = Math.floor(clock.nowMs() / 1000)
  return await store.decide(() => createApp({ title, apiHash, createdAtS }))
}

/**
 * Lets an app in whose clients have its api_id compiled in, in place of what the app of this api_id had.
 *
 * @param app without a hash: the one it was refused with; without a title: the one it has, or its api_id
 * @returns undefined if no hash is known
 */
export async function allowApp(
  on: Ground & { readonly refusedApps: RefusedApps },
  { apiId, ...app }: AllowedApp,
): Promise<App | undefined> {
  const { store, clock, refusedApps } = on
  const apiHash = app.apiHash ?? refusedApps.find(apiId)?.apiHash
  if (!apiHash) return undefined
  const createdAtS = Math.floor(clock.nowMs() / 1000)
  const kept = await store.decide(function* () {
    const title = app.title ?? (yield* findApp(apiId))?.title ?? `App ${apiId}`
    return yield* putApp({ apiId, apiHash, title, createdAtS })
  })
  refusedApps.forget(apiId)
  return kept
}

/** Finds the first app, and makes one if there is none: the ready line shows it. */
export async function firstApp(on: Ground): Promise<App> {
  const [app] = await on.store.look(() => listApps())
  return app ?? (await makeApp(on, 'Cablegram'))
}
