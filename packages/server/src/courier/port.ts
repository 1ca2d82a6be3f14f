/** How a code can reach a person; the order of a chain of them is a setting. */
export type Channel = 'sms' | 'call'

/** A code on its way: made and committed together with the code, so that a crash cannot lose it. */
export interface Delivery {
  /** 32 hex digits. A delivery that is sent again after a crash has the same id: couriers drop repeats by it. */
  readonly id: string
  /** Digits only. */
  readonly phone: string
  readonly code: string
  readonly channel: Channel
  readonly phoneCodeHash: string
  /** Where it goes on this channel: `+` and digits. */
  readonly to: string
  /** What the person reads or hears. */
  readonly text: string
  readonly sentAtS: number
  readonly expiresAtS: number
}

/** What became of a delivery. `unknown` keeps the code alive: it may well have arrived. */
export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly reference: string }
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'unknown' }

/** Brings codes to people. May reject its promise: that is `unknown`. */
export interface Courier {
  send(delivery: Delivery): Promise<DeliveryOutcome>
}

/** What has become of the code of an inbox entry. */
export type InboxState = 'active' | 'used' | 'cancelled' | 'replaced' | 'exhausted' | 'expired'

/** A code in the inbox, as the console API shows it. */
export interface InboxEntry {
  readonly id: string
  /** `+` and digits. */
  readonly phone: string
  readonly code: string
  readonly channel: Channel
  /** The TL name of what the client was told, `auth.sentCodeTypeSms`. */
  readonly type: string
  readonly phoneCodeHash: string
  readonly to: string
  readonly text: string
  readonly sentAtS: number
  readonly expiresAtS: number
  readonly state: InboxState
}
