import { passwordProof } from '@cablegram/client'
import type { MethodName, Params, Results } from '@cablegram/tl/api'
import type { CallOutcome, Waited } from './library/host.ts'
import type { LuaClient, LuaQuestion } from './options.ts'
import { refusalOf } from './refusal-of.ts'
import { SignIn } from './sign-in.ts'
import { decodeLaxly } from './state/memory.ts'
import type { Answers, Question } from './thread/bridge.ts'
import { UpdateQueue } from './update-queue.ts'

/** Everything that the answers to a script's questions depend on. */
export interface AnswerParts {
  readonly client: LuaClient
  /** Aborts when the script has ended. */
  readonly ended: AbortSignal
  readonly random: (length: number) => Uint8Array
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>
  readonly ask: (question: LuaQuestion) => Promise<string | undefined>
  readonly print: (line: string) => void
  /** The lines of the REPL. */
  readonly readLine: (prompt: string) => Promise<string | undefined>
}

/** The kinds of questions that do not end the script. */
type Answered = Exclude<Question['ask'], 'exit' | 'ended'>

type Answerers = {
  readonly [Kind in Answered]: (question: Extract<Question, { ask: Kind }>) => Promise<Answers[Kind]>
}

/** A sleep of the script. An update interrupts it, and it goes on afterwards. */
interface Sleep {
  readonly isTold: boolean
  readonly over: Promise<unknown>
}

/** Answers the questions of one script with a client. */
export class ScriptAnswers {
  readonly #parts: AnswerParts
  readonly #queue = new UpdateQueue()
  readonly #sleeps: Sleep[] = []
  #stopListening: () => void = () => {}
  #signIn: SignIn | undefined
  /** The last error of a call, to be the cause if the script does not catch it. */
  lastError: unknown

  constructor(parts: AnswerParts) {
    this.#parts = parts
    parts.ended.addEventListener('abort', () => this.#stopListening(), { once: true })
  }

  answer(question: Extract<Question, { ask: Answered }>): Promise<unknown> {
    const answerer = this.#answerers[question.ask] as (question: Question) => Promise<unknown>
    return answerer(question)
  }

  readonly #answerers: Answerers = {
    call: ({ method, params }) =>
      // The params fit the method's schema: the script's thread has read them by its fields.
      this.#outcome(method, () =>
        this.#parts.client.call(method as MethodName, params as Params<MethodName>),
      ),
    app: () =>
      this.#outcome('cablegram.app', async () => {
        await this.#parts.client.connect()
        return this.#parts.client.app
      }),
    start: ({ given, asked }) => {
      const askPerson = (text: string, isHidden: boolean) => this.#askPerson(text, isHidden)
      this.#signIn = new SignIn({ given, asked, askPerson })
      const { prompts } = this.#signIn
      return this.#signIn.begin(
        this.#outcome('cablegram.start', async () => {
          const user = await this.#parts.client.start(prompts, { signal: this.#parts.ended })
          return user.raw
        }),
      )
    },
    answerStart: async ({ answer }) => (await this.#signIn?.answer(answer)) ?? { value: undefined },
    proof: ({ question, password }) =>
      this.#outcome('cablegram.password_proof', async () =>
        passwordProof(question as Results['account.getPassword'], password, this.#parts.random),
      ),
    wait: ({ ms, isTold }) => {
      this.#sleeps.push({ isTold, over: this.#timer(ms) })
      return this.#waitOn()
    },
    waitOn: () => this.#waitOn(),
    listen: async ({ isOn }) => {
      this.#stopListening()
      this.#queue.clear()
      this.#stopListening = isOn
        ? this.#parts.client.onUpdate((updates) => this.#queue.add(updates))
        : () => {}
      return undefined
    },
    person: ({ question, isHidden }) => this.#askPerson(question, isHidden),
    line: ({ prompt }) => this.#parts.readLine(prompt),
    write: async ({ bytes }) => {
      this.#parts.print(decodeLaxly(bytes).replace(/\n$/, ''))
      return undefined
    },
  }

  #askPerson(text: string, isHidden: boolean): Promise<string | undefined> {
    return this.#parts.ask({ text, isHidden, signal: this.#parts.ended })
  }

  async #outcome(method: string, act: () => Promise<unknown>): Promise<CallOutcome> {
    try {
      return { value: await act() }
    } catch (error) {
      this.lastError = error
      return { refusal: refusalOf(error, method) }
    }
  }

  /** Without a time it never resolves: the end of the script is the end of the wait. */
  #timer(ms: number | undefined): Promise<unknown> {
    if (ms === undefined) return new Promise(() => {})
    return this.#parts.sleep(ms, this.#parts.ended).catch((error: unknown) => {
      if (!this.#parts.ended.aborted) throw error
    })
  }

  /** An update that is there already goes before the end of the time. */
  async #waitOn(): Promise<Waited> {
    const sleep = this.#sleeps.at(-1)
    if (sleep === undefined) return { isOver: true }
    await (sleep.isTold ? Promise.race([sleep.over, this.#queue.arrival()]) : sleep.over)
    const update = sleep.isTold ? this.#queue.take() : undefined
    if (update !== undefined) return { update }
    this.#sleeps.pop()
    return { isOver: true }
  }
}
