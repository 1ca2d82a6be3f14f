import { randomBytes } from 'node:crypto'
import { setTimeout as sleepFor } from 'node:timers/promises'
import { MessageChannel, type Worker } from 'node:worker_threads'
import { LuaError } from './errors.ts'
import type { LuaClient, LuaOptions } from './options.ts'
import { ScriptAnswers } from './script-answers.ts'
import { encodeText } from './state/memory.ts'
import type { Failure } from './state/thrown.ts'
import { answerQuestions, type Question } from './thread/bridge.ts'
import type { Job } from './thread/job.ts'
import { giveBack, takeThread } from './thread/threads.ts'

const DEFAULT_MEMORY_BYTES = 256 << 20

/**
 * Runs a Lua script in a thread beside this one: its calls go through the client, which the caller opens and closes.
 *
 * @param source the code; bytes are taken as they are
 * @returns the exit code: 0 at the end of the script, else what it gave to `os.exit`
 * @throws LuaError for an error that the script does not catch, and for each limit
 * @example
 * ```ts
 * import { memorySession, TelegramClient } from '@cablegram/client'
 * import { runLua } from '@cablegram/lua'
 *
 * const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
 * await runLua(client, 'print(help.getNearestDc().country)')
 * await client.close()
 * ```
 */
export function runLua(
  client: LuaClient,
  source: string | Uint8Array,
  options: LuaOptions = {},
): Promise<number> {
  const code = typeof source === 'string' ? encodeText(source) : source
  return new Run(client, options, code).ended
}

/**
 * Reads lines of Lua, runs them, and prints the values of expressions, until `readLine` gives undefined.
 *
 * @returns the exit code
 * @throws LuaError if a limit ends it
 */
export function runLuaRepl(
  client: LuaClient,
  readLine: (prompt: string) => Promise<string | undefined>,
  options: LuaOptions = {},
): Promise<number> {
  return new Run(client, options, undefined, readLine).ended
}

/** A script's thread and its answers. */
class Run {
  /** Resolves with the exit code. */
  readonly ended: Promise<number>
  readonly #options: LuaOptions
  readonly #thread: Worker
  readonly #onError = (error: Error): void => this.#end(stopped(error))
  readonly #onExit = (): void => this.#end(0)
  readonly #answers: ScriptAnswers
  readonly #over = new AbortController()
  readonly #settle: {
    readonly resolve: (exitCode: number) => void
    readonly reject: (error: LuaError) => void
  }
  #computing: NodeJS.Timeout | undefined

  constructor(
    client: LuaClient,
    options: LuaOptions,
    code: Uint8Array | undefined,
    readLine: (prompt: string) => Promise<string | undefined> = async () => undefined,
  ) {
    let settle = { resolve: (_: number) => {}, reject: (_: LuaError) => {} }
    this.ended = new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.#settle = settle
    this.#options = options
    const { random = randomBytes, ask = async () => undefined, print = () => {} } = options
    const { sleep = (ms: number, signal: AbortSignal) => sleepFor(ms, undefined, { signal }) } = options
    this.#answers = new ScriptAnswers({
      client,
      ended: this.#over.signal,
      random,
      sleep,
      ask,
      print,
      readLine,
      filesFolder: options.files,
      maxBytes: options.maxMemoryBytes ?? DEFAULT_MEMORY_BYTES,
    })
    const { port1, port2 } = new MessageChannel()
    const job = jobOf(options, code, port2, random)
    const fail = (error: unknown) => this.#end(stopped(error))
    answerQuestions(port1, job.signal, (question) => this.#answer(question), fail)
    this.#over.signal.addEventListener('abort', () => port1.close(), { once: true })
    this.#thread = takeThread()
    this.#thread.on('error', this.#onError)
    this.#thread.on('exit', this.#onExit)
    this.#thread.postMessage(job, [port2])
    this.#followSignal()
    this.#startComputing()
  }

  async #answer(question: Question): Promise<unknown> {
    clearTimeout(this.#computing)
    if (question.ask === 'ended') {
      this.#end(this.#errorOf(question.failure), question.isReusable)
      return undefined
    }
    if (question.ask === 'exit') {
      this.#end(question.code)
      return undefined
    }
    try {
      const answer = await this.#answers.answer(question)
      this.#startComputing()
      return answer
    } catch (error) {
      // A call's errors are answers. This one comes from the caller's own functions, such as `print`.
      this.#end(stopped(error))
      return undefined
    }
  }

  #errorOf(failure: Failure | undefined): LuaError | number {
    if (failure === undefined) return 0
    const { kind, message, traceback, refusal } = failure
    const { code } = ENDS[kind]
    const cause = refusal === undefined ? undefined : this.#answers.lastError
    return new LuaError(code, message, { traceback, ...(cause !== undefined && { cause }) })
  }

  #followSignal(): void {
    const { signal } = this.#options
    if (signal === undefined) return
    const onAbort = () => this.#end(new LuaError('LUA_ABORTED', 'The script was ended from outside.'))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true, signal: this.#over.signal })
  }

  /** No count of instructions ends a long search for a pattern: only this clock does. */
  #startComputing(): void {
    const { maxComputeMs } = this.#options
    if (maxComputeMs === undefined || this.#over.signal.aborted) return
    this.#computing = setTimeout(() => {
      const message = `The script computed for ${maxComputeMs / 1000} s without a call or a sleep.`
      this.#end(new LuaError('LUA_COMPUTE_LIMIT', message))
    }, maxComputeMs)
  }

  /** The first end counts. The promise waits until the thread is gone, or free for another script. */
  #end(outcome: number | LuaError, isReusable = false): void {
    if (this.#over.signal.aborted) return
    clearTimeout(this.#computing)
    this.#over.abort()
    this.#thread.off('error', this.#onError)
    this.#thread.off('exit', this.#onExit)
    const { resolve, reject } = this.#settle
    const settle = () => (typeof outcome === 'number' ? resolve(outcome) : reject(outcome))
    const freed = isReusable ? giveBack(this.#thread) : this.#thread.terminate()
    freed.then(settle, settle)
  }
}

const ENDS = {
  syntax: { code: 'LUA_SYNTAX' },
  error: { code: 'LUA_FAILED' },
  memory: { code: 'LUA_MEMORY' },
  instructions: { code: 'LUA_INSTRUCTION_LIMIT' },
} as const

/** Something beside the script failed: a function among the options, or the thread itself. */
function stopped(cause: unknown): LuaError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new LuaError('LUA_FAILED', `The script was stopped: ${message}`, { cause })
}

function jobOf(
  options: LuaOptions,
  code: Uint8Array | undefined,
  port: MessageChannel['port2'],
  random: (length: number) => Uint8Array,
): Job {
  const seeds = new BigInt64Array(random(16).slice().buffer)
  return {
    port,
    signal: new Int32Array(new SharedArrayBuffer(4)),
    code,
    name: options.name ?? 'script',
    folder: options.folder,
    args: options.args ?? [],
    maxMemoryBytes: options.maxMemoryBytes ?? DEFAULT_MEMORY_BYTES,
    maxInstructions: options.maxInstructions,
    seeds: [seeds[0] ?? 0n, seeds[1] ?? 0n],
    isDirect: options.print === undefined,
  }
}
