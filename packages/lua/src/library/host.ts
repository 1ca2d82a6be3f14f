import type { MessageEntity } from '@cablegram/tl/api'
import type { TlObject } from '../marshal/read.ts'
import type { Refusal } from '../state/thrown.ts'
import type { DailyCall, DailyList, EventAction } from './daily-shapes.ts'

/** The outcome of a call. */
export type CallOutcome = { readonly value: unknown } | { readonly refusal: Refusal }

/** Something that happened while the script waited. */
export type News =
  | { readonly update: TlObject }
  | { readonly event: ScriptEvent }
  /** The time of this timer has passed. */
  | { readonly timer: number }

/** An event for a handler of the script. */
export interface ScriptEvent {
  readonly handler: number
  /** Names the event in what the script answers. */
  readonly ticket: number
  /** Plain data, apart from TL values. */
  readonly value: unknown
  /** The functions of the event. */
  readonly actions: readonly EventAction[]
}

/** A value in a text: a string, a formatted text, or a user to mention. */
export type TextValue =
  | string
  | { readonly text: string; readonly entities: readonly MessageEntity[] }
  | { readonly kind: 'user'; readonly id: bigint; readonly title: string }

/** A daily call, or something that has to do with events: whatever the client does beside calls of the API. */
export type ClientRequest =
  | { readonly what: 'call'; readonly name: DailyCall; readonly params: TlObject }
  /** Begins a call that tells of its progress, and gives its number. */
  | { readonly what: 'transfer'; readonly name: DailyCall; readonly params: TlObject }
  /** Waits for progress or for the answer: {@link Progress}. `isGivenUp` ends the transfer. */
  | {
      readonly what: 'progress'
      readonly name: DailyCall
      readonly transfer: number
      readonly isGivenUp: boolean
    }
  | { readonly what: 'list'; readonly name: DailyList; readonly params: TlObject }
  /** Asks for the next item of a list: undefined at its end. */
  | { readonly what: 'next'; readonly list: number }
  | { readonly what: 'leave'; readonly list: number }
  | {
      readonly what: 'text'
      readonly markup: 'md' | 'html'
      readonly parts: readonly string[]
      readonly values: readonly TextValue[]
    }
  | { readonly what: 'on'; readonly event: string; readonly filter: unknown }
  | { readonly what: 'off'; readonly handler: number }
  | {
      readonly what: 'act'
      readonly ticket: number
      readonly action: EventAction
      readonly first: unknown
      readonly options: TlObject
    }
  /** The handler of an event has ended; `failure` is what it threw. */
  | { readonly what: 'done'; readonly ticket: number; readonly failure: HandlerFailure | undefined }

/** News of a transfer: bytes so far, or its answer. */
export type Progress =
  | { readonly doneBytes: number; readonly totalBytes: number | undefined }
  | { readonly answer: unknown }

/** An error that a handler of the script did not catch. */
export interface HandlerFailure {
  readonly message: string
  readonly traceback: string
  /** The error is the refusal of a call. */
  readonly isRefusal: boolean
}

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
  /** Does something else with the client. */
  client(request: ClientRequest): CallOutcome
  /** Starts a timer. `isNews`: its end is news of its own, and nobody asks for it. */
  startTimer(ms: number, isNews: boolean): number
  /** Waits for news. The end of the script's own timer comes after everything that is there already. */
  news(timer: number | undefined): News
  /** Waits for this timer alone; other news stay. */
  waitFor(timer: number): void
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
