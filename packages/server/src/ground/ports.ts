/**
 * What the rules of the server need from outside. The embedded ones (clock, bus) are here, `store/` and
 * `courier/` have the others; a grown server fills the same ports with PostgreSQL and Redis.
 */
import type { Random } from '@cablegram/mtproto'
import type { Channel, InboxEntry, SentCode } from '../courier/port.ts'
import type { BoxEvent, RevokeReason } from '../database/store.ts'

export type { Channel, CodePurpose, Courier, Delivery, DeliveryOutcome, InboxEntry } from '../courier/port.ts'
export type { Store } from '../database/store.ts'
export type { Random }

/** The rules' clock: expiry, floods, waiting periods. Dates on the wire stay the wall clock's. */
export interface Clock {
  nowMs(): number
}

/** The machine's own clock, which everything goes by that is given no other. */
export const machineNowMs: () => number = Date.now

/** The machine's steady clock, which is never set: it measures how long something takes. */
export const steadyNowMs: () => number = () => performance.now()

/** Runs something once, after so long; what it returns takes that back. */
export type StartTimer = (run: () => void, ms: number) => () => void

/** The machine's own timers, which everything waits by that is given no others. */
export const machineTimer: StartTimer = (run, ms) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** A rules' clock that can be moved ahead of the wall clock, never back. */
export interface MovableClock extends Clock {
  /** How far ahead of the wall clock it is. */
  readonly aheadMs: number
  /** @param ms 0 or more */
  advance(ms: number): void
  /** Back to the wall clock: only once everything that it dated is gone. */
  reset(): void
}

/** What is announced inside the server, by topic. */
export interface BusEvents {
  /** A code was put in the inbox. */
  readonly code: InboxEntry
  /** Somebody says that a code has not come, in the mobile network of this code. */
  readonly codeMissing: { readonly phone: string; readonly channel: Channel; readonly mnc: string }
  /** An app was told API_ID_INVALID. */
  readonly appRefused: {
    readonly apiId: number
    readonly apiHash: string
    readonly reason: 'unknown' | 'otherHash'
  }
  /** An app was refused for the first time since the start. */
  readonly newAppRefused: { readonly apiId: number; readonly reason: 'unknown' | 'otherHash' }
  /** A permanent key lost its authorization from elsewhere; `reason` is the error its next call gets. */
  readonly keyRevoked: { readonly authKeyId: bigint; readonly reason: RevokeReason }
  /** Something one key is told, whether anybody is signed in on it or not. */
  readonly keyUpdate: { readonly authKeyId: bigint; readonly update: KeyUpdate }
  /** Something all sessions of a user are told, but the one of `exceptAuthKeyId`. */
  readonly userUpdate: {
    readonly userId: bigint
    readonly exceptAuthKeyId?: bigint
    readonly update: UserUpdate
  }
}

/** What the rules have to tell a user's sessions: what happened in the box, and what is in no log. */
export type UserUpdate = NewAuthorizationUpdate | BoxEvent

/** Somebody has signed in, or a login was confirmed. */
export interface NewAuthorizationUpdate {
  readonly kind: 'newAuthorization'
  readonly hash: bigint
  /** What is needed to decide whether to confirm it; undefined where it is confirmed. */
  readonly unconfirmed: { readonly device: string; readonly location: string } | undefined
}

/** What the rules have to tell a single key: `loginToken`, its QR code was accepted. */
export type KeyUpdate =
  | { readonly kind: 'loginToken' }
  | { readonly kind: 'sentCode'; readonly sent: SentCode }

/** Publish and subscribe; a listener that throws does not keep the others from hearing. */
export interface Bus {
  publish<T extends keyof BusEvents>(topic: T, event: BusEvents[T]): void
  /** @returns the function that ends the subscription */
  subscribe<T extends keyof BusEvents>(topic: T, listener: (event: BusEvents[T]) => void): () => void
}

/** The wall clock, plus what `advance` was given. */
export function createClock(wallMs: () => number = machineNowMs): MovableClock {
  let aheadMs = 0
  return {
    get aheadMs() {
      return aheadMs
    },
    nowMs: () => wallMs() + aheadMs,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError('a clock only moves forward')
      aheadMs += ms
    },
    reset() {
      aheadMs = 0
    },
  }
}

/**
 * The bus of a single node. Listeners run in the order they subscribed, before `publish` returns.
 *
 * @param onListenerError told of what a listener threw
 */
export function createBus(onListenerError: (error: unknown) => void = () => {}): Bus {
  const listeners: { [T in keyof BusEvents]: Set<(event: BusEvents[T]) => void> } = {
    code: new Set(),
    codeMissing: new Set(),
    appRefused: new Set(),
    newAppRefused: new Set(),
    keyRevoked: new Set(),
    keyUpdate: new Set(),
    userUpdate: new Set(),
  }
  return {
    publish(topic, event) {
      for (const listener of [...listeners[topic]]) {
        try {
          listener(event)
        } catch (error) {
          onListenerError(error)
        }
      }
    },
    subscribe(topic, listener) {
      listeners[topic].add(listener)
      return () => {
        listeners[topic].delete(listener)
      }
    },
  }
}
