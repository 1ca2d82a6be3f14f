/** Runs lines of the `cablegram` command beside a test, without a process for each. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** How a command line ended. */
export interface CommandOutcome {
  readonly exitCode: number
  /** Its standard output. */
  readonly out: string
  /** The sentence it would print on standard error; empty if it succeeded. */
  readonly complaint: string
  /** The rest of its standard error: questions and notes. */
  readonly notes: string
}

/**
 * In a thread, the command has its own standard streams: those of this process belong to the test runner.
 */
const RUNNER = `
const { Readable } = require('node:stream')
const { parentPort, workerData } = require('node:worker_threads')
let out = ''
let notes = ''
process.stdout.write = (text) => { out += text; return true }
process.stderr.write = (text) => { notes += text; return true }
parentPort.on('message', async ({ args, input, env }) => {
  const { outcomeOf } = await import(workerData)
  out = ''
  notes = ''
  Object.defineProperty(process, 'stdin', { value: Readable.from(input), configurable: true })
  // A thread has variables of its own.
  Object.assign(process.env, env)
  const { exitCode, complaint = '' } = await outcomeOf(args)
  for (const name of Object.keys(env)) delete process.env[name]
  parentPort.postMessage({ exitCode, complaint, out: out.trimEnd(), notes })
})`

/** The command on one server; lines run one after the other. */
export class CommandLines {
  readonly #worker = new Worker(RUNNER, {
    eval: true,
    workerData: new URL('../../packages/cli/src/main.ts', import.meta.url).href,
  })
  readonly #server: string

  /** @param server the URL of its console */
  constructor(server: string) {
    this.#server = server
  }

  /** @param line the arguments as typed in a shell, without `npx cablegram` @param server another server's URL */
  run(line: string, server?: string): Promise<CommandOutcome> {
    const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    return this.runWords(args, server)
  }

  /** @param args the arguments without `npx cablegram` @param typed the lines on its standard input */
  async runWords(
    args: readonly string[],
    server: string = this.#server,
    typed: readonly string[] = [],
  ): Promise<CommandOutcome> {
    return await this.runBare([...args, '--server', server], typed)
  }

  /** Runs a command that takes no server. @param env variables of this command only */
  async runBare(
    args: readonly string[],
    typed: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandOutcome> {
    this.#worker.postMessage({ args, input: typed.map((line) => `${line}\n`), env })
    const [outcome] = await once(this.#worker, 'message')
    return outcome
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
