import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { UsageError } from '@cablegram/tl'

/** The stream of the answers. */
export type Input = NodeJS.ReadableStream & { isTTY?: boolean }

/** The options of a question. */
export interface AskOptions {
  /** `hidden`: the terminal does not show the answer. */
  readonly echo?: 'shown' | 'hidden'
  /** Ends the question; the next line answers the next question. */
  readonly signal?: AbortSignal | undefined
}

/** Questions over readline, a line each. Opens the input at the first one. */
export class Terminal {
  readonly #input: Input
  readonly #output: NodeJS.WritableStream & { rows?: number }
  #readline: Interface | undefined
  #lines: AsyncIterator<string> | undefined
  /** The line that an ended question was waiting for. */
  #nextLine: Promise<IteratorResult<string>> | undefined
  #hidden = false
  /** The current question. */
  #question: string | undefined
  /** The number of lines of {@link show} right above the question. */
  #shownLines = 0

  constructor(input: Input, output: NodeJS.WritableStream) {
    this.#input = input
    this.#output = output
  }

  /** Whether a person is typing. */
  get isInteractive(): boolean {
    return this.#input.isTTY === true
  }

  /** Prints a sentence, unless it is empty. */
  say(text: string): void {
    if (text === '') return
    this.#shownLines = 0
    this.#output.write(`${printable(text)}\n`)
  }

  /** Shows a picture above the question, in place of the last one. */
  show(text: string): void {
    const block = `${printable(text)}\n`
    const shown = this.#shownLines
    this.#shownLines = block.split('\n').length - 1
    if (this.#question === undefined) this.#output.write(block)
    else if (!this.isInteractive) this.#output.write(`\n${block}${this.#question}`)
    else {
      const fits = shown > 0 && shown < (this.#output.rows ?? 0)
      this.#output.write(fits ? `\u001b[${shown}A\r\u001b[J${block}` : `\n${block}`)
      this.#readline?.prompt(true)
    }
  }

  /** @throws UsageError INPUT_ENDED; the signal's reason */
  async ask(text: string, { echo = 'shown', signal }: AskOptions = {}): Promise<string> {
    const question = printable(text)
    const { readline, lines } = this.#open()
    this.#write(readline, question)
    // The question is written; a secret answer is not echoed from here on.
    this.#hidden = echo === 'hidden'
    this.#question = question
    try {
      this.#nextLine ??= lines.next()
      const line = await orAborted(this.#nextLine, signal)
      this.#nextLine = undefined
      if (line.done) throw inputEnded(question)
      return line.value
    } finally {
      this.#hidden = false
      this.#question = undefined
      this.#shownLines = 0
      const isEchoed = echo === 'shown' && this.isInteractive && !signal?.aborted
      if (!isEchoed && this.#readline !== undefined) this.#output.write('\n')
    }
  }

  /** Releases the input. */
  close(): void {
    this.#readline?.close()
    this.#readline = undefined
    this.#lines = undefined
    this.#nextLine = undefined
  }

  /** readline redraws the line while it is edited, so it has to know the question. */
  #write(readline: Interface, question: string): void {
    if (!this.isInteractive) {
      this.#output.write(question)
      return
    }
    readline.setPrompt(question)
    readline.prompt()
  }

  #open(): { readline: Interface; lines: AsyncIterator<string> } {
    if (this.#readline && this.#lines) return { readline: this.#readline, lines: this.#lines }
    const output = new Writable({
      write: (chunk, _encoding, written) => {
        if (!this.#hidden) this.#output.write(chunk)
        written()
      },
    })
    const readline = createInterface({ input: this.#input, output, terminal: this.isInteractive })
    // readline takes Ctrl-C. Pass it on, so that it ends the process or reaches the program's handler.
    readline.on('SIGINT', () => {
      this.#output.write('\n')
      process.kill(process.pid, 'SIGINT')
    })
    const lines = readline[Symbol.asyncIterator]()
    this.#readline = readline
    this.#lines = lines
    return { readline, lines }
  }
}

function inputEnded(question: string): UsageError {
  const what = question
    .replace(/[:,(].*$/s, '')
    .trim()
    .toLowerCase()
  const message = `Standard input ended before the answer to "${what}". Give one line for each question.`
  return new UsageError('INPUT_ENDED', message)
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Removes control characters: hints, patterns and terms come from the server. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '')
}
