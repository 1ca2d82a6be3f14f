/**
 * The contract of a client under test, and the child process around it. The runner asks on standard input,
 * one JSON line per verb; the adapter does it with the client as its package ships it, and answers with one
 * JSON line on descriptor 3. So the client's own output stays apart.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type InboxEntry, listCodes, waitForCode } from '../../test/e2e/console.ts'
import type { ReadyLine } from '../../test/e2e/serve.ts'
import { ANSWERS_FD, type Heard as HeardEvent, type TalkAsk, type Talks } from './talks.ts'

/** The signed-in user as the client sees it. */
export interface Me {
  id: string
  phone: string
  firstName: string
}

/**
 * A refusal in the client's own words. `own`: it is an instance of the error type that the client
 * documents.
 */
export interface Refusal {
  code: number
  text: string
  own: boolean
}

/** A login by phone number. */
export interface Login {
  phone: string
  firstName: string
  lastName: string
  /** How many wrong codes to type before the right one. */
  wrongCodes: number
  /** The password, if the account has one; a wrong one is typed first. */
  password?: string
  /** The login e-mail to set up if the number requires one. */
  email?: string
  /** The token that an earlier logout gave this client: no code should be asked for. */
  byToken?: boolean
}

/** One client. Every method may throw the client's own errors; `describe` translates them. */
export interface Adapter {
  /** @param folder for the client's files; the runner removes it */
  open(server: ReadyLine, session: string | undefined, folder: string): Promise<void>
  /** Asks for a code and types this one; throws the refusal. */
  tryCode(phone: string, code: string): Promise<void>
  /**
   * The client's own interactive login, sign-up included. Resolves to how often it asked again, for the
   * code or for the password.
   */
  logIn(login: Login, nextCode: () => Promise<string>): Promise<number>
  me(): Promise<Me>
  /** Its home data centre. */
  dc(): Promise<number>
  session(): Promise<string>
  logOut(): Promise<void>
  close(): Promise<void>
  describe(error: unknown): Refusal | undefined
}

/** The other login methods of a client, if it has them. */
export interface WaysIn {
  /** Begins a login by QR code and resolves to its URL; `qrDone` resolves once somebody has accepted it. */
  showQr(password: string | undefined): Promise<string>
  qrDone(): Promise<void>
  /** Accepts the login that shows this URL as a QR code. */
  acceptQr(url: string): Promise<void>
  logInBot(token: string): Promise<void>
  /** Sets the account's first password with the client's own method; a recovery address is confirmed. */
  setPassword(password: string, hint: string, recovery?: Recovery): Promise<void>
  /** Logs in, says that the password is lost, and removes it with the code sent to the recovery address. */
  recoverPassword(login: Login, nextCode: () => Promise<string>, mail: Mail): Promise<void>
}

/** Resolves to the code of the account's next mail, once requested. */
export type Mail = () => Promise<string>

/** The address for the recovery code. */
export interface Recovery {
  email: string
  mail: Mail
}

/** The chat functions of a client, if it has them. */
export interface Chats {
  /**
   * The text of the next message that arrives by itself, in any chat; one that has already arrived counts.
   */
  heard(): Promise<string>
  /** The service chat, found in the client's own list of chats. */
  serviceChat(): Promise<ServiceChat>
  /** Marks the service chat as read. */
  readServiceChat(): Promise<void>
  /** Sends a text to Saved Messages and waits until it is sent. */
  saveText(text: string): Promise<void>
  /** The texts of Saved Messages, newest first. */
  savedTexts(): Promise<string[]>
}

/** A chat: its texts, newest first, and the number of unread ones. */
export interface ServiceChat {
  texts: string[]
  unread: number
}

/** A question of the runner. */
export type Ask =
  | TalkAsk
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

/** An answer of the child. */
export type Answer = { value: unknown } | { refusal: Refusal } | { failure: string }

/** A line of the child: an answer, or something that its client heard by itself. */
export type Line = Answer | { heard: HeardEvent }

/** Tells the runner what was heard. */
export function tell(heard: HeardEvent | undefined): void {
  if (heard !== undefined) writeSync(ANSWERS_FD, `${JSON.stringify({ heard })}\n`)
}

/** Serves the runner's questions until it hangs up. */
export function serveAdapter(adapter: Adapter & Partial<WaysIn & Chats & Talks>): void {
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
      case 'talk': {
        const act = adapter[ask.act] as ((...args: readonly unknown[]) => Promise<unknown>) | undefined
        return act?.(...ask.with)
      }
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

/**
 * A person who reads the inbox: types as many wrong codes as asked, then the right one, then the next one.
 */
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

/** A person who reads their mail: the newest one since. */
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

/** The user that writes to every account in the server's name. */
export const SERVICE_USER_ID = 777000

/** Keeps what a client hears until the runner asks for it. */
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
