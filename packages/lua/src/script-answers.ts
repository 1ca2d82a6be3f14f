import { passwordProof } from '@cablegram/client'
import type { MethodName, Params, Results } from '@cablegram/tl/api'
import { DailyAnswers } from './daily-answers.ts'
import { EventAnswers } from './event-answers.ts'
import type { CallOutcome, ClientRequest, News } from './library/host.ts'
import { NewsQueue } from './news-queue.ts'
import type { LuaClient, LuaQuestion } from './options.ts'
import { refusalOf } from './refusal-of.ts'
import { ScriptFiles } from './script-files.ts'
import { SignIn } from './sign-in.ts'
import { decodeLaxly } from './state/memory.ts'
import type { Answers, Question } from './thread/bridge.ts'
import { Transfers } from './transfers.ts'
import { ToldMessages } from './views.ts'

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
  /** The folder of files that the script may send and write. */
  readonly filesFolder: string | undefined
  readonly maxBytes: number
}

/** The kinds of questions that do not end the script. */
type Answered = Exclude<Question['ask'], 'exit' | 'ended'>

type Answerers = {
  readonly [Kind in Answered]: (question: Extract<Question, { ask: Kind }>) => Promise<Answers[Kind]>
}

/** Answers the questions of one script with a client. */
export class ScriptAnswers {
  readonly #parts: AnswerParts
  readonly #queue = new NewsQueue()
  readonly #timers = new Map<number, Promise<void>>()
  readonly #daily: DailyAnswers
  readonly #transfers = new Transfers()
  readonly #events: EventAnswers
  #lastTimer = 0
  #stopListening: () => void = () => {}
  #signIn: SignIn | undefined
  /** The last error of a call, to be the cause if the script does not catch it. */
  lastError: unknown

  constructor(parts: AnswerParts) {
    this.#parts = parts
    const { client, maxBytes } = parts
    const told = new ToldMessages()
    this.#daily = new DailyAnswers({ client, told, files: new ScriptFiles(parts.filesFolder), maxBytes })
    const tell = (event: Extract<News, { event: unknown }>['event']) => this.#queue.add({ event })
    this.#events = new EventAnswers({ client, told, tell, lastError: () => this.lastError })
    parts.ended.addEventListener('abort', () => this.#close(), { once: true })
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
    client: ({ request }) => this.#outcome(nameOf(request), () => this.#client(request)),
    startTimer: async ({ ms, isNews }) => this.#startTimer(ms, isNews),
    news: ({ timer }) => this.#news(timer),
    waitFor: async ({ timer }) => {
      await this.#timers.get(timer)
      this.#timers.delete(timer)
      return undefined
    },
    listen: async ({ isOn }) => {
      this.#stopListening()
      this.#queue.clearUpdates()
      this.#stopListening = isOn
        ? this.#parts.client.onUpdate((updates) => this.#queue.addUpdates(updates))
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

  async #client(request: ClientRequest): Promise<unknown> {
    switch (request.what) {
      case 'call':
        return await this.#daily.call(request.name, request.params)
      case 'transfer':
        return this.#transfers.begin((told) => this.#daily.call(request.name, { ...request.params, ...told }))
      case 'progress':
        return request.isGivenUp
          ? this.#transfers.giveUp(request.transfer)
          : await this.#transfers.next(request.transfer)
      case 'list':
        return this.#daily.open(request.name, request.params)
      case 'next':
        return await this.#daily.next(request.list)
      case 'leave':
        return await this.#daily.leave(request.list)
      case 'text':
        return this.#daily.text(request.markup, request.parts, request.values)
      case 'on':
        return this.#events.on(request.event, request.filter)
      case 'off':
        return this.#events.off(request.handler)
      case 'act':
        return await this.#events.act(request.ticket, request.action, request.first, request.options)
      case 'done':
        return this.#events.done(request.ticket, request.failure)
    }
  }

  #startTimer(ms: number, isNews: boolean): number {
    this.#lastTimer += 1
    const number = this.#lastTimer
    const sleep = this.#parts.sleep(ms, this.#parts.ended).catch((error: unknown) => {
      if (!this.#parts.ended.aborted) throw error
    })
    const over = sleep.then(() => {
      if (isNews) this.#queue.add({ timer: number })
    })
    // Whoever waits for it gets its error.
    over.catch(() => {})
    if (!isNews) this.#timers.set(number, over)
    return number
  }

  /** News that are there already go before the end of the time. */
  async #news(number: number | undefined): Promise<News> {
    const timer = number === undefined ? undefined : this.#timers.get(number)
    if (this.#queue.isEmpty) await Promise.race([this.#queue.arrival(), ...(timer ? [timer] : [])])
    const news = this.#queue.take()
    if (news !== undefined) return news
    this.#timers.delete(number ?? 0)
    return { timer: number ?? 0 }
  }

  #close(): void {
    this.#stopListening()
    this.#transfers.close()
    this.#events.close()
  }
}

/** The name of a request in refusals. */
function nameOf(request: ClientRequest): string {
  switch (request.what) {
    case 'call':
    case 'transfer':
    case 'progress':
    case 'list':
      return `cablegram.${request.name}`
    case 'act':
      return `event.${request.action === 'answer_inline' ? 'answer' : request.action}`
    case 'text':
      return `cablegram.${request.markup}`
    default:
      return 'cablegram.on'
  }
}
