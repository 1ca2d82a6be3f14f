import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'

/** A terminal's input, or a pipe. */
export type LineInput = NodeJS.ReadableStream & { isTTY?: boolean }

/** Questions, each answered by a line. A terminal keeps the lines in a history for the arrow keys. */
export class TypedLines {
  readonly #input: LineInput
  readonly #output: NodeJS.WritableStream
  #readline: Interface | undefined
  #lines: AsyncIterator<string> | undefined
  #isHidden = false

  constructor(input: LineInput, output: NodeJS.WritableStream) {
    this.#input = input
    this.#output = output
  }

  /** @returns the line; undefined at the end of the input */
  async ask(
    question: string,
    { isHidden = false }: { isHidden?: boolean } = {},
  ): Promise<string | undefined> {
    const { readline, lines } = this.#open()
    if (this.#input.isTTY) {
      readline.setPrompt(question)
      readline.prompt()
    } else {
      this.#output.write(question)
    }
    this.#isHidden = isHidden
    const line = await lines.next()
    this.#isHidden = false
    if (isHidden || line.done || !this.#input.isTTY) this.#output.write('\n')
    return line.done ? undefined : line.value
  }

  /** Releases the input, so that the process can end. */
  close(): void {
    this.#readline?.close()
    this.#readline = undefined
    this.#lines = undefined
  }

  #open(): { readline: Interface; lines: AsyncIterator<string> } {
    if (this.#readline && this.#lines) return { readline: this.#readline, lines: this.#lines }
    const output = new Writable({
      write: (chunk, _encoding, written) => {
        if (!this.#isHidden) this.#output.write(chunk)
        written()
      },
    })
    const readline = createInterface({ input: this.#input, output, terminal: this.#input.isTTY === true })
    // readline takes Ctrl-C. Pass it on to the handler that ends the command.
    readline.on('SIGINT', () => {
      this.#output.write('\n')
      process.kill(process.pid, 'SIGINT')
    })
    // A secret does not stay under the arrow keys.
    readline.on('history', (history: string[]) => {
      if (this.#isHidden) history.shift()
    })
    const lines = readline[Symbol.asyncIterator]()
    this.#readline = readline
    this.#lines = lines
    return { readline, lines }
  }
}
