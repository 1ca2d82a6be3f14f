import type { Channel } from './channel.ts'

export { CHANNELS, type Channel } from './channel.ts'
export type * from './sent-code.ts'

/** The purpose of a code. All but `login` go to an e-mail and belong to no phone code. */
export type CodePurpose =
  | 'login'
  | 'setUpEmail'
  | 'changeEmail'
  | 'passportEmail'
  | 'confirmPasswordEmail'
  | 'recoverPassword'

/** A code on its way: made and committed together with the code, so that a crash cannot lose it. */
export interface Delivery {
  /** 32 hex digits. A delivery that is sent again after a crash has the same id: couriers drop repeats by it. */
  readonly id: string
  /** Of the account, digits only. */
  readonly phone: string
  readonly code: string
  readonly channel: Channel
  readonly purpose: CodePurpose
  /** Empty where it belongs to no phone code. */
  readonly phoneCodeHash: string
  /** The address on this channel: `+` and digits, or an e-mail address. */
  readonly to: string
  /** The text that the person reads or hears. */
  readonly text: string
  readonly sentAtS: number
  readonly expiresAtS: number
}

/** The outcome of a delivery. `unknown` keeps the code alive: it may well have arrived. */
export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly reference: string }
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'unknown' }

/** Brings codes to people. May reject its promise: with a `StoreError` the delivery is sent again later, else it is `unknown`. */
export interface Courier {
  /** @param onTaken to be called once somebody works at it: who waits too long is told whether that was the case */
  send(delivery: Delivery, onTaken?: () => void): Promise<DeliveryOutcome>
}

/**
 * The state of the code of an inbox entry. `superseded`: the same login code was sent again since, in a later
 * entry; the earlier form still works until the code ends.
 */
export type InboxState = 'active' | 'superseded' | 'used' | 'cancelled' | 'replaced' | 'exhausted' | 'expired'

/** A code in the inbox, as the console API shows it. */
export interface InboxEntry {
  readonly id: string
  /** `+` and digits. */
  readonly phone: string
  readonly code: string
  readonly channel: Channel
  /** The TL name of what the client was told of it: `auth.sentCodeTypeSms`, `auth.passwordRecovery` … */
  readonly type: string
  /** Empty where it belongs to no phone code. */
  readonly phoneCodeHash: string
  readonly to: string
  readonly text: string
  readonly sentAtS: number
  readonly expiresAtS: number
  readonly state: InboxState
}
