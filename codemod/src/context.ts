import type { Kinds } from './kinds.ts'

/** What the rules of a program share. */
export interface Context {
  readonly kinds: Kinds
  /** Names that the new program takes from the client's package. */
  readonly imports: Set<string>
}
