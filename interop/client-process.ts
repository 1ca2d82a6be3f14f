/** One client in a child process of its own, and the verbs it is asked for. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { ReadyLine } from '../test/e2e/serve.ts'
import type { Answer, Ask, Login, Me, Refusal } from './clients/contract.ts'

/** mtcute with temporary keys may take 20 s to come back to a restarted server: see its adapter. */
const VERB_WITHIN_MS = 40_000
const MAX_OUTPUT_LENGTH = 64 * 1024

/** How to start a client: its adapter and what the adapter is told on its command line. */
export interface ClientProgram {
  name: string
  adapter: string
  args: readonly string[]
}

/** A refusal of the server, as the client told us. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`${refusal.code} ${refusal.text}`)
    this.refusal = refusal
  }
}

/** A running client; `open` first, `kill` last. */
export class ClientProcess {
  readonly #child: ChildProcess
  #output = ''

  constructor(program: ClientProgram) {
    this.#child = fork(new URL(program.adapter, import.meta.url), program.args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output = (this.#output + chunk).slice(-MAX_OUTPUT_LENGTH)
      })
    }
  }

  /** What the client has printed of its own accord. */
  get output(): string {
    return this.#output
  }

  /** Connects to this server, with a saved session where one is given. */
  async open(server: ReadyLine, session?: string): Promise<void> {
    await this.#ask(session === undefined ? { verb: 'open', server } : { verb: 'open', server, session })
  }

  /** Asks for a code and types this one. */
  async tryCode(phone: string, code: string): Promise<void> {
    await this.#ask({ verb: 'tryCode', phone, code })
  }

  /** Logs in as the client's documentation says to; resolves to how often it asked for the code again. */
  async logIn(login: Login): Promise<number> {
    return (await this.#ask({ verb: 'logIn', login })) as number
  }

  /** Who the client says it is. */
  async me(): Promise<Me> {
    return (await this.#ask({ verb: 'me' })) as Me
  }

  /** The session as a string, to be opened by another process. */
  async session(): Promise<string> {
    return (await this.#ask({ verb: 'session' })) as string
  }

  /** Logs out. */
  async logOut(): Promise<void> {
    await this.#ask({ verb: 'logOut' })
  }

  /** Lets the client close its connections, and ends the process. */
  async close(): Promise<void> {
    await this.#ask({ verb: 'close' })
    await this.kill()
  }

  /** Ends the process as it is. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  async #ask(ask: Ask): Promise<unknown> {
    const answer = await this.#answerTo(ask)
    if ('value' in answer) return answer.value
    if ('refusal' in answer) throw new Refused(answer.refusal)
    throw new Error(`${ask.verb}: ${answer.failure}`)
  }

  async #answerTo(ask: Ask): Promise<Answer> {
    const within = AbortSignal.timeout(VERB_WITHIN_MS)
    const child = this.#child
    try {
      child.send(ask)
      const [answer] = (await Promise.race([
        once(child, 'message', { signal: within }),
        once(child, 'exit', { signal: within }).then(([code]) =>
          Promise.reject(new Error(`the client ended with ${code}`)),
        ),
      ])) as [Answer]
      return answer
    } catch (error) {
      const reason = within.aborted ? `no answer within ${VERB_WITHIN_MS} ms` : String(error)
      throw new Error(`${ask.verb}: ${reason}`)
    }
  }
}
