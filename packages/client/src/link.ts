import { type ClientKeys, ConnectionError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { makeDcConnection, sessionDc } from './dc.ts'
import { fitSession } from './fit-session.ts'
import { makeInitPrefix } from './init-prefix.ts'
import type { Connection } from './net/connection.ts'
import type { Address } from './net/transport.ts'
import type { ClientOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { loadSchema, type Schema } from './schema.ts'
import { resolveServer } from './server/resolve.ts'
import type { App, Server } from './server/server.ts'
import { SessionKeeper } from './storage/keeper.ts'
import { MAX_LOGOUT_TOKENS, type Session } from './storage/session.ts'
import type { SessionStorage } from './storage/storage.ts'

const CONSOLE_TIMEOUT_MS = 10_000
/** How long to wait for the server to say that it has destroyed a key. */
const DESTROY_TIMEOUT_MS = 3_000

/** What is known once the session and the server's description have been read. */
interface Facts {
  readonly schema: Schema
  readonly server: Server
  readonly app: App
  session: Session
}

/** And once calls flow. */
interface Live {
  readonly facts: Facts
  readonly connection: Connection
}

/** What a link is made of. */
export interface LinkOptions {
  readonly options: ClientOptions
  readonly platform: Platform
  readonly storage: SessionStorage
  readonly onUpdate: (body: Uint8Array, schema: Schema) => void
  readonly onNewSession: () => void
}

/** A client's session and its connection to the data centre the session is at home in: opened, moved and closed together. */
export class Link {
  readonly #setup: LinkOptions
  readonly #keeper: SessionKeeper
  #facts: Facts | undefined
  /** Open, or being opened. */
  #connection: Connection | undefined
  #live: Live | undefined
  #opening: Promise<Live> | undefined
  #closed = false
  #onKeyGone: () => void = () => {}

  constructor(setup: LinkOptions) {
    this.#setup = setup
    this.#keeper = new SessionKeeper(setup.storage)
  }

  /** Server, app and session, once known. */
  get facts(): Readonly<Facts> | undefined {
    return this.#facts
  }

  /** The connection, opened if it is not yet. */
  async connection(): Promise<Connection> {
    return (await this.#open()).connection
  }

  /** Takes what a login has told. */
  signedIn(userId: bigint, logoutToken: Uint8Array | undefined): void {
    if (!this.#facts) return
    const { logoutTokens } = this.#facts.session
    this.#change({ userId, logoutTokens: withToken(logoutTokens, logoutToken) })
  }

  /** Takes that the server says nobody is signed in. */
  signedOut(): void {
    if (this.#facts?.session.userId !== undefined) this.#change({ userId: undefined })
  }

  /** Resolves once the session is safely stored. */
  save(): Promise<void> {
    return this.#keeper.flush()
  }

  /** Makes another data centre the one that calls go to, and connects to it. */
  async switchDc(dcId: number): Promise<void> {
    const { facts } = await this.#open()
    if (facts.session.dcId === dcId) return
    addressOf(dcId, facts.server)
    this.#change({ dcId, userId: undefined })
    this.#drop(new ConnectionError('DC_SWITCHED', `The client has moved to data centre ${dcId}`))
    await this.#open()
  }

  /** Forgets all keys, here and on the server. The next call makes a new one. */
  async forgetKeys(logoutToken: Uint8Array | undefined): Promise<void> {
    const { facts, connection } = await this.#open()
    await this.#destroyKey(connection)
    const logoutTokens = withToken(facts.session.logoutTokens, logoutToken)
    this.#change({ userId: undefined, dcs: {}, logoutTokens })
    this.#drop(new ConnectionError('LOGGED_OUT', 'The client has logged out'))
    await this.save()
  }

  /** Saves the session, gives it back, and ends the connection. */
  async close(): Promise<void> {
    this.#closed = true
    this.#connection?.close(closedError())
    await this.#opening?.catch(() => {})
    await this.#keeper.close()
  }

  /** A connection that has failed for good is not the end: whoever calls next gets a new one. */
  #open(): Promise<Live> {
    if (this.#closed) return Promise.reject(closedError())
    if (this.#live?.connection.hasEnded) this.#forgetConnection()
    this.#opening ??= this.#begin()
    return this.#opening
  }

  async #begin(): Promise<Live> {
    try {
      this.#facts ??= await this.#learn()
      if (this.#closed) throw closedError()
      this.#connection = this.#makeConnection(this.#facts)
      await this.#connection.open()
      this.#live = { facts: this.#facts, connection: this.#connection }
      return this.#live
    } catch (error) {
      this.#forgetConnection()
      this.#facts = undefined
      await this.#keeper.close()
      throw error
    }
  }

  async #learn(): Promise<Facts> {
    const { options, storage } = this.#setup
    const saved = await this.#keeper.open()
    const server = await resolveServer(options.server ?? 'production', CONSOLE_TIMEOUT_MS)
    const schema = await loadSchema()
    return { schema, server, app: appOf(options, server), session: fitSession(saved, server, storage.name) }
  }

  #makeConnection({ schema, server, app, session }: Facts): Connection {
    const { options, platform, onUpdate, onNewSession } = this.#setup
    const { dcId } = session
    return makeDcConnection({
      dcId,
      address: addressOf(dcId, server),
      server,
      initPrefix: makeInitPrefix(schema, app.apiId, options, platform),
      options,
      platform,
      saved: session.dcs[dcId],
      onUpdate: (body) => onUpdate(body, schema),
      onNewSession,
      onSave: (keys) => this.#onSave(dcId, keys),
    })
  }

  #drop(reason: ConnectionError): void {
    this.#connection?.close(reason)
    this.#forgetConnection()
  }

  #forgetConnection(): void {
    this.#connection = undefined
    this.#live = undefined
    this.#opening = undefined
  }

  #onSave(dcId: number, keys: ClientKeys | undefined): void {
    if (!this.#facts) return
    const { session } = this.#facts
    const { [dcId]: _, ...others } = session.dcs
    if (keys) {
      this.#change({ dcs: { ...others, [dcId]: sessionDc(keys) } })
      return
    }
    this.#change({ dcs: others, userId: dcId === session.dcId ? undefined : session.userId })
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
    if (!this.#facts) return
    this.#facts.session = { ...this.#facts.session, ...patch }
    this.#keeper.change(this.#facts.session)
  }
}

function withToken(tokens: readonly Uint8Array[], token: Uint8Array | undefined): readonly Uint8Array[] {
  return token ? [...tokens, token].slice(-MAX_LOGOUT_TOKENS) : tokens
}

function closedError(): ConnectionError {
  return new ConnectionError('CLIENT_CLOSED', 'The client was closed')
}

function addressOf(dcId: number, server: Server): Address {
  const found = server.dcs.find(({ id }) => id === dcId)
  if (!found) throw new UsageError('DC_UNKNOWN', `The server ${server.name} has no data centre ${dcId}`)
  return found
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
