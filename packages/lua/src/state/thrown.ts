import type { Stack } from './stack.ts'

/** Something that a host function throws for the script to catch. */
export abstract class Thrown extends Error {
  /** Pushes the value of the error in Lua. */
  abstract push(stack: Stack): void
}

/** A mistake in the script: in Lua a string that begins with its place. */
export class Mistake extends Thrown {
  override push(stack: Stack): void {
    stack.pushText(stack.place() + this.message)
  }
}

/**
 * Ends a script without its being able to catch it: its instructions are used up, or its handler of updates failed. The
 * state of Lua is of no use afterwards.
 */
export class ScriptEnd extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** An error that nothing in the script caught. */
export interface Failure {
  readonly kind: 'syntax' | 'error' | 'memory' | 'instructions'
  /** With its place, where Lua knows it. */
  readonly message: string
  /** The calls that led there; empty if Lua could not say. */
  readonly traceback: string
  /** The refusal that the script did not catch, as the main thread described it. */
  readonly refusal?: Refusal | undefined
}

/** A call that failed: in Lua a table with these fields. Plain data, because it goes from one thread to another. */
export interface Refusal {
  /** `rpc`: the server said no. `client`: the client did, or no answer came. */
  readonly kind: 'rpc' | 'client'
  readonly code: number | string
  /** `FLOOD_WAIT`; only of the server. */
  readonly type?: string | undefined
  /** The number in `FLOOD_WAIT_30`. */
  readonly argument?: number | undefined
  readonly message: string
  readonly method: string
}
