/** The words of phone numbers and networks. */
import type { LiveCode } from '../codes/words.ts'

/** A rule for the numbers that begin with `digits`. */
export type PhoneRule = { readonly digits: string } & (
  | { readonly rule: 'ban' | 'protect' }
  /** They are at home in this data centre. */
  | { readonly rule: 'migrate'; readonly dc: number }
  /** Their codes go these ways, one after the other. */
  | { readonly rule: 'channels'; readonly channels: LiveCode['chain'] }
)

/** A phone number, with all that decides where and whether it may sign in. */
export interface PhoneNumber {
  readonly phone: string
  /** The rule with the most digits that the number begins with. */
  readonly rule: PhoneRule | undefined
  /** The data centre it is at home in; undefined: any will do. */
  readonly homeDc: number | undefined
}

/** The data centre in which callers of a network sign in whose number has no home. */
export interface NetworkRule {
  /** An IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string
  readonly dc: number
}
