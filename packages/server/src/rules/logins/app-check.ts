import { createHash, timingSafeEqual } from 'node:crypto'
import type { Ground, RefusedClaim } from '../../ground/ground.ts'
import { findApp, listApps, putApp } from '../accounts/decide-apps.ts'
import type { App } from '../accounts/words.ts'
import { refusal } from '../refusal.ts'

/** The app a client says it is. */
export interface AppClaim {
  readonly apiId: number
  readonly apiHash: string
}

/** On the wire an api_id is an int. */
const MAX_API_ID = 2 ** 31 - 1
const API_HASH = /^[0-9a-f]{32}$/
/** Apps that `any` registers by itself; later ones are let in without being listed. */
const MAX_APPS = 1000

/**
 * Finds the app of a client: its api_hash must be the right one, and the operator must not have marked its api_id as
 * publicly known. The operator hears of an app that is refused.
 *
 * @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD
 */
export async function checkApp(on: Ground, claim: AppClaim): Promise<App> {
  const { apiId, apiHash } = claim
  const app = await on.store.look(() => findApp(apiId))
  const isAny = on.settings.apps === 'any' && apiId > 0 && apiId <= MAX_API_ID
  // If there is no such app something else is compared, so that the time it takes tells nothing.
  const fits = equalInConstantTime(apiHash, app?.apiHash ?? '')
  if (app === undefined) return isAny ? await admit(on, claim) : refuse(on, claim, 'unknown')
  if (!fits && !isAny) return refuse(on, claim, 'otherHash')
  if (app.published) throw refusal('API_ID_PUBLISHED_FLOOD')
  return app
}

/** An app that nobody has registered, let in all the same. */
async function admit({ store, clock }: Ground, { apiId, apiHash }: AppClaim): Promise<App> {
  const createdAtS = Math.floor(clock.nowMs() / 1000)
  const app = { apiId, apiHash, title: `App ${apiId}`, createdAtS }
  const isListed = API_HASH.test(apiHash) && (await store.look(listApps)).length < MAX_APPS
  if (isListed) return await store.decide(() => putApp(app))
  return { ...app, published: false, signupForbidden: false, minLayer: undefined, minAppVersion: undefined }
}

function refuse(
  { onAppRefused }: Ground,
  { apiId, apiHash }: AppClaim,
  reason: RefusedClaim['reason'],
): never {
  onAppRefused?.({ apiId, apiHash, reason })
  throw refusal('API_ID_INVALID')
}

/** Hashed first, because only texts of one length can be compared in constant time. */
function equalInConstantTime(left: string, right: string): boolean {
  const digest = (value: string): Uint8Array => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(left), digest(right))
}
