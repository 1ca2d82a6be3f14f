import { type ClientKeys, ConnectionError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { makeDcConnection, sessionDc } from './dc.ts'
import { fitSession } from './fit-session.ts'
import type { Connection } from './net/connection.ts'
import type { ClientOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { resolveServer } from './server/resolve.ts'
import type { App, Server } from './server/server.ts'
import { SessionKeeper } from './storage/keeper.ts'
import { MAX_LOGOUT_TOKENS, type Session } from './storage/session.ts'
import type { SessionStorage } from './storage/storage.ts'

const CONSOLE_TIMEOUT_MS = 10_000
/** How long to wait for the server to say that it has destroyed a key. */
const DESTROY_TIMEOUT_MS = 3_000

/** What there is while the client is connected. */
interface Live {
  readonly server: Server
  readonly app: App
  session: Session
  connection: Connection
}

/** What a link is made of. */
export interface LinkOptions {
  readonly options: ClientOptions
  readonly platform: Platform
  readonly storage: SessionStorage
  readonly onUpdate: (body: Uint8Array) => void
  readonly onNewSession: () => void
}

/** A client's session and its connection to the data centre the session is at home in: opened, moved and closed together. */
export class Link {
  readonly #setup: LinkOptions
  readonly #keeper: SessionKeeper
  #live: Live | undefined
  #opening: Promise<Live> | undefined
  #closed = false
  #onKeyGone: () => void = () => {}

  constructor(setup: LinkOptions) {
    this.#setup = setup
    this.#keeper = new SessionKeeper(setup.storage)
  }

  /** The server, app and session, once open. */
  get live(): Readonly<Omit<Live, 'connection'>> | undefined {
    return this.#live
  }

  /** The connection, opened if it is not yet. */
  async connection(): Promise<Connection> {
    return (await this.#open()).connection
  }

  /** Takes what a login has told. */
  signedIn(userId: bigint, logoutToken: Uint8Array | undefined): void {
    if (!this.#live) return
    const { logoutTokens } = this.#live.session
    this.#change({ userId, logoutTokens: withToken(logoutTokens, logoutToken) })
  }

  /** Takes that the server says nobody is signed in. */
  signedOut(): void {
    if (this.#live?.session.userId !== undefined) this.#change({ userId: undefined })
  }

  /** Resolves once the session is safely stored. */
  save(): Promise<void> {
    return this.#keeper.flush()
  }

  /** Makes another data centre the one that calls go to. */
  async switchDc(dcId: number): Promise<void> {
    const live = await this.#open()
    if (live.session.dcId === dcId) return
    const connection = this.#makeConnection(live, dcId)
    this.#change({ dcId, userId: undefined })
    await this.#replace(live, connection, 'DC_SWITCHED', `The client has moved to data centre ${dcId}`)
  }

  /** Forgets all keys, here and on the server, and goes on with a new one. */
  async forgetKeys(logoutToken: Uint8Array | undefined): Promise<void> {
    const live = await this.#open()
    await this.#destroyKey(live.connection)
    const logoutTokens = withToken(live.session.logoutTokens, logoutToken)
    this.#change({ userId: undefined, dcs: {}, logoutTokens })
    const connection = this.#makeConnection(live, live.session.dcId)
    await this.#replace(live, connection, 'LOGGED_OUT', 'The client has logged out')
    await this.save()
  }

  /** Saves the session, gives it back, and ends the connection. */
  async close(): Promise<void> {
    this.#closed = true
    this.#live?.connection.close(closedError())
    await this.#opening?.catch(() => {})
    await this.#keeper.close()
  }

  #open(): Promise<Live> {
    if (this.#closed) return Promise.reject(closedError())
    this.#opening ??= this.#begin().catch(async (error: unknown) => {
      this.#opening = undefined
      this.#live = undefined
      await this.#keeper.close()
      throw error
    })
    return this.#opening
  }

  async #begin(): Promise<Live> {
    const { options, storage } = this.#setup
    const saved = await this.#keeper.open()
    const server = await resolveServer(options.server ?? 'production', CONSOLE_TIMEOUT_MS)
    const facts = { server, app: appOf(options, server), session: fitSession(saved, server, storage.name) }
    if (this.#closed) throw closedError()
    const live = { ...facts, connection: this.#makeConnection(facts, facts.session.dcId) }
    this.#live = live
    await live.connection.open()
    return live
  }

  #makeConnection({ server, app, session }: Omit<Live, 'connection'>, dcId: number): Connection {
    const { options, platform, onUpdate, onNewSession } = this.#setup
    const connection: Connection = makeDcConnection(dcId, {
      server,
      apiId: app.apiId,
      options,
      platform,
      saved: session.dcs[dcId],
      onUpdate,
      onNewSession,
      onSave: (keys) => this.#onSave(dcId, keys),
    })
    return connection
  }

  async #replace(live: Live, next: Connection, code: string, why: string): Promise<void> {
    live.connection.close(new ConnectionError(code, why))
    live.connection = next
    await next.open()
  }

  #onSave(dcId: number, keys: ClientKeys | undefined): void {
    if (!this.#live) return
    const { [dcId]: _, ...others } = this.#live.session.dcs
    if (keys) {
      this.#change({ dcs: { ...others, [dcId]: sessionDc(keys) } })
      return
    }
    const isHome = dcId === this.#live.session.dcId
    this.#change({ dcs: others, ...(isHome ? { userId: undefined } : {}) })
    this.#onKeyGone()
  }

  /** A server that does not say so in time may keep its half; nobody has ours any more. */
  #destroyKey(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#setup.platform.clock.after(DESTROY_TIMEOUT_MS, resolve)
      this.#onKeyGone = () => {
        this.#onKeyGone = () => {}
        cancel()
        resolve()
      }
      connection.destroyKey()
    })
  }

  #change(patch: Partial<Session>): void {
    if (!this.#live) return
    this.#live.session = { ...this.#live.session, ...patch }
    this.#keeper.change(this.#live.session)
  }
}

function withToken(tokens: readonly Uint8Array[], token: Uint8Array | undefined): readonly Uint8Array[] {
  return token ? [...tokens, token].slice(-MAX_LOGOUT_TOKENS) : tokens
}

function closedError(): ConnectionError {
  return new ConnectionError('CLIENT_CLOSED', 'The client was closed')
}

/** A server of one's own offers an app; Telegram wants one of your own. */
function appOf({ apiId, apiHash }: ClientOptions, server: Server): App {
  if (apiId !== undefined && apiHash !== undefined) return { apiId, apiHash }
  const [offered] = server.apps ?? []
  if (apiId === undefined && apiHash === undefined && offered) return offered
  const message =
    'Give the client `apiId` and `apiHash`; for Telegram itself they come from https://my.telegram.org/apps'
  throw new UsageError('API_ID_MISSING', message)
}
