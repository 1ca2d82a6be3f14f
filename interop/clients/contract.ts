/**
 * What a client under test must be able to do, and the child process around it: the runner asks on standard input,
 * one JSON line a verb, the adapter does it with the client as it comes from its package, and answers with one JSON
 * line on descriptor 3. What the client prints of its own accord stays apart from that.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type InboxEntry, listCodes, waitForCode } from '../../test/e2e/console.ts'
import type { ReadyLine } from '../../test/e2e/serve.ts'

/** Who is signed in, as the client sees it. */
export interface Me {
  id: string
  phone: string
  firstName: string
}

/** A refusal, in the client's own words. `own`: it is an instance of the error type the client documents. */
export interface Refusal {
  code: number
  text: string
  own: boolean
}

/** A log-in by phone number. */
export interface Login {
  phone: string
  firstName: string
  lastName: string
  /** How many wrong codes to type before the right one. */
  wrongCodes: number
  /** Of two-step verification, where the account has it; a wrong one is typed first. */
  password?: string
  /** To set up, where the number has to have one. */
  email?: string
  /** With what an earlier log-out of this client gave: no code is to be asked for. */
  byToken?: boolean
}

/** The descriptor that answers are written to. */
export const ANSWERS_FD = 3

/** One client. Every method may throw the client's own errors; `describe` puts those into our words. */
export interface Adapter {
  /** @param folder for files of the client's own; the runner removes it */
  open(server: ReadyLine, session: string | undefined, folder: string): Promise<void>
  /** Asks for a code and types this one; the refusal is thrown. */
  tryCode(phone: string, code: string): Promise<void>
  /**
   * The client's own interactive log-in, sign-up included. Resolves to how often it asked again, for the code or for
   * the password.
   */
  logIn(login: Login, nextCode: () => Promise<string>): Promise<number>
  me(): Promise<Me>
  /** The data centre it is at home in. */
  dc(): Promise<number>
  session(): Promise<string>
  logOut(): Promise<void>
  close(): Promise<void>
  describe(error: unknown): Refusal | undefined
}

/** What a client does that has more ways in than a code. */
export interface WaysIn {
  /** Begins a log-in by QR code, and resolves to the URL in it; `qrDone` resolves once somebody has accepted it. */
  showQr(password: string | undefined): Promise<string>
  qrDone(): Promise<void>
  /** Lets in who shows this URL as a QR code. */
  acceptQr(url: string): Promise<void>
  logInBot(token: string): Promise<void>
  /** Sets the account's first password, by what the client has for that; with a recovery address, it is confirmed. */
  setPassword(password: string, hint: string, recovery?: Recovery): Promise<void>
  /** Logs in, says that the password is lost, and takes it away with the code that went to the recovery address. */
  recoverPassword(login: Login, nextCode: () => Promise<string>, mail: Mail): Promise<void>
}

/** The next mail of an account, once it was asked for: its code. */
export type Mail = () => Promise<string>

/** Where a code to recover a password is to go. */
export interface Recovery {
  email: string
  mail: Mail
}

/** What a client does that has chats. */
export interface Chats {
  /** The text of the next message that it hears without asking, in any chat; one it has heard already counts. */
  heard(): Promise<string>
  /** Its chat with user 777000, found by its own list of chats. */
  serviceChat(): Promise<ServiceChat>
  /** Marks what is in that chat as read. */
  readServiceChat(): Promise<void>
  /** Sends a text to oneself, and waits until it is sent. */
  saveText(text: string): Promise<void>
  /** The texts of the chat with oneself, the newest first. */
  savedTexts(): Promise<string[]>
}

/** A chat: its texts, the newest first, and how many of them are unread. */
export interface ServiceChat {
  texts: string[]
  unread: number
}

/** What the runner asks. */
export type Ask =
  | { verb: 'open'; server: ReadyLine; session?: string; folder: string }
  | { verb: 'tryCode'; phone: string; code: string }
  | { verb: 'logIn'; login: Login }
  | { verb: 'showQr'; password?: string }
  | { verb: 'acceptQr'; url: string }
  | { verb: 'logInBot'; token: string }
  | { verb: 'setPassword'; password: string; hint: string; phone?: string; email?: string }
  | { verb: 'recoverPassword'; login: Login }
  | { verb: 'saveText'; text: string }
  | {
      verb:
        | 'me'
        | 'dc'
        | 'session'
        | 'logOut'
        | 'close'
        | 'qrDone'
        | 'heard'
        | 'serviceChat'
        | 'readServiceChat'
        | 'savedTexts'
    }

/** What the child answers. */
export type Answer = { value: unknown } | { refusal: Refusal } | { failure: string }

/** Serves the runner's questions until it hangs up. */
export function serveAdapter(adapter: Adapter & Partial<WaysIn & Chats>): void {
  let server: ReadyLine | undefined
  const perform = async (ask: Ask): Promise<unknown> => {
    switch (ask.verb) {
      case 'open':
        server = ask.server
        return adapter.open(ask.server, ask.session, ask.folder)
      case 'tryCode':
        return adapter.tryCode(ask.phone, ask.code)
      case 'logIn':
        if (!server) throw new Error('log in before open')
        return adapter.logIn(ask.login, await codesFor(server.console, ask.login))
      case 'showQr':
        return adapter.showQr?.(ask.password)
      case 'qrDone':
        return adapter.qrDone?.()
      case 'acceptQr':
        return adapter.acceptQr?.(ask.url)
      case 'logInBot':
        return adapter.logInBot?.(ask.token)
      case 'setPassword': {
        const { phone, email } = ask
        if (!server || phone === undefined || email === undefined)
          return adapter.setPassword?.(ask.password, ask.hint)
        const mail = await mailFor(server.console, phone)
        return adapter.setPassword?.(ask.password, ask.hint, { email, mail })
      }
      case 'recoverPassword': {
        if (!server) throw new Error('recover a password before open')
        const { console } = server
        const { login } = ask
        return adapter.recoverPassword?.(
          login,
          await codesFor(console, login),
          await mailFor(console, login.phone),
        )
      }
      case 'heard':
        return adapter.heard?.()
      case 'serviceChat':
        return adapter.serviceChat?.()
      case 'readServiceChat':
        return adapter.readServiceChat?.()
      case 'saveText':
        return adapter.saveText?.(ask.text)
      case 'savedTexts':
        return adapter.savedTexts?.()
      default:
        return adapter[ask.verb]()
    }
  }
  const asked = createInterface(process.stdin)
  asked.on('line', async (line) => {
    const answer = await answerOf(() => perform(JSON.parse(line) as Ask), adapter)
    writeSync(ANSWERS_FD, `${JSON.stringify(answer)}\n`)
  })
  asked.on('close', () => process.exit(0))
}

async function answerOf(perform: () => Promise<unknown>, adapter: Adapter): Promise<Answer> {
  try {
    return { value: (await perform()) ?? null }
  } catch (error) {
    const refusal = adapter.describe(error)
    return refusal
      ? { refusal }
      : { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** A person reading the inbox: types as many wrong codes as asked, then the one that was sent, then the next one. */
async function codesFor(console: string, login: Login): Promise<() => Promise<string>> {
  let [newestBefore]: (InboxEntry | undefined)[] = await listCodes(console, login.phone)
  let asked = 0
  return async () => {
    const sent = await waitForCode(console, login.phone, newestBefore?.id)
    asked += 1
    if (asked <= login.wrongCodes) return wrongCode(sent.code, asked)
    newestBefore = sent
    return sent.code
  }
}

/** A person reading their mail: the newest one that has come since. */
async function mailFor(console: string, phone: string): Promise<Mail> {
  const isMail = ({ channel }: InboxEntry): boolean => channel === 'email'
  const before = (await listCodes(console, phone)).find(isMail)
  return async () => {
    const [newest] = (await listCodes(console, phone)).filter(isMail)
    if (newest === undefined || newest.id === before?.id) throw new Error(`no mail for ${phone}`)
    return newest.code
  }
}

/** The passwords a person types: a wrong one, then the right one. */
export function passwordsFor(password: string | undefined): () => string {
  let asked = 0
  return () => {
    if (password === undefined) throw new Error('asked for a password the account does not have')
    asked += 1
    return asked === 1 ? `not ${password}` : password
  }
}

/** Who writes to every account in the server's name. */
export const SERVICE_USER_ID = 777000

/** Keeps what a client hears until it is asked for. */
export class Heard {
  readonly #texts: string[] = []
  #wake: () => void = () => undefined

  add(text: string): void {
    this.#texts.push(text)
    this.#wake()
  }

  async next(): Promise<string> {
    for (;;) {
      const text = this.#texts.shift()
      if (text !== undefined) return text
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** The token in a URL of a QR code. */
export function tokenOf(url: string): Buffer {
  return Buffer.from(new URL(url).searchParams.get('token') ?? '', 'base64url')
}

/** A code of the same length that is not this one. */
export function wrongCode(code: string, step = 1): string {
  return code.slice(0, -1) + String((Number(code.slice(-1)) + step) % 10)
}
