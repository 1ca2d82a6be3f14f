/** What is announced inside the server, and the bus of a single node. */
import type { Channel, InboxEntry, SentCode } from '../courier/port.ts'
import type { RevokeReason } from '../rules/accounts/words.ts'
import type { BoxEvent } from '../rules/messages/words.ts'

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
