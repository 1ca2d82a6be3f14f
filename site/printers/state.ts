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

/** Lines for what is no call: a proof, a second client. */
export interface TextStep {
  readonly typescript: string
  readonly lua: string
  readonly command?: string
}

/** A step on the way to a state. */
export type Step = CallStep | TextStep

/** A state that a client and its server are in before a call. */
export interface State {
  /** The state in words, as the page shows it. */
  readonly words: string
  /** Options of `cablegram serve` that the state needs. */
  readonly serve?: string
  /** Commands to type first, whichever the language. A command may set a variable: `token=$(npx cablegram …)`. */
  readonly first?: readonly string[]
  /** The login that the state begins with; by default nobody is signed in. */
  readonly start?: StartAnswers
  /** Variables of `first` that the program takes as its arguments, in this order. */
  readonly args?: readonly string[]
  /** Names that programs import from a package. */
  readonly imports?: Readonly<Record<string, readonly string[]>>
  readonly steps?: readonly Step[]
  /** Options of the last `cablegram call`. */
  readonly options?: string
  /** Parameters that the command fills in by itself. */
  readonly filled?: readonly string[]
}
