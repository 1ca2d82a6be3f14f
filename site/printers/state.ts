import type { MethodName } from '@cablegram/tl/api'

/** The answers of a login that `client.start` and `cablegram login` ask for. */
export interface StartAnswers {
  readonly phone: string
  readonly code: string
  readonly firstName?: string
  readonly password?: string
}

/** A call on the way to a state. */
export interface CallStep {
  readonly method: MethodName
  readonly params: object
  /** The name that the answer gets. */
  readonly as?: string
  /** The constructor of the answer, where its type has several. */
  readonly takes?: string
  /** The error that the server answers with, such as 401 SESSION_PASSWORD_NEEDED. */
  readonly refused?: string
}

/** Lines that are not a call: a proof, a code from the inbox. */
export interface TextStep {
  /** The name that the lines make; without a use of it they are left out. */
  readonly as?: string
  readonly typescript: string
  readonly lua: string
  readonly command?: string
}

/** A step on the way to a state. */
export type Step = CallStep | TextStep

/** An argument of a program, and what the program makes of its text. */
export interface Argument {
  readonly name: string
  readonly kind: 'text' | 'bytes' | 'long'
}

/** A state that a client and its server are in before a call. */
export interface State {
  /** The state in words, as the page shows it. */
  readonly words: string
  /** Options of `cablegram serve` that the state needs. */
  readonly serve?: string
  /** Commands to type first, whichever the language. A command may set a variable: `token=$(npx cablegram …)`. */
  readonly first?: readonly string[]
  /** The variables of `first` that the program takes as its arguments, in this order. */
  readonly args?: readonly Argument[]
  /** The login that the state begins with; by default nobody is signed in. */
  readonly start?: StartAnswers
  /** Names that programs import from a package. */
  readonly imports?: Readonly<Record<string, readonly string[]>>
  readonly steps?: readonly Step[]
  /** Options of `cablegram call` that fill in some parameters. */
  readonly options?: string
  /** Parameters that the command fills in by itself. */
  readonly filled?: readonly string[]
  /** Paths of values that are no text in JSON: a number, an object. */
  readonly bare?: readonly string[]
}
