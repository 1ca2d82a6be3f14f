import type { Channel } from './channel.ts'

/** The price of a code that must be paid for, and what people are told about it. */
export interface CodePrice {
  /** The name of the product in the stores of apps. */
  readonly storeProduct: string
  readonly supportEmailAddress: string
  readonly supportEmailSubject: string
  /** Days of Premium that come with it. */
  readonly premiumDays: number
  /** ISO 4217, and the amount in its smallest unit. */
  readonly currency: string
  readonly amount: number
  /** The page of the provider of payments, for clients that have no form of their own. */
  readonly paymentUrl: string
}

/** The way of a code, with what its client may know. */
export type CodeWay =
  | { readonly channel: 'app' | 'sms' | 'call'; readonly length: number }
  | { readonly channel: 'fragment'; readonly length: number; readonly url: string }
  /** The caller's number, `*` standing for what is not told. */
  | { readonly channel: 'flashCall'; readonly pattern: string }
  /** The caller's number is `prefix` and as many digits as the code has. */
  | { readonly channel: 'missedCall'; readonly length: number; readonly prefix: string }
  | { readonly channel: 'firebase'; readonly length: number; readonly nonce: Uint8Array }
  | {
      readonly channel: 'email'
      readonly length: number
      readonly emailPattern: string
      readonly reset: EmailReset
      /** True if a token of Google's or Apple's works instead. */
      readonly tokens: boolean
    }
  /** The first letter of a word, the first word of a phrase. */
  | { readonly channel: 'smsWord' | 'smsPhrase'; readonly beginning: string }
  | { readonly channel: 'setUpEmail'; readonly tokens: boolean }
  | { readonly channel: 'payment'; readonly price: CodePrice }

/** When a login e-mail is taken off: so long after it is asked for, or so long from now. */
export type EmailReset =
  | { readonly kind: 'available'; readonly afterS: number }
  | { readonly kind: 'pending'; readonly inS: number }

/** A code that is on its way. */
export interface SentCode {
  readonly kind: 'sent'
  readonly phoneCodeHash: string
  readonly way: CodeWay
  /** The channel of the next code, and the time after which it may be asked for; both or neither. */
  readonly next: { readonly channel: Channel; readonly timeoutS: number } | undefined
}
