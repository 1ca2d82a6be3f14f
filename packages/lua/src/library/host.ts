import type { TlObject } from '../marshal/read.ts'
import type { Refusal } from '../state/thrown.ts'

/** The outcome of a call. */
export type CallOutcome = { readonly value: unknown } | { readonly refusal: Refusal }

/** The outcome of a wait: its time has passed, or an update came before. */
export type Waited = { readonly update: TlObject } | { readonly isOver: true }

/** Answers of `cablegram.start` that the script gives as functions are asked for one at a time. */
export type StartOutcome = CallOutcome | { readonly asks: string; readonly problem: string | undefined }

/** Credentials of an app. */
export interface LuaApp {
  readonly apiId: number
  readonly apiHash: string
}

/** Everything that a script gets from outside Lua. Each call returns with the result: the script blocks until it is there. */
export interface Host {
  /** Makes a call of the API; the parameters fit its schema. */
  call(method: string, params: TlObject): CallOutcome
  /** Connects, and gives the credentials that the client or its server has: {@link LuaApp}, or undefined. */
  app(): CallOutcome
  /** Signs in with these answers; answers in `asked` are asked for by the outcome. */
  start(given: Readonly<Record<string, string>>, asked: readonly string[]): StartOutcome
  /** Goes on with the sign-in; undefined gives it up. */
  answerStart(answer: string | undefined): StartOutcome
  /** Makes the proof of a password for the server's answer to account.getPassword. */
  proof(question: unknown, password: string): CallOutcome
  /** Waits; forever without a time. `isTold`: updates may end the wait. */
  wait(ms: number | undefined, isTold: boolean): Waited
  /** Goes on with the newest wait that an update has ended. */
  waitOn(): Waited
  /** Begins or ends to collect updates. */
  listen(isOn: boolean): void
  /** Asks a person; undefined if nobody answers. */
  ask(question: string, isHidden: boolean): string | undefined
  /** Reads a line of the REPL; undefined at the end. */
  readLine(prompt: string): string | undefined
  /** The code of a required name; undefined if there is no such file. */
  readModule(name: string): { readonly code: Uint8Array; readonly file: string } | undefined
  /** Writes to standard output, or to standard error. */
  write(stream: 'out' | 'error', bytes: Uint8Array): void
  /** Ends the script with this exit code; does not return. */
  exit(code: number): never
}
