import type { SessionRef } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import type { Domain } from '../domain/index.ts'
import { updatesOf } from '../handlers/index.ts'
import type { BusEvents } from '../ports.ts'
import type { LayerCodecs } from './layer-codecs.ts'

const MAX_SUBSCRIBERS = 100_000

interface Subscriber {
  readonly session: SessionRef
  readonly layer: number
}

type Push = (session: SessionRef, body: Uint8Array) => void

/** Knows where each key was last active, and sends updates there. */
export class Subscribers {
  readonly #accounts: Domain['accounts']
  readonly #codecs: LayerCodecs
  /** By permanent key, the longest inactive first. */
  readonly #subscribers = new Map<bigint, Subscriber>()

  constructor(accounts: Domain['accounts'], codecs: LayerCodecs) {
    this.#accounts = accounts
    this.#codecs = codecs
  }

  /** Notes that a key has called something in this session. */
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
    push: Push,
  ): Promise<void> {
    for (const { authKeyId } of await this.#accounts.sessions(userId)) {
      if (authKeyId !== exceptAuthKeyId) await this.#push(authKeyId, updatesOf(update, nowS), push)
    }
  }

  /** Tells one key. */
  async tellKey({ authKeyId, update }: BusEvents['keyUpdate'], nowS: number, push: Push): Promise<void> {
    await this.#push(authKeyId, updatesOf(update, nowS), push)
  }

  async #push(authKeyId: bigint, updates: Updates, push: Push): Promise<void> {
    const subscriber = this.#subscribers.get(authKeyId)
    if (subscriber === undefined) return
    push(subscriber.session, (await this.#codecs.for(subscriber.layer)).encode('Updates', updates))
  }
}
