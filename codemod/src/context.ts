import type { Kinds } from './kinds.ts'
import type { Node } from './rewriter.ts'

/** What the rules of a program share. */
export interface Context {
  readonly kinds: Kinds
  /** Names that the new program takes from the client's package. */
  readonly imports: Set<string>
  /** Values that a request takes as a peer, with the type of the schema. */
  readonly peers: Map<Node, string>
  /** Values that stand in fields of longs. */
  readonly longs: Set<Node>
  /** The program imports modules; one that requires them cannot wait outside functions. */
  readonly isModule: boolean
}
