import { type Clock, systemClock } from '../net/clock.ts'
import { explain, howToPay, nextWay, type OwnServer, whereSent, whereToRead } from './explain.ts'
import type { CodeQuestion, LoginPrompts, PaymentQuestion, QrCode } from './prompts.ts'
import { Retyped } from './retyped.ts'
import { type Input, Terminal } from './terminal-lines.ts'
import {
  isBlank,
  isBotToken,
  plainBotToken,
  plainCode,
  plainEmail,
  plainPhoneNumber,
  plainWords,
} from './typed.ts'

/** The streams of a terminal, and what to show there. */
export interface TerminalOptions extends OwnServer {
  /** Default: standard input. */
  readonly input?: Input
  /** The stream of the questions. Default: standard error, so that standard output has results only. */
  readonly output?: NodeJS.WritableStream
  readonly clock?: Clock | undefined
  /** Draws a text as a QR code, as lines. */
  readonly drawQr?: ((text: string) => string) | undefined
}

/** {@link LoginPrompts} of a terminal. */
export interface TerminalPrompts extends LoginPrompts {
  /** Releases standard input, so that the process can end. */
  close(): void
}

/** Asks in the terminal. Without one, the answers are the lines of standard input, in order. */
export function terminalPrompts(options: TerminalOptions = {}): TerminalPrompts {
  const input: Input = options.input ?? process.stdin
  const terminal = new Terminal(input, options.output ?? process.stderr)
  const { drawQr } = options
  const retyped = new Retyped(terminal)
  return {
    phone({ problem, signal }) {
      terminal.say(explain(problem))
      const ask = () => terminal.ask('Phone number (international form) or bot token: ', { signal })
      return retyped.ask('phone', ask, { problem, asSent: phoneAsSent })
    },
    code: (question) => askCode(terminal, retyped, question, options),
    password({ hint, hasRecovery, problem }) {
      terminal.say(explain(problem))
      const notes = [hint && `hint: ${hint}`, hasRecovery && 'Enter alone to recover it by e-mail']
      const ask = () => terminal.ask(`Password${inBrackets(notes)}: `, { echo: 'hidden' })
      return retyped.ask('password', ask, { problem, asSent: asTyped, isEmptyAllowed: hasRecovery === true })
    },
    async name({ termsOfService, problem }) {
      terminal.say(explain(problem))
      if (!problem) terminal.say('This number has no account yet. Sign up:')
      if (termsOfService && !problem) {
        const { text, minAgeConfirm } = termsOfService
        const age = minAgeConfirm ? ` and confirm that you are at least ${minAgeConfirm} years old` : ''
        terminal.say(`By signing up you accept the terms of service${age}:\n\n${text}\n`)
      }
      const firstName = await askFirstName(terminal)
      return { firstName, lastName: await terminal.ask('Last name (may be empty): ') }
    },
    email({ problem }) {
      terminal.say(explain(problem))
      if (!problem) terminal.say('This number needs a login e-mail before a code can be sent.')
      return retyped.ask('email', () => terminal.ask('E-mail address: '), { problem, asSent: plainEmail })
    },
    async resetEmail({ emailPattern, afterS, pendingAtS }) {
      if (pendingAtS !== undefined) {
        terminal.say(
          `${emailPattern} will be removed from the account on ${inUtc(pendingAtS)}. Until then codes go there.`,
        )
      }
      const when = afterS === undefined ? 'if that date has passed' : inTime(afterS)
      const answer = await terminal.ask(`Remove ${emailPattern} from the account, ${when}? (y/N): `)
      const isWanted = /^y(es)?$/i.test(answer.trim())
      if (isWanted && afterS) terminal.say(`Log in again ${when}: the code will go another way.`)
      return isWanted
    },
    recoveryCode({ emailPattern, problem }) {
      terminal.say(explain(problem))
      if (!problem) {
        terminal.say(`A recovery code went by e-mail to ${emailPattern}.`)
        terminal.say(whereToRead(options))
      }
      const ask = () => terminal.ask('Recovery code (Enter alone to go back): ')
      return retyped.ask('recoveryCode', ask, { problem, asSent: plainCode, isEmptyAllowed: true })
    },
    newPassword({ problem }) {
      terminal.say(explain(problem))
      return terminal.ask('New password (Enter alone for none): ', { echo: 'hidden' })
    },
    payment: (question) => terminal.say(paymentText(question, options)),
    ...(drawQr && { qr: ({ url }: QrCode) => terminal.show(qrText(url, drawQr, options)) }),
    close: () => terminal.close(),
  }
}

/** As the login compares them. */
function phoneAsSent(answer: string): string {
  const token = plainBotToken(answer)
  return isBotToken(token) ? token : plainPhoneNumber(answer)
}

function asTyped(answer: string): string {
  return answer
}

async function askCode(
  terminal: Terminal,
  retyped: Retyped,
  question: CodeQuestion,
  options: TerminalOptions,
): Promise<string> {
  const { sent, length, phoneNumber, resendAtMs = 0, hasReset, problem } = question
  const { clock = systemClock } = options
  terminal.say(explain(problem))
  // After a wrong code this would sound as if another one was sent.
  if (!problem || !WRONG_CODE.has(problem.type)) {
    terminal.say(whereSent(sent, phoneNumber))
    if (sent.type._ !== 'auth.sentCodeTypeFirebaseSms') terminal.say(whereToRead(options))
  }
  const leftS = () => Math.ceil((resendAtMs - clock.nowMs()) / 1000)
  const isText = sent.type._ === 'auth.sentCodeTypeSmsWord' || sent.type._ === 'auth.sentCodeTypeSmsPhrase'
  const ask = async () => {
    for (;;) {
      const when = leftS() > 0 ? ` in ${leftS()} s` : ''
      const another = sent.nextType && `Enter alone for ${nextWay(sent.nextType)}${when}`
      const lost = hasReset && 'Enter alone if you cannot read that e-mail'
      const code = await terminal.ask(`Code${inBrackets([length && `${length} digits`, another, lost])}: `)
      // A person may still type the code that was sent; a script waits.
      if (!isBlank(code) || leftS() <= 0 || !terminal.isInteractive) return code
      terminal.say('The code cannot be sent another way yet.')
    }
  }
  const isEmptyAllowed = sent.nextType !== undefined || hasReset === true
  const asSent = isText ? plainWords : plainCode
  return retyped.ask('code', ask, { problem, asSent, scope: sent.phoneCodeHash, isEmptyAllowed })
}

/** Asks a person again at once; the answer of a script goes to the login as it is. */
async function askFirstName(terminal: Terminal): Promise<string> {
  for (;;) {
    const firstName = await terminal.ask('First name: ')
    if (!isBlank(firstName) || !terminal.isInteractive) return firstName
    terminal.say('A first name is needed.')
  }
}

function inUtc(unixS: number): string {
  const [day, time] = new Date(unixS * 1000).toISOString().split('T')
  return `${day} at ${time?.slice(0, 5)} UTC`
}

const DAY_S = 24 * 60 * 60

function inTime(afterS: number): string {
  if (afterS === 0) return 'at once'
  return afterS < DAY_S ? `in ${Math.ceil(afterS / 60)} minutes` : `in ${Math.ceil(afterS / DAY_S)} days`
}

const WRONG_CODE = new Set(['PHONE_CODE_INVALID', 'CODE_INVALID'])

function inBrackets(notes: readonly (string | number | false | undefined)[]): string {
  const said = notes.filter(Boolean)
  return said.length > 0 ? ` (${said.join(', or ')})` : ''
}

function qrText(url: string, draw: (text: string) => string, { console }: OwnServer): string {
  const also =
    console === undefined ? '' : ',\nor run `npx cablegram accept` with the URL below and a session that is'
  return `To sign in by QR code, scan this with an app that is signed in (Settings, Devices)${also}:\n${draw(url)}\n${url}`
}

function paymentText({ phoneNumber, currency, amount }: PaymentQuestion, server: OwnServer): string {
  const price = `${amount} in the smallest unit of ${currency}`
  const text = `A code to ${phoneNumber} has to be paid for first (${price}). The login goes on once it is paid.`
  return `${text} ${howToPay(server, phoneNumber)}`.trim()
}
