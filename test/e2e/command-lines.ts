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
}

/**
 * In a thread, the command has its own standard output: that of this process belongs to the test runner.
 */
const RUNNER = `
const { parentPort, workerData } = require('node:worker_threads')
let out = ''
process.stdout.write = (text) => { out += text; return true }
process.stderr.write = () => true
parentPort.on('message', async (args) => {
  const { outcomeOf } = await import(workerData)
  out = ''
  const { exitCode, complaint = '' } = await outcomeOf(args)
  parentPort.postMessage({ exitCode, complaint, out: out.trimEnd() })
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

  /** @param args the arguments without `npx cablegram` */
  async runWords(args: readonly string[], server: string = this.#server): Promise<CommandOutcome> {
    this.#worker.postMessage([...args, '--server', server])
    const [outcome] = await once(this.#worker, 'message')
    return outcome
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
