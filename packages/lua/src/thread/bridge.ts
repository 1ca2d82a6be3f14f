import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { CallOutcome, ClientRequest, News, StartOutcome } from '../library/host.ts'
import type { TlObject } from '../marshal/read.ts'
import type { Failure } from '../state/thrown.ts'

/** Questions of the script's thread. Each gets one answer, and the thread blocks until it is there. */
export type Question =
  | { readonly ask: 'call'; readonly method: string; readonly params: TlObject }
  | { readonly ask: 'app' }
  | {
      readonly ask: 'start'
      readonly given: Readonly<Record<string, string>>
      readonly asked: readonly string[]
    }
  | { readonly ask: 'answerStart'; readonly answer: string | undefined }
  | { readonly ask: 'proof'; readonly question: unknown; readonly password: string }
  | { readonly ask: 'client'; readonly request: ClientRequest }
  | { readonly ask: 'startTimer'; readonly ms: number; readonly isNews: boolean }
  | { readonly ask: 'news'; readonly timer: number | undefined }
  | { readonly ask: 'waitFor'; readonly timer: number }
  | { readonly ask: 'listen'; readonly isOn: boolean }
  | { readonly ask: 'person'; readonly question: string; readonly isHidden: boolean }
  | { readonly ask: 'line'; readonly prompt: string }
  | { readonly ask: 'write'; readonly stream: 'out' | 'error'; readonly bytes: Uint8Array }
  | { readonly ask: 'exit'; readonly code: number }
  | { readonly ask: 'ended'; readonly failure: Failure | undefined; readonly isReusable: boolean }

/** The type of the answer to each question. */
export interface Answers {
  call: CallOutcome
  app: CallOutcome
  start: StartOutcome
  answerStart: StartOutcome
  proof: CallOutcome
  client: CallOutcome
  startTimer: number
  news: News
  waitFor: undefined
  listen: undefined
  person: string | undefined
  line: string | undefined
  write: undefined
  exit: undefined
  ended: undefined
}

/** The script's end of the bridge: asks the main thread, and blocks until it answers. */
export class Bridge {
  readonly #port: MessagePort
  /** Counts the answers. */
  readonly #signal: Int32Array

  constructor(port: MessagePort, signal: Int32Array) {
    this.#port = port
    this.#signal = signal
  }

  ask<Kind extends Question['ask']>(question: Extract<Question, { ask: Kind }>): Answers[Kind] {
    const before = Atomics.load(this.#signal, 0)
    this.#port.postMessage(question)
    Atomics.wait(this.#signal, 0, before)
    const received: { message: { answer: Answers[Kind] } } | undefined = receiveMessageOnPort(this.#port)
    if (received === undefined) throw new TypeError('the main thread gave no answer')
    return received.message.answer
  }

  /** Tells how the script has ended, and closes the bridge. */
  end(outcome: Extract<Question, { ask: 'ended' }>): void {
    this.#port.postMessage(outcome)
    this.#port.close()
  }
}

/**
 * The main thread's end: takes the questions one by one.
 *
 * @param fail takes the error of an answer that cannot go to another thread
 */
export function answerQuestions(
  port: MessagePort,
  signal: Int32Array,
  answer: (question: Question) => Promise<unknown>,
  fail: (error: unknown) => void,
): void {
  port.on('message', async (question: Question) => {
    const value = await answer(question)
    try {
      port.postMessage({ answer: value })
    } catch (error) {
      fail(error)
      return
    }
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  })
}
