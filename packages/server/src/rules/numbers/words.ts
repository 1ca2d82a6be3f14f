/** The words of phone numbers and networks. */
import type { LiveCode } from '../codes/words.ts'

/** What holds for the numbers that begin with `digits`. */
export type PhoneRule = { readonly digits: string } & (
  | { readonly rule: 'ban' | 'protect' }
  /** They are at home in this data centre. */
  | { readonly rule: 'migrate'; readonly dc: number }
  /** Their codes go these ways, one after the other. */
  | { readonly rule: 'channels'; readonly channels: LiveCode['chain'] }
)

/** Rules for phone numbers. */
export interface PhoneRuleStore {
  /** In place of the one these digits had. Whoever is banned by it is signed out: their keys. */
  put(rule: PhoneRule): Promise<bigint[]>
  /** Undefined where there was none. Whoever is banned without it is signed out: their keys. */
  remove(digits: string): Promise<bigint[] | undefined>
  /** The rule of exactly these digits. */
  find(digits: string): Promise<PhoneRule | undefined>
  /** By their digits. */
  list(): Promise<PhoneRule[]>
  /** The rule with the most digits that a number begins with. */
  match(phone: string): Promise<PhoneRule | undefined>
}

/** Where callers of a network sign in whose number has no home. */
export interface NetworkRule {
  /** An IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string
  readonly dc: number
}

/** Rules for networks. */
export interface NetworkRuleStore {
  /** In place of the one the network had. */
  put(rule: NetworkRule): Promise<void>
  /** False where there was none. */
  remove(network: string): Promise<boolean>
  find(network: string): Promise<NetworkRule | undefined>
  /** By their networks. */
  list(): Promise<NetworkRule[]>
}
