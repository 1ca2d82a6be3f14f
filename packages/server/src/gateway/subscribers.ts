import type { SessionRef } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import type { Domain } from '../domain/index.ts'
import type { BusEvents, UserUpdate } from '../ports.ts'
import type { LayerCodecs } from './layer-codecs.ts'

const MAX_SUBSCRIBERS = 100_000

interface Subscriber {
  readonly session: SessionRef
  readonly layer: number
}

/** Knows where each signed-in key was last active, and sends updates there. */
export class Subscribers {
  readonly #accounts: Domain['accounts']
  readonly #codecs: LayerCodecs
  /** By permanent key, the longest inactive first. */
  readonly #subscribers = new Map<bigint, Subscriber>()

  constructor(accounts: Domain['accounts'], codecs: LayerCodecs) {
    this.#accounts = accounts
    this.#codecs = codecs
  }

  /** Notes that a signed-in key has called something in this session. */
  note(authKeyId: bigint, session: SessionRef, layer: number): void {
    this.#subscribers.delete(authKeyId)
    this.#subscribers.set(authKeyId, { session, layer })
    const [oldest] = this.#subscribers.keys()
    if (oldest !== undefined && this.#subscribers.size > MAX_SUBSCRIBERS) this.#subscribers.delete(oldest)
  }

  /** Tells the user's other sessions. */
  async tell(
    { userId, exceptAuthKeyId, update }: BusEvents['userUpdate'],
    nowS: number,
    push: (session: SessionRef, body: Uint8Array) => void,
  ): Promise<void> {
    for (const { authKeyId } of await this.#accounts.sessions(userId)) {
      const subscriber = authKeyId === exceptAuthKeyId ? undefined : this.#subscribers.get(authKeyId)
      if (subscriber === undefined) continue
      const codec = await this.#codecs.for(subscriber.layer)
      push(subscriber.session, codec.encode('Updates', updatesOf(update, nowS)))
    }
  }
}

function updatesOf({ hash }: UserUpdate, nowS: number): Updates {
  return { _: 'updateShort', update: { _: 'updateNewAuthorization', hash }, date: nowS }
}
