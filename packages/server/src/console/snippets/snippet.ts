import type { Target } from './target.ts'

/** A library, and the program that signs in to a server with it. */
export interface Library {
  /** As `cablegram connect` takes it. */
  readonly name: string
  readonly title: string
  /** File name of the program. */
  readonly file: string
  /** Begins a comment. */
  readonly comment: '//' | '#'
  /** The command that installs the library, in a folder of its own. */
  readonly install: string
  readonly run: string
  /** Facts that a reader has to know, a line each. */
  readonly notes?: readonly string[]
  /** The program, without its head. */
  readonly program: (target: Target) => string
}

/** The test number that the programs sign in with, and its code. */
export const PHONE = '+9996621234'
export const CODE = '22222'
