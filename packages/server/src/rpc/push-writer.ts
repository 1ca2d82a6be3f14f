import type { SessionRef } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import { isSame, type Subscriber } from './active-sessions.ts'
import type { LayerCodecs } from './layer-codecs.ts'

/** Way out for updates. */
export interface Outlet {
  /** On the wall clock. */
  readonly nowS: () => number
  readonly push: (session: SessionRef, body: Uint8Array) => void
  /** A key is gone from the store. */
  readonly forget?: (authKeyId: bigint) => void
}

/** Updates as bytes, once for each layer that wants them. */
export interface Written {
  readonly bodies: ReadonlyMap<number, Uint8Array>
  /** Of a layer that cannot carry them. */
  readonly failure: unknown
}

/** Writes updates for sessions, once for each of their layers. */
export async function writeUpdates(
  codecs: LayerCodecs,
  updates: Updates,
  subscribers: readonly Subscriber[],
): Promise<Written> {
  const bodies = new Map<number, Uint8Array>()
  let failure: unknown
  for (const layer of new Set(subscribers.map(({ layer }) => layer))) {
    try {
      bodies.set(layer, (await codecs.for(layer)).encode('Updates', updates))
    } catch (error) {
      failure ??= error
    }
  }
  return { bodies, failure }
}

/** Pushes what was written to sessions, but to the one that has it in an answer. */
export function pushWritten(
  { bodies }: Written,
  subscribers: readonly Subscriber[],
  { push }: Pick<Outlet, 'push'>,
  except?: SessionRef,
): void {
  for (const { session, layer } of subscribers) {
    const body = bodies.get(layer)
    if (body !== undefined && (except === undefined || !isSame(session, except))) push(session, body)
  }
}
