import { createHash, timingSafeEqual } from 'node:crypto'
import type { Store } from '../../database/store.ts'
import type { Clock } from '../../ground/clock.ts'
import type { Notices } from '../../ground/ground.ts'
import type { Settings } from '../../ground/settings.ts'
import { findApp, listApps, putApp } from '../accounts/decide-apps.ts'
import type { RefusedApp } from '../accounts/refused-apps.ts'
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
 * Returns the check that an app is known, that its api_hash is the right one, and that the operator has not marked
 * its api_id as publicly known. The operator hears of an app that is refused.
 *
 * @throws {RpcError} from what it returns: API_ID_INVALID, API_ID_PUBLISHED_FLOOD
 */
export function createAppCheck({
  store,
  clock,
  settings,
  onAppRefused,
}: {
  readonly store: Pick<Store, 'look' | 'decide'>
  readonly clock: Clock
  readonly settings: Pick<Settings, 'apps'>
} & Pick<Notices, 'onAppRefused'>): (claim: AppClaim) => Promise<App> {
  /** An app that nobody has registered, let in all the same. */
  async function admit({ apiId, apiHash }: AppClaim): Promise<App> {
    const createdAtS = Math.floor(clock.nowMs() / 1000)
    const app = { apiId, apiHash, title: `App ${apiId}`, createdAtS }
    const isListed = API_HASH.test(apiHash) && (await store.look(() => listApps())).length < MAX_APPS
    if (isListed) return await store.decide(() => putApp(app))
    return { ...app, published: false, signupForbidden: false, minLayer: undefined, minAppVersion: undefined }
  }

  function refuse({ apiId, apiHash }: AppClaim, reason: RefusedApp['reason']): never {
    onAppRefused?.({ apiId, apiHash, reason })
    throw refusal('API_ID_INVALID')
  }

  return async (claim) => {
    const { apiId, apiHash } = claim
    const app = await store.look(() => findApp(apiId))
    const isAny = settings.apps === 'any' && apiId > 0 && apiId <= MAX_API_ID
    // Without such an app something else is compared, so that the time it takes tells nothing.
    const fits = equalInConstantTime(apiHash, app?.apiHash ?? '')
    if (app === undefined) return isAny ? await admit(claim) : refuse(claim, 'unknown')
    if (!fits && !isAny) return refuse(claim, 'otherHash')
    if (app.published) throw refusal('API_ID_PUBLISHED_FLOOD')
    return app
  }
}

/** Hashed first, because only texts of one length can be compared in constant time. */
function equalInConstantTime(left: string, right: string): boolean {
  const digest = (value: string): Uint8Array => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(left), digest(right))
}
