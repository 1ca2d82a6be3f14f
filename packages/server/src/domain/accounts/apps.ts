import type { Clock, Random } from '../../ports.ts'
import type { App, AppChange, Store } from '../../store/port.ts'
import type { AppClaim } from '../codes/app-check.ts'

/** Apps, each an api_id with its api_hash. */
export interface Apps {
  create(title: string): Promise<App>
  /** An app whose clients have these two compiled in; in place of what the app of this api_id had. */
  put(app: AppClaim & { readonly title: string }): Promise<App>
  list(): Promise<App[]>
  /** Undefined where there is no such app. */
  change(apiId: number, change: AppChange): Promise<App | undefined>
  /** The first app, made if there is none: what the ready line shows. */
  first(): Promise<App>
}

const API_HASH_BYTES = 16

/** The rules of apps. */
export function createApps(store: Store, clock: Clock, random: Random): Apps {
  const nowS = (): number => Math.floor(clock.nowMs() / 1000)
  const create = (title: string): Promise<App> => {
    const apiHash = Buffer.from(random(API_HASH_BYTES)).toString('hex')
    return store.apps.create({ title, apiHash, createdAtS: nowS() })
  }
  return {
    create,
    put: (app) => store.apps.put({ ...app, createdAtS: nowS() }),
    list: () => store.apps.list(),
    change: (apiId, change) => store.apps.change(apiId, change),
    async first() {
      const [app] = await store.apps.list()
      return app ?? create('Cablegram')
    },
  }
}
