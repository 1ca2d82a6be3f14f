import { RpcError } from '@cablegram/mtproto'
import type { Login } from './machine.ts'
import { errorOf, type LoginProblem } from './problem.ts'
import type { LoginPrompts } from './prompts.ts'
import type { LoginState } from './states.ts'

/** What another number, or another token, can mend. */
const MENDABLE = new Set(['PHONE_NUMBER_INVALID', 'ACCESS_TOKEN_INVALID', 'ACCESS_TOKEN_EXPIRED'])

/** Asks for a phone number or a bot's token, and shows a QR code beside, if there is a prompt for it. */
export class Beginning {
  readonly #machine: Login
  readonly #prompts: LoginPrompts
  #hasAskedForQr = false
  #shownUrl: string | undefined

  constructor(machine: Login, prompts: LoginPrompts) {
    this.#machine = machine
    this.#prompts = prompts
  }

  /** A login that was kept goes on where it was if it is this number's; if not it begins again. */
  async resume({ phoneNumber }: { readonly phoneNumber: string }): Promise<void> {
    const answer = await this.#prompts.phone({ problem: undefined })
    if (digitsOf(answer) === digitsOf(phoneNumber)) return
    await this.#machine.act('changeNumber')
    await this.#begin(answer)
  }

  /** @throws RpcError the reason for being back here, if no other number can mend it */
  async ask(problem: LoginProblem | undefined): Promise<void> {
    if (problem && !MENDABLE.has(problem.type)) throw errorOf(problem)
    if (this.#prompts.qr && !this.#hasAskedForQr) await this.#askForQr()
    if (!isBeginning(this.#machine.state)) return
    const answer = await this.#numberOrScan(problem)
    if (answer !== undefined) await this.#begin(answer)
  }

  async #begin(answer: string): Promise<void> {
    const text = answer.trim()
    if (isBotToken(text)) await this.#machine.act('importBotAuthorization', { botAuthToken: text })
    else await this.#machine.act('sendCode', { phoneNumber: text })
  }

  /** A server without QR codes is no reason not to ask for the number. */
  async #askForQr(): Promise<void> {
    this.#hasAskedForQr = true
    try {
      await this.#machine.act('exportLoginToken')
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
    }
  }

  /** The number, or undefined where the login has moved on by itself: somebody has scanned. */
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
      return await Promise.race([this.#prompts.phone(question), gone])
    } finally {
      stop()
    }
  }

  #show(state: LoginState): void {
    if (state.at !== 'waitQr' || state.url === this.#shownUrl) return
    this.#shownUrl = state.url
    this.#prompts.qr?.({ url: state.url, expiresAtS: state.expiresAtS })
  }
}

/** Whether the state is one in which a number can be given. */
export function isBeginning({ at }: LoginState): boolean {
  return at === 'waitPhone' || at === 'waitQr' || at === 'waitPasskey'
}

function isBotToken(text: string): boolean {
  return /^\d+:[\w-]+$/.test(text)
}

function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '')
}
