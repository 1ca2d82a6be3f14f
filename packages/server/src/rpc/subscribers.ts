import type { SessionRef } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import { updatesOf } from '../api/index.ts'
import type { BusEvents } from '../bus/bus.ts'
import type { Domain } from '../rules/index.ts'
import type { LayerCodecs } from './layer-codecs.ts'

const MAX_KEYS = 100_000
/** A client that starts anew begins another session under its key; one that runs seldom has more than two. */
const MAX_SESSIONS_OF_KEY = 8

interface Subscriber {
  readonly session: SessionRef
  readonly layer: number
}

type Push = (session: SessionRef, body: Uint8Array) => void

/** Knows in which sessions each key was last active, and sends updates there. */
export class Subscribers {
  readonly #accounts: Pick<Domain['accounts'], 'sessions'>
  readonly #codecs: LayerCodecs
  /** By permanent key, the longest inactive first; of each its sessions, likewise. */
  readonly #subscribers = new Map<bigint, readonly Subscriber[]>()

  constructor(accounts: Pick<Domain['accounts'], 'sessions'>, codecs: LayerCodecs) {
    this.#accounts = accounts
    this.#codecs = codecs
  }

  /** Notes that a key has called something in this session. */
  note(authKeyId: bigint, session: SessionRef, layer: number): void {
    const others = (this.#subscribers.get(authKeyId) ?? []).filter((each) => !isSame(each.session, session))
    this.#subscribers.delete(authKeyId)
    this.#subscribers.set(authKeyId, [...others, { session, layer }].slice(-MAX_SESSIONS_OF_KEY))
    const [oldest] = this.#subscribers.keys()
    if (oldest !== undefined && this.#subscribers.size > MAX_KEYS) this.#subscribers.delete(oldest)
  }

  /** Tells the user's other sessions. */
  async tell(
    { userId, exceptAuthKeyId, update }: BusEvents['userUpdate'],
    nowS: number,
    push: Push,
  ): Promise<void> {
    const logins = await this.#accounts.sessions(userId)
    const keys = logins.map(({ authKeyId }) => authKeyId).filter((key) => key !== exceptAuthKeyId)
    await this.#push(keys, updatesOf(update, nowS), push)
  }

  /** Tells one key. */
  async tellKey({ authKeyId, update }: BusEvents['keyUpdate'], nowS: number, push: Push): Promise<void> {
    await this.#push([authKeyId], updatesOf(update, nowS), push)
  }

  /** Everybody hears of it in the same turn: whoever is told of two things hears of the first one first. */
  async #push(authKeyIds: readonly bigint[], updates: Updates, push: Push): Promise<void> {
    const subscribers = authKeyIds.flatMap((authKeyId) => this.#subscribers.get(authKeyId) ?? [])
    const bodies = await Promise.allSettled(
      subscribers.map(async ({ layer }) => (await this.#codecs.for(layer)).encode('Updates', updates)),
    )
    subscribers.forEach(({ session }, index) => {
      const body = bodies[index]
      if (body?.status === 'fulfilled') push(session, body.value)
    })
    const unsaid = bodies.find((body) => body.status === 'rejected')
    if (unsaid !== undefined) throw unsaid.reason
  }
}

function isSame(one: SessionRef, other: SessionRef): boolean {
  return one.sessionId === other.sessionId && one.authKeyId === other.authKeyId
}
