import type { SessionRef } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import { isSame, type Subscriber } from './active-sessions.ts'
import type { LayerCodecs } from './layer-codecs.ts'
import type { PushGate } from './push-gate.ts'

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

/** Something written for sessions of an account. */
export interface WrittenPush {
  readonly written: Written
  readonly subscribers: readonly Subscriber[]
  readonly userId: bigint | undefined
  /** This session has it in an answer. */
  readonly except?: SessionRef | undefined
}

/** Pushes what was written. A promise: what comes after waits until that is done. */
export function pushWritten(
  { written, subscribers, userId, except }: WrittenPush,
  gate: PushGate,
  { push }: Pick<Outlet, 'push'>,
): Promise<void> | undefined {
  const sending: Promise<void>[] = []
  for (const { session, layer } of subscribers) {
    const body = written.bodies.get(layer)
    if (body === undefined || (except !== undefined && isSame(session, except))) continue
    const sent = gate.push(userId, session, () => push(session, body))
    if (sent !== undefined) sending.push(sent)
  }
  return sending.length === 0 ? undefined : Promise.all(sending).then(() => undefined)
}
