import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import type { RpcError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { LoginPrompts } from './prompts.ts'
import type { SentCode } from './surface.ts'

/** Streams of a terminal, or of whatever stands in for one. */
export interface TerminalOptions {
  /** Default: standard input. */
  readonly input?: NodeJS.ReadableStream & { isTTY?: boolean }
  /** Where questions go. Default: standard error, so that standard output holds results only. */
  readonly output?: NodeJS.WritableStream
  /** Where the codes of this server can be read, if it is one's own. */
  readonly console?: string | undefined
}

/** {@link LoginPrompts} asked in a terminal. */
export interface TerminalPrompts extends LoginPrompts {
  /** Lets go of standard input, so that the process can end. */
  close(): void
}

/** Asks in the terminal; where there is none, answers are the lines of standard input, in order. */
export function terminalPrompts(options: TerminalOptions = {}): TerminalPrompts {
  const terminal = new Terminal(options.input ?? process.stdin, options.output ?? process.stderr)
  return {
    phone({ problem }) {
      terminal.say(explain(problem))
      return terminal.ask('Phone number (international form) or bot token: ')
    },
    code({ sent, length, phoneNumber, problem }) {
      terminal.say(explain(problem))
      // Said again after a wrong code, it would sound as if another had been sent.
      if (problem?.type !== 'PHONE_CODE_INVALID') {
        terminal.say(whereSent(sent, phoneNumber))
        if (options.console !== undefined)
          terminal.say(`Read it at ${options.console} or with \`npx cablegram codes\`.`)
      }
      const another = sent.nextType ? ', or Enter alone to have it sent another way' : ''
      return terminal.ask(`Code${length ? ` (${length} digits${another})` : another}: `)
    },
    password({ hint, problem }) {
      terminal.say(explain(problem))
      return terminal.ask(`Password${hint ? ` (hint: ${hint})` : ''}: `, 'hidden')
    },
    async name({ termsOfService, problem }) {
      terminal.say(explain(problem))
      if (!problem) terminal.say('This number has no account yet: sign up.')
      if (termsOfService && !problem) {
        terminal.say(`By signing up you accept the terms of service:\n\n${termsOfService.text}\n`)
      }
      const firstName = await terminal.ask('First name: ')
      return { firstName, lastName: await terminal.ask('Last name (may be empty): ') }
    },
    close: () => terminal.close(),
  }
}

/** Line by line questions over readline, opened when the first one is asked. */
class Terminal {
  readonly #input: NodeJS.ReadableStream & { isTTY?: boolean }
  readonly #output: NodeJS.WritableStream
  #readline: Interface | undefined
  #lines: AsyncIterator<string> | undefined
  #hidden = false

  constructor(input: NodeJS.ReadableStream & { isTTY?: boolean }, output: NodeJS.WritableStream) {
    this.#input = input
    this.#output = output
  }

  say(text: string): void {
    if (text !== '') this.#output.write(`${printable(text)}\n`)
  }

  async ask(text: string, echo: 'shown' | 'hidden' = 'shown'): Promise<string> {
    const question = printable(text)
    const { readline, lines } = this.#open()
    this.#write(readline, question)
    // From here on what is typed is not echoed: the question has been written, and the answer is secret.
    this.#hidden = echo === 'hidden'
    const line = await lines.next()
    this.#hidden = false
    if (echo === 'hidden' || !this.#input.isTTY) this.#output.write('\n')
    if (line.done) {
      const what = question
        .replace(/[:,(].*$/s, '')
        .trim()
        .toLowerCase()
      const message = `Standard input ended where the answer to "${what}" was expected: give a line for each question.`
      throw new UsageError('INPUT_ENDED', message)
    }
    return line.value
  }

  /** readline redraws the line while it is edited, and for that must know the question. */
  #write(readline: Interface, question: string): void {
    if (!this.#input.isTTY) {
      this.#output.write(question)
      return
    }
    readline.setPrompt(question)
    readline.prompt()
  }

  close(): void {
    this.#readline?.close()
    this.#readline = undefined
    this.#lines = undefined
  }

  #open(): { readline: Interface; lines: AsyncIterator<string> } {
    if (this.#readline && this.#lines) return { readline: this.#readline, lines: this.#lines }
    const output = new Writable({
      write: (chunk, _encoding, written) => {
        if (!this.#hidden) this.#output.write(chunk)
        written()
      },
    })
    const readline = createInterface({ input: this.#input, output, terminal: this.#input.isTTY === true })
    // readline takes Ctrl-C for itself. Given back, it ends the process as ever, or does what the program wants.
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

/** Hints, patterns and terms come from the server: they must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '')
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'This is not a phone number.',
  ACCESS_TOKEN_INVALID: 'No bot has this token.',
  PHONE_CODE_INVALID: 'This is not the code.',
  PHONE_CODE_EXPIRED: 'That code is no longer good; a new one is on its way.',
  PHONE_CODE_EMPTY: 'That code is no longer good; a new one is on its way.',
  SEND_CODE_UNAVAILABLE: 'The code cannot be sent any other way.',
  FIRSTNAME_INVALID: 'The server does not take this first name.',
  LASTNAME_INVALID: 'The server does not take this last name.',
  PASSWORD_HASH_INVALID: 'This is not the password.',
  SRP_PASSWORD_CHANGED: 'The password has just been changed.',
}

function explain(problem: RpcError | undefined): string {
  if (!problem) return ''
  if (problem.code === 420) return `Too many attempts: wait ${problem.argument ?? 'some'} seconds.`
  return EXPLANATIONS[problem.type] ?? `The server said ${problem.message}.`
}

function whereSent({ type }: SentCode, phoneNumber: string): string {
  switch (type._) {
    case 'auth.sentCodeTypeApp':
      return 'The code is in a message from Telegram, in your other sessions.'
    case 'auth.sentCodeTypeCall':
      return `A call to ${phoneNumber} tells the code.`
    case 'auth.sentCodeTypeFlashCall':
      return `A call to ${phoneNumber} comes from a number like ${type.pattern}, which is the code.`
    case 'auth.sentCodeTypeMissedCall':
      return `A call to ${phoneNumber} comes from a number that begins with ${type.prefix}; its last ${type.length} digits are the code.`
    case 'auth.sentCodeTypeEmailCode':
      return `The code went by e-mail to ${type.emailPattern}.`
    case 'auth.sentCodeTypeFragmentSms':
      return `The code is at ${type.url}`
    case 'auth.sentCodeTypeSmsWord':
      return `A word went by SMS to ${phoneNumber}${type.beginning ? `; it begins with ${type.beginning}` : ''}.`
    case 'auth.sentCodeTypeSmsPhrase':
      return `A phrase went by SMS to ${phoneNumber}${type.beginning ? `; it begins with ${type.beginning}` : ''}.`
    default:
      return `The code went by SMS to ${phoneNumber}.`
  }
}
