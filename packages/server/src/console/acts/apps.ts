import { allowApp, makeApp } from '../../rules/accounts/apps.ts'
import { changeApp, listApps } from '../../rules/accounts/decide-apps.ts'
import type { App as KeptApp } from '../../rules/accounts/words.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { App, AppChange, NewApp, OwnApp, RefusedApp } from '../words.ts'

/** Shows the apps that may sign in. */
export async function showApps({ store }: OnConsole): Promise<App[]> {
  return (await store.look(() => listApps())).map(appJson)
}

/** Shows the apps that were refused, the one refused last first; at most 100. */
export function showRefusedApps({ refusedApps }: OnConsole): RefusedApp[] {
  return refusedApps.list().map((app) => ({ ...app, command: allowCommand(app.apiId) }))
}

/** Makes an app. */
export async function addApp(on: OnConsole, { title }: NewApp): Promise<App> {
  return appJson(await makeApp(on, title))
}

/**
 * Lets an app in, in place of the hash and the title of the app that has this api_id.
 *
 * @throws {ConsoleError} 400 where no api_hash was given, and the app has not been refused with one
 */
export async function letAppIn(on: OnConsole, apiId: number, { title, apiHash }: OwnApp = {}): Promise<App> {
  const kept = await allowApp(on, { apiId, title, apiHash })
  if (kept !== undefined) return appJson(kept)
  const next = 'Give its api_hash, or let the client try to sign in first.'
  throw new ConsoleError(400, 'API_HASH_MISSING', `No api_hash of app ${apiId} is known.`, next)
}

/** Changes an app. @returns undefined if no app has this api_id */
export async function editApp(
  { store }: OnConsole,
  apiId: number,
  change: AppChange,
): Promise<App | undefined> {
  const changed = await store.decide(() => changeApp(apiId, change))
  return changed && appJson(changed)
}

/** The command that lets a refused app in; it takes the api_hash from the list of refused apps. */
export function allowCommand(apiId: number): string {
  return `npx cablegram app allow ${apiId}`
}

function appJson({ createdAtS: _, ...app }: KeptApp): App {
  return app
}
