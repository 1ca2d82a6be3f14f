import { createHash, timingSafeEqual } from 'node:crypto'
import type { App, Store } from '../../store/port.ts'
import { refusal } from '../refusals.ts'

/** The app a client says it is. */
export interface AppClaim {
  readonly apiId: number
  readonly apiHash: string
}

/**
 * What checks that an app is known and may be used: rows 4 and 5 of login-service.md section 1.
 *
 * @throws {RpcError} from what it returns: API_ID_INVALID, API_ID_PUBLISHED_FLOOD
 */
export function createAppCheck({ apps }: Pick<Store, 'apps'>): (claim: AppClaim) => Promise<App> {
  return async ({ apiId, apiHash }) => {
    const app = await apps.find(apiId)
    // Compared with something where there is no such app, too: how long it takes tells nothing.
    const fits = equalInConstantTime(apiHash, app?.apiHash ?? '')
    if (app === undefined || !fits) throw refusal('API_ID_INVALID')
    if (app.published) throw refusal('API_ID_PUBLISHED_FLOOD')
    return app
  }
}

/** Hashed first, because only texts of one length can be compared in constant time. */
function equalInConstantTime(left: string, right: string): boolean {
  const digest = (value: string): Uint8Array => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(left), digest(right))
}
