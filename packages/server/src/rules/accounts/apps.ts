import type { Random } from '@cablegram/mtproto'
import type { Store } from '../../database/store.ts'
import type { Clock } from '../../ground/clock.ts'
import type { RefusedApps } from './refused-apps.ts'
import type { App, AppChange } from './words.ts'

/** Apps, each an api_id with its api_hash. */
export interface Apps {
  create(title: string): Promise<App>
  /**
   * Lets an app in whose clients have its api_id compiled in, in place of what the app of this api_id had.
   *
   * @param app without a hash: the one it was refused with; without a title: the one it has, or its api_id
   * @returns undefined if no hash is known
   */
  allow(app: AllowedApp): Promise<App | undefined>
  list(): Promise<App[]>
  /** Undefined where there is no such app. */
  change(apiId: number, change: AppChange): Promise<App | undefined>
  /** The first app, made if there is none: what the ready line shows. */
  first(): Promise<App>
}

/** An app to let in. */
export interface AllowedApp {
  readonly apiId: number
  readonly apiHash?: string | undefined
  readonly title?: string | undefined
}

const API_HASH_BYTES = 16

/** The rules of apps. */
export function createApps(
  store: Store,
  clock: Clock,
  random: Random,
  refused: Pick<RefusedApps, 'find' | 'forget'>,
): Apps {
  const nowS = (): number => Math.floor(clock.nowMs() / 1000)
  const create = (title: string): Promise<App> => {
    const apiHash = Buffer.from(random(API_HASH_BYTES)).toString('hex')
    return store.apps.create({ title, apiHash, createdAtS: nowS() })
  }
  return {
    create,
    async allow({ apiId, ...app }) {
      const apiHash = app.apiHash ?? refused.find(apiId)?.apiHash
      if (!apiHash) return undefined
      const title = app.title ?? (await store.apps.find(apiId))?.title ?? `App ${apiId}`
      const kept = await store.apps.put({ apiId, apiHash, title, createdAtS: nowS() })
      refused.forget(apiId)
      return kept
    },
    list: () => store.apps.list(),
    change: (apiId, change) => store.apps.change(apiId, change),
    async first() {
      const [app] = await store.apps.list()
      return app ?? create('Cablegram')
    },
  }
}
