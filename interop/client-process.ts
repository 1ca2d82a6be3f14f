/** One client in its own child process, and the verbs the runner asks it for. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ReadyLine } from '../test/e2e/serve.ts'
import type { Answer, Ask, Line, Login, Me, Refusal, ServiceChat } from './clients/contract.ts'
import { ANSWERS_FD, type Heard, type Talks } from './clients/talks.ts'

/**
 * A client that takes longer hangs. mtcute with temporary keys may take 20 s to return to a restarted server (see its adapter), and
 * Python takes half a minute for 10 MiB where other programs keep the machine busy.
 */
const VERB_WITHIN_MS = 120_000
/** A push takes milliseconds; a client whose program starts beside others, on a busy machine, takes longer. */
const HEARD_WITHIN_MS = 30_000
const MAX_OUTPUT_LENGTH = 64 * 1024
/** A Python client needs the Python of the distribution that packages it. */
export const SYSTEM_PYTHON = '/usr/bin/python3'

/** How to start a client: its adapter and what the adapter is told on its command line. */
export interface AdapterCommand {
  adapter: string
  /** The Python that has the client, if that is not the distribution's. */
  python?: string
  args: readonly string[]
}

/** A client, and the server that it needs. */
export interface ServedClient extends AdapterCommand {
  /** `cablegram serve` options that it needs. */
  serve?: readonly string[]
  /** The number of servers, over one PostgreSQL and one Redis. Default: one server with a folder. */
  nodes?: number
  /** The server has a certificate, and the client is told to trust it. */
  tls?: boolean
  /** Error of the client's own library once it is signed out, if the call never reaches the server. */
  signedOut?: string
}

/** A server refusal as the client reported it. */
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
  readonly #folder: string
  readonly #end: Promise<never>
  readonly #waiting: ((answer: Answer) => void)[] = []
  readonly #heard: Heard[] = []
  #listen: () => void = () => undefined
  #output = ''

  /**
   * @param folder where the client may keep its files
   * @param trusted a file with the server certificate that Node should trust
   */
  constructor({ adapter, args, python = SYSTEM_PYTHON }: AdapterCommand, folder: string, trusted?: string) {
    const file = fileURLToPath(new URL(adapter, import.meta.url))
    const [program, ...first] = commandFor(file, python)
    const env = trusted === undefined ? process.env : { ...process.env, NODE_EXTRA_CA_CERTS: trusted }
    this.#child = spawn(program, [...first, ...args], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env })
    this.#folder = folder
    this.#end = endOf(this.#child)
    // A client may end between two questions: the next one says so.
    this.#end.catch(() => undefined)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output = (this.#output + chunk).slice(-MAX_OUTPUT_LENGTH)
      })
    }
    // A client that dies during a question is noticed by its exit.
    this.#child.stdin?.on('error', () => undefined)
    createInterface(this.#child.stdio[ANSWERS_FD] as Readable).on('line', (line) => {
      this.#take(JSON.parse(line) as Line)
    })
  }

  /** Lines that the client printed unasked. */
  get output(): string {
    return this.#output
  }

  /** Connects to this server, with a saved session if given. */
  async open(server: ReadyLine, session?: string): Promise<void> {
    const folder = this.#folder
    await this.#ask({ verb: 'open', server, folder, ...(session === undefined ? {} : { session }) })
  }

  /** Asks for a code and types this one. */
  async tryCode(phone: string, code: string): Promise<void> {
    await this.#ask({ verb: 'tryCode', phone, code })
  }

  /** Logs in as the client's documentation describes; resolves to how often it asked for the code again. */
  async logIn(login: Login): Promise<number> {
    return (await this.#ask({ verb: 'logIn', login })) as number
  }

  /** Begins a login by QR code; resolves to its URL. */
  async showQr(password?: string): Promise<string> {
    return (await this.#ask({ verb: 'showQr', ...(password === undefined ? {} : { password }) })) as string
  }

  /** Resolves once the login by QR code is done. */
  async qrDone(): Promise<void> {
    await this.#ask({ verb: 'qrDone' })
  }

  /** Accepts the login that shows this URL. */
  async acceptQr(url: string): Promise<void> {
    await this.#ask({ verb: 'acceptQr', url })
  }

  /** Logs in as a bot. */
  async logInBot(token: string): Promise<void> {
    await this.#ask({ verb: 'logInBot', token })
  }

  /** Sets the account's first password, with the recovery address of this number's account if given. */
  async setPassword(
    password: string,
    hint: string,
    recovery: { phone?: string; email?: string } = {},
  ): Promise<void> {
    await this.#ask({ verb: 'setPassword', password, hint, ...recovery })
  }

  /**
   * Logs in without the password, by a code to the recovery address; afterwards the account has no
   * password.
   */
  async recoverPassword(login: Login): Promise<void> {
    await this.#ask({ verb: 'recoverPassword', login })
  }

  /** Waits for the next update with a message. */
  async heard(): Promise<string> {
    return (await this.#ask({ verb: 'heard' })) as string
  }

  /** The texts of the service chat. */
  async serviceChat(): Promise<ServiceChat> {
    return (await this.#ask({ verb: 'serviceChat' })) as ServiceChat
  }

  /** Marks the service chat as read. */
  async readServiceChat(): Promise<void> {
    await this.#ask({ verb: 'readServiceChat' })
  }

  /** Sends a text to Saved Messages. */
  async saveText(text: string): Promise<void> {
    await this.#ask({ verb: 'saveText', text })
  }

  /** The texts of Saved Messages. */
  async savedTexts(): Promise<string[]> {
    return (await this.#ask({ verb: 'savedTexts' })) as string[]
  }

  /** Has the client's person do something in a chat. */
  async talk<A extends keyof Talks>(
    act: A,
    ...args: Parameters<Required<Talks>[A]>
  ): Promise<Awaited<ReturnType<Required<Talks>[A]>>> {
    return (await this.#ask({ verb: 'talk', act, with: args })) as Awaited<ReturnType<Required<Talks>[A]>>
  }

  /** Waits until the client has heard this by itself, and takes it out of what it heard. */
  async hears<K extends Heard['kind']>(
    kind: K,
    isIt: (heard: Extract<Heard, { kind: K }>) => boolean,
  ): Promise<Extract<Heard, { kind: K }>> {
    const within = AbortSignal.timeout(HEARD_WITHIN_MS)
    const late = once(within, 'abort')
    for (;;) {
      const at = this.#heard.findIndex(
        (each) => each.kind === kind && isIt(each as Extract<Heard, { kind: K }>),
      )
      if (at >= 0) return this.#heard.splice(at, 1)[0] as Extract<Heard, { kind: K }>
      if (within.aborted)
        throw new Error(`no ${kind} within ${HEARD_WITHIN_MS} ms, but ${JSON.stringify(this.#heard)}`)
      const more = new Promise<void>((resolve) => {
        this.#listen = resolve
      })
      await Promise.race([more, late])
    }
  }

  /** Forgets what the client has heard so far; resolves to it. */
  forgetHeard(): Heard[] {
    return this.#heard.splice(0)
  }

  /** The user that the client says it is signed in as. */
  async me(): Promise<Me> {
    return (await this.#ask({ verb: 'me' })) as Me
  }

  /** The client's home data centre. */
  async dc(): Promise<number> {
    return (await this.#ask({ verb: 'dc' })) as number
  }

  /** The session as a string that another process can open. */
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

  /** Kills the process. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  #take(line: Line): void {
    if (!('heard' in line)) {
      this.#waiting.shift()?.(line)
      return
    }
    this.#heard.push(line.heard)
    this.#listen()
  }

  async #ask(ask: Ask): Promise<unknown> {
    const answer = await this.#answerTo(ask)
    if ('value' in answer) return answer.value
    if ('refusal' in answer) throw new Refused(answer.refusal)
    throw new Error(`${ask.verb}: ${answer.failure}`)
  }

  async #answerTo(ask: Ask): Promise<Answer> {
    const within = AbortSignal.timeout(VERB_WITHIN_MS)
    const answered = new Promise<Answer>((resolve) => this.#waiting.push(resolve))
    try {
      this.#child.stdin?.write(`${JSON.stringify(ask)}\n`)
      return await Promise.race([answered, this.#end, abortOf(within)])
    } catch (error) {
      const reason = within.aborted ? `no answer within ${VERB_WITHIN_MS} ms` : String(error)
      throw new Error(`${ask.verb}: ${reason}`)
    }
  }
}

/** An adapter is a script of Python or Node, or a program. */
function commandFor(file: string, python: string): [string, ...string[]] {
  if (file.endsWith('.py')) return [python, file]
  return /\.m?[jt]s$/.test(file) ? [process.execPath, file] : [file]
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`the client ended with ${code}`)
}

async function abortOf(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort')
  throw signal.reason
}
