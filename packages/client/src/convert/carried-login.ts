/** A login as a session of some library keeps it: a key, and where the key belongs. */
export interface CarriedLogin {
  /** The data centre at home. */
  readonly dcId: number
  /** An address of that data centre; Pyrogram's strings and Telegram Desktop's folders have none. */
  readonly address?: { readonly host: string; readonly port: number } | undefined
  /** Whether it belongs to Telegram's test servers; undefined where the library does not keep this. */
  readonly isTest?: boolean | undefined
  /** The permanent authorization key, 256 bytes. */
  readonly authKey: Uint8Array
  /** The signed-in user; undefined where the library does not keep this. */
  readonly userId?: bigint | undefined
  readonly isBot?: boolean | undefined
  readonly apiId?: number | undefined
}

/** Bytes of an authorization key. */
export const AUTH_KEY_BYTES = 256
