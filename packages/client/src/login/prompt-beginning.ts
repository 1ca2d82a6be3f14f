import { RpcError } from '@cablegram/mtproto'
import type { Answers } from './answers.ts'
import type { Login } from './machine.ts'
import { errorOf, type LoginProblem } from './problem.ts'
import type { LoginState } from './states.ts'
import { isBotToken, plainBotToken, plainPhoneNumber } from './typed.ts'

/** Refusals after which another number or another token may be accepted. */
const ASK_AGAIN = new Set(['PHONE_NUMBER_INVALID', 'ACCESS_TOKEN_INVALID', 'ACCESS_TOKEN_EXPIRED'])

/** Asks for a phone number or a bot's token, and shows a QR code beside, if there is a prompt for it. */
export class Beginning {
  readonly #machine: Login
  readonly #answers: Answers
  #hasAskedForQr = false
  #shownUrl: string | undefined

  constructor(machine: Login, answers: Answers) {
    this.#machine = machine
    this.#answers = answers
  }

  /** Goes on with a login that was kept, if the answer is its number; begins again with any other answer. */
  async resume({ phoneNumber }: { readonly phoneNumber: string }): Promise<void> {
    const answer = await this.#answers.text('phone', { problem: undefined }, { asSent })
    if (asSent(answer) === asSent(phoneNumber)) return
    await this.#machine.act('changeNumber')
    await this.#begin(answer)
  }

  /** @throws RpcError the reason for being back here, if no other number can be accepted either */
  async ask(problem: LoginProblem | undefined): Promise<void> {
    if (problem && !ASK_AGAIN.has(problem.type)) throw errorOf(problem)
    if (this.#answers.has('qr') && !this.#hasAskedForQr) await this.#askForQr()
    if (!isBeginning(this.#machine.state)) return
    const answer = await this.#numberOrScan(problem)
    if (answer !== undefined) await this.#begin(answer)
  }

  async #begin(answer: string): Promise<void> {
    const botAuthToken = plainBotToken(answer)
    if (isBotToken(botAuthToken)) await this.#machine.act('importBotAuthorization', { botAuthToken })
    else await this.#machine.act('sendCode', { phoneNumber: answer })
  }

  /** A server may have no QR codes; the number is asked for all the same. */
  async #askForQr(): Promise<void> {
    this.#hasAskedForQr = true
    try {
      await this.#machine.act('exportLoginToken')
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
    }
  }

  /** The number, or undefined where somebody has scanned the QR code and the login has moved on by itself. */
  async #numberOrScan(problem: LoginProblem | undefined): Promise<string | undefined> {
    const scanned = new AbortController()
    const gone = new Promise<undefined>((resolve) => {
      scanned.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    const stop = this.#machine.onState((state) => {
      if (isBeginning(state)) this.#show(state)
      else scanned.abort()
    })
    try {
      this.#show(this.#machine.state)
      const question = { problem: problem && errorOf(problem), signal: scanned.signal }
      return await Promise.race([this.#answers.text('phone', question, { asSent }), gone])
    } finally {
      stop()
    }
  }

  #show(state: LoginState): void {
    if (state.at !== 'waitQr' || state.url === this.#shownUrl) return
    this.#shownUrl = state.url
    if (this.#answers.has('qr')) this.#answers.show('qr', { url: state.url, expiresAtS: state.expiresAtS })
  }
}

/** Whether the state is one in which a number can be given. */
export function isBeginning({ at }: LoginState): boolean {
  return at === 'waitPhone' || at === 'waitQr' || at === 'waitPasskey'
}

/** Numbers are compared by their digits: the server takes them with and without a plus. */
function asSent(answer: string): string {
  const token = plainBotToken(answer)
  return isBotToken(token) ? token : plainPhoneNumber(answer).replace(/^\+/, '')
}
