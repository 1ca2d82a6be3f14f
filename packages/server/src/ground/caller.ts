import type { Channel } from '../courier/port.ts'
import type { KeyState } from '../rules/accounts/words.ts'

/** The source of a call: the permanent key behind it, and where it came from. */
export interface Caller {
  /** Of the permanent key, whatever temporary key is bound to it. */
  readonly authKeyId: bigint
  readonly dcId: number
  /** IPv4 or IPv6, as text. */
  readonly ip: string
  /** The layer that the key declared, with its app and its version. */
  readonly layer: number
  /** The ways of sending a code that its layer has a name for. */
  readonly channels: ReadonlySet<Channel>
  readonly apiId: number
  readonly appVersion: string
  /** The login of the key, as it was when the request came in. */
  readonly state: KeyState
  /** SHA-256 of the request without its wrappers, by which a repeat is known. */
  digest(): Uint8Array
}
