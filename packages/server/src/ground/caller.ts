import type { Channel } from '../courier/port.ts'
import type { KeyState } from '../rules/accounts/words.ts'

/** Who asks: the permanent key behind the call, and where the call came from. */
export interface Caller {
  /** Of the permanent key, whatever temporary key is bound to it. */
  readonly authKeyId: bigint
  readonly dcId: number
  /** IPv4 or IPv6, as text. */
  readonly ip: string
  /** What the key declared, its app and its version included. */
  readonly layer: number
  /** The ways of sending a code that its layer has a name for. */
  readonly channels: ReadonlySet<Channel>
  readonly apiId: number
  readonly appVersion: string
  /** Who is signed in on the key, as it was when the request came in. */
  readonly state: KeyState
  /** SHA-256 of the request without its wrappers, by which a repeat is known. */
  digest(): Uint8Array
}
