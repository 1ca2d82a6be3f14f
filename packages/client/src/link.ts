import { type ClientKeys, ConnectionError, MtprotoError, RpcError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { Params, Results } from '@cablegram/tl/api'
import { CdnLinks } from './cdn-links.ts'
import { type DcOptions, makeDcConnection, sessionDc } from './dc.ts'
import {
  addressesForCalls,
  addressesForLane,
  addressesToKeep,
  configuredAddresses,
  type KnownAddress,
  knownAddresses,
  toKeep,
  unknownDc,
} from './dc-addresses.ts'
import { DcLink } from './dc-link.ts'
import { fitSession } from './fit-session.ts'
import { makeInitPrefix } from './init-prefix.ts'
import { endedBy, KEY_LOST, saysSignedOut } from './login-end.ts'
import { transferLogin } from './login-transfer.ts'
import { makeCall } from './make-call.ts'
import type { Connection, ConnectionOptions, ConnectionState, Traffic } from './net/connection.ts'
import { OpenSockets } from './net/open-sockets.ts'
import { Vigil } from './net/vigil.ts'
import type { ClientOptions } from './options.ts'
import { orAborted } from './or-aborted.ts'
import type { Platform } from './platform.ts'
import { loadSchema, type Schema } from './schema.ts'
import { resolveServer } from './server/resolve.ts'
import type { App, Server } from './server/server.ts'
import { isBuiltIn } from './server/telegram.ts'
import { isServerTrouble } from './server-trouble.ts'
import type { ConnectionStats } from './stats.ts'
import { type AccountStates, accountState } from './storage/account-state.ts'
import { SessionKeeper } from './storage/keeper.ts'
import { renewLogoutTokens, type Session, type SessionDc } from './storage/session.ts'
import type { SessionStorage } from './storage/storage.ts'

const CONSOLE_TIMEOUT_MS = 10_000
const CONFIG_TIMEOUT_MS = 30_000
/** An answer that expires sooner, or that does not come, is asked for again after so long. */
const CONFIG_RETRY_MS = 600_000
const WHO_TIMEOUT_MS = 30_000

/** A connection for files, so that no other call waits behind their bytes; `cdn`: to one that only gives files. */
export type FileLane = 'upload' | 'download' | 'cdn'

/** State after the session and the server's description have been read. */
interface Facts {
  readonly schema: Schema
  readonly server: Server
  readonly app: App
  session: Session
}

/** Parts of a link. */
export interface LinkOptions {
  readonly options: ClientOptions
  readonly platform: Platform
  readonly storage: SessionStorage
  readonly onUpdate: (body: Uint8Array, schema: Schema) => void
  readonly onNewSession: () => void
  /** Told of every connection to a data centre; calls and updates go over the one at home. */
  readonly onState: (state: ConnectionState, of: { readonly dcId: number; readonly isHome: boolean }) => void
  /** Told that the machine may have slept, or has moved to another network. */
  readonly onSuspect: () => void
  readonly watchConnection: DcOptions['watchConnection']
  /** Told who is signed in, once that is known and whenever it changes; undefined: nobody is, if the server says so with its reason. */
  readonly onUser: (userId: bigint | undefined, endedBy?: string) => void
  /** Called at the end: to write what is left, if the session is still open, and to stop timers. */
  readonly beforeRelease: () => Promise<void>
  /** Told of what goes wrong outside of any call. */
  readonly onError: (error: unknown) => void
}

/**
 * A client's session and its connections to the server's data centres: the one where the session is at home, and others
 * while they are called. Opened, moved and closed together.
 */
export class Link {
  /** What the client remembers of the account beside its session. */
  readonly state: AccountStates
  /** Bytes of all its connections. */
  readonly traffic: Readonly<Traffic>
  readonly #traffic: Traffic = { sentBytes: 0, receivedBytes: 0 }
  readonly #sockets = new OpenSockets()
  readonly #setup: LinkOptions
  readonly #keeper: SessionKeeper
  readonly #dcs = new Map<number, DcLink>()
  /** Connections for files to the data centre at home, under the key of the one above; by lane and data centre. */
  readonly #lanes = new Map<string, DcLink>()
  readonly #cdns = new CdnLinks()
  /** Logins on their way to another data centre. */
  readonly #transfers = new Map<number, Promise<void>>()
  #facts: Facts | undefined
  #learning: Promise<Facts> | undefined
  /** The login is from an earlier run, and nobody has been told what may have been missed since. */
  #isResumed: boolean | undefined
  /** The server is being asked who is signed in. */
  #learningUser: Promise<void> | undefined
  /** The session is being given back. */
  #releasing: Promise<void> = Promise.resolve()
  readonly #closing = new AbortController()
  readonly #vigil: Vigil
  /** Until when the addresses of the server need not be asked for, by its clock. */
  #configUntilMs = 0

  constructor(setup: LinkOptions) {
    this.traffic = this.#traffic
    this.#setup = setup
    this.#vigil = new Vigil({
      clock: setup.platform.clock,
      networkId: setup.platform.networkId,
      isNeeded: () => this.#all().some(({ isOpen }) => isOpen),
      onSuspect: () => {
        for (const dc of this.#all()) dc.probe()
        this.#cdns.probe()
        setup.onSuspect()
      },
    })
    this.#keeper = new SessionKeeper(setup.storage, setup.onError)
    this.state = accountState(this.#keeper.state, async () => {
      const { session } = this.#facts ?? (await this.#learned())
      return session.userId
    })
  }

  /** Server, app and session, once known. */
  get facts(): Readonly<Facts> | undefined {
    return this.#facts
  }

  /**
   * A data centre, connected.
   *
   * @param dcId undefined: home
   */
  async open(dcId?: number): Promise<DcLink> {
    const facts = await this.#learned()
    const id = dcId ?? facts.session.dcId
    const dc = this.#dcs.get(id) ?? (await this.#makeDc(id, facts))
    try {
      this.#vigil.look()
      await dc.open()
      await this.#learnUser(dc)
      this.#onOpened(dc, facts)
      return dc
    } catch (error) {
      await this.#onUnreachable(facts)
      throw error
    }
  }

  /**
   * A data centre that is connected already, for a call that need not wait.
   *
   * @param dcId undefined: home
   * @returns undefined if `open` has something to wait for
   */
  opened(dcId?: number): DcLink | undefined {
    const facts = this.#facts
    if (!facts || this.closed.aborted || facts.session.hasUnknownUser === true) return undefined
    const dc = this.#dcs.get(dcId ?? facts.session.dcId)
    if (!dc?.isUp) return undefined
    this.#vigil.look()
    this.#onOpened(dc, facts)
    return dc
  }

  #onOpened(dc: DcLink, facts: Facts): void {
    this.#tellResumed(dc)
    this.#refreshAddresses(dc, facts)
    this.#setup.onUser(this.#facts?.session.userId)
  }

  /**
   * A data centre, connected for calls that carry files. Away from home that is the connection that all calls there share;
   * at home it is one of its own, under the same key.
   */
  async openLane(lane: FileLane, dcId?: number): Promise<DcLink> {
    if (lane === 'cdn') return await this.#openCdn(dcId)
    const main = await this.open(dcId)
    const facts = await this.#learned()
    if (!this.isHome(main)) return main
    const name = `${lane} ${main.dcId}`
    const known = this.#lanes.get(name)
    const link = known ?? this.#makeLane(lane, name, main, facts)
    this.#lanes.set(name, link)
    await link.open()
    return link
  }

  /** The connections that it has; those to CDNs come and go with their files. */
  get connections(): ConnectionStats[] {
    const dcs = [...this.#dcs.values()].map((dc) => {
      const purpose = this.isHome(dc) ? ('home' as const) : ('away' as const)
      return { dcId: dc.dcId, purpose, ...dc.stats }
    })
    const lanes = [...this.#lanes].map(([name, { dcId, stats }]) => {
      const purpose = name.startsWith('upload') ? ('upload' as const) : ('download' as const)
      return { dcId, purpose, ...stats }
    })
    return [...dcs, ...lanes]
  }

  /** Aborts when the client is closed; its reason is the ConnectionError CLIENT_CLOSED. */
  get closed(): AbortSignal {
    return this.#closing.signal
  }

  /** The time by the server's clock, as far as it is known. */
  serverNowMs(): number {
    const { session } = this.#facts ?? {}
    const offsetMs = session?.dcs[session.dcId]?.timeOffsetMs ?? 0
    return this.#setup.platform.clock.nowMs() + offsetMs
  }

  /** The first connection of an earlier login emits `updatesTooLong` once, because updates may have come while no program ran. */
  #tellResumed(dc: DcLink): void {
    if (this.#isResumed !== true || !this.isHome(dc)) return
    this.#isResumed = false
    if (this.#facts?.session.userId !== undefined) this.#setup.onNewSession()
  }

  /** Whether this is where the session is at home. */
  isHome({ dcId }: DcLink): boolean {
    return this.#facts?.session.dcId === dcId
  }

  /** Takes what a login has told. */
  signedIn(userId: bigint, logoutToken: Uint8Array | undefined): void {
    if (!this.#facts) return
    const { logoutTokens } = this.#facts.session
    const renewed = renewLogoutTokens(logoutTokens, userId, logoutToken)
    this.#change({ userId, logoutTokens: renewed, endedLogin: undefined })
  }

  /** Takes what the end of the login has told, which the program asked for. */
  signedOut(logoutToken: Uint8Array | undefined): void {
    if (!this.#facts) return
    const { userId, logoutTokens = [] } = this.#facts.session
    const kept = logoutToken ? renewLogoutTokens(logoutTokens, userId, logoutToken) : logoutTokens
    this.#change({ userId: undefined, logoutTokens: kept, endedLogin: undefined })
  }

  /** Takes note of the user of a login that was made elsewhere. */
  recognise(userId: bigint | undefined): void {
    if (userId !== undefined) this.#change({ userId, hasUnknownUser: undefined, endedLogin: undefined })
  }

  /** A session of another library may not say who is signed in: the server does. */
  async #learnUser(dc: DcLink): Promise<void> {
    if (this.#facts?.session.hasUnknownUser !== true || !this.isHome(dc)) return
    this.#learningUser ??= this.#askForUser(dc, this.#facts).finally(() => {
      this.#learningUser = undefined
    })
    await this.#learningUser
  }

  async #askForUser(dc: DcLink, { schema }: Facts): Promise<void> {
    const call = makeCall(
      schema,
      'users.getUsers',
      { id: [{ _: 'inputUserSelf' }] },
      { timeoutMs: WHO_TIMEOUT_MS },
    )
    try {
      const [user] = await dc.call(call)
      this.recognise(user?.id)
    } catch (error) {
      if (!saysSignedOut(error)) throw error
      this.onRefused(dc, error)
      this.#change({ hasUnknownUser: undefined })
    }
  }

  /** Keeps a login on its way, or forgets it. */
  keepLogin(pendingLogin: Session['pendingLogin']): void {
    if (this.#facts?.session.pendingLogin !== pendingLogin) this.#change({ pendingLogin })
  }

  /**
   * Takes note of an error that ends a login or voids a key. Such a key is forgotten: the next call makes a new one.
   *
   * @returns whether the error ended anything
   */
  onRefused(dc: DcLink, error: RpcError): boolean {
    const ended = endedBy(error)
    if (ended === undefined) return false
    // Another call with the same key may have been refused before, and its key replaced since.
    if (this.#facts === undefined || !this.#isCurrent(dc)) return true
    const { session } = this.#facts
    const hadLogin = this.isHome(dc)
      ? session.userId !== undefined
      : session.dcs[dc.dcId]?.loginOf !== undefined
    if (ended === 'key' || (ended === 'login' && hadLogin)) this.#forgetKey(dc, error.type)
    else if (this.isHome(dc)) this.#change(endOf(session, error.type))
    else this.#changeDc(dc.dcId, { loginOf: undefined })
    return true
  }

  /**
   * Brings the login from home to another data centre, where there is one and it is not there yet.
   *
   * @throws RpcError where one of the two refuses
   */
  async bringLogin(dc: DcLink): Promise<void> {
    const { session } = await this.#learned()
    if (session.userId === undefined || session.dcs[dc.dcId]?.loginOf === session.userId) return
    const running = this.#transfers.get(dc.dcId) ?? this.#transfer(dc)
    this.#transfers.set(dc.dcId, running)
    await running
  }

  /** Resolves once the session is safely stored. */
  save(): Promise<void> {
    return this.#keeper.flush()
  }

  /** Makes another data centre home. Calls on their way to the old one are still answered there. */
  async switchDc(dcId: number): Promise<void> {
    const { session } = await this.#learned()
    if (session.dcId === dcId) return
    await this.open(dcId)
    const left = this.#facts?.session.dcId
    if (left === undefined || left === dcId) return
    this.#change({ dcId, userId: undefined })
    this.#changeDc(dcId, { loginOf: undefined })
    this.#dcs.get(left)?.rest()
    // It was not home when it was opened: its timer is still running.
    this.#dcs.get(dcId)?.rest()
  }

  /**
   * Forgets all keys, here and on the server. The next call makes a new one.
   *
   * @throws ConnectionError CLIENT_CLOSED if the client is closed meanwhile: the session keeps its keys then
   */
  async forgetKeys(): Promise<void> {
    await this.open()
    await Promise.all([...this.#dcs.values()].map((dc) => dc.destroyKey()))
    if (this.closed.aborted) throw closedError()
    this.#change({ userId: undefined, dcs: {}, endedLogin: undefined })
    this.#closeDcs(new ConnectionError('LOGGED_OUT', 'The client has logged out'))
    await this.save()
  }

  /** Saves the session, gives it back, and ends the connections. */
  async close(): Promise<void> {
    this.#closing.abort(closedError())
    this.#vigil.stop()
    this.#closeDcs(closedError())
    await this.#learning?.catch(() => {})
    await this.#setup.beforeRelease()
    await this.#keeper.close()
    await this.#releasing
    await this.#sockets.allClosed()
  }

  /** The server has no use for this key any more; calls that wait for answers under it fail. */
  #forgetKey(dc: DcLink, reason: string): void {
    const { session } = this.#facts ?? {}
    if (!session) return
    const { [dc.dcId]: _gone, ...dcs } = session.dcs
    // A login on its way belongs to its key.
    this.#change({ dcs, ...(this.isHome(dc) && { ...endOf(session, reason), pendingLogin: undefined }) })
    const error = new ConnectionError('SESSION_ENDED', `The server has ended this session: ${reason}`)
    this.#dcs.get(dc.dcId)?.close(error)
    this.#dcs.delete(dc.dcId)
    this.#closeLanes(error, dc.dcId)
  }

  #all(): DcLink[] {
    return [...this.#dcs.values(), ...this.#lanes.values()]
  }

  #isCurrent(dc: DcLink): boolean {
    return this.#dcs.get(dc.dcId) === dc || [...this.#lanes.values()].includes(dc)
  }

  #closeDcs(reason: ConnectionError): void {
    for (const dc of this.#dcs.values()) dc.close(reason)
    this.#dcs.clear()
    this.#closeLanes(reason)
  }

  /** @param dcId undefined: those to all data centres */
  #closeLanes(reason: ConnectionError, dcId?: number): void {
    if (dcId === undefined) this.#cdns.close(reason)
    for (const [name, lane] of this.#lanes) {
      if (dcId !== undefined && lane.dcId !== dcId) continue
      this.#lanes.delete(name)
      lane.close(reason)
    }
  }

  #learned(): Promise<Facts> {
    if (this.closed.aborted) return Promise.reject(closedError())
    this.#learning ??= this.#learn()
    return this.#learning
  }

  async #learn(): Promise<Facts> {
    const { options, storage } = this.#setup
    try {
      await this.#releasing
      const saved = await this.#openSession()
      const server = await resolveServer(
        options.server ?? 'production',
        CONSOLE_TIMEOUT_MS,
        options.consoleToken,
        this.closed,
      )
      const schema = await loadSchema()
      const session = fitSession(saved, server, storage.name, options.server !== undefined)
      const app = appOf(options, server)
      this.#facts = { schema, server, app, session }
      this.#isResumed ??= saved?.userId !== undefined || saved?.hasUnknownUser === true
    } catch (error) {
      await this.#release()
      throw error
    }
    if (this.closed.aborted) throw closedError()
    return this.#facts
  }

  /** A storage may take long, or never end: a client that is closed does not wait for it. */
  async #openSession(): Promise<Session | undefined> {
    const opening = this.#keeper.open(this.closed)
    try {
      return await orAborted(opening, [this.closed])
    } catch (error) {
      // It may still be opened; if it is not, there is nothing to give back.
      opening.then(
        () => this.#keeper.close().catch(this.#setup.onError),
        () => {},
      )
      throw error
    }
  }

  /** If no data centre can be reached, the session is released until the next call tries again. */
  async #onUnreachable(facts: Facts): Promise<void> {
    // Another call that was waiting may have done so, and a third one begun anew.
    if (this.#facts !== facts || [...this.#dcs.values()].some(({ isOpen }) => isOpen)) return
    await this.#release()
  }

  async #release(): Promise<void> {
    this.#facts = undefined
    this.#learning = undefined
    this.#closeDcs(new ConnectionError('DC_IDLE', 'The main connection is lost'))
    this.#vigil.stop()
    const closing = this.#keeper.close()
    this.#releasing = closing.catch(() => {})
    await closing
  }

  async #makeDc(dcId: number, facts: Facts): Promise<DcLink> {
    const known = addressesForCalls(knownAddresses(dcId, facts.server, facts.session))
    const addresses = known.length > 0 ? known : await this.#askAddresses(dcId, facts)
    if (this.closed.aborted) throw closedError()
    const dc = new DcLink({
      dcId,
      clock: this.#setup.platform.clock,
      makeConnection: (onSave) => this.#makeConnection(dcId, addresses, facts, onSave),
      onSave: (keys) => this.#onSave(dcId, keys),
      isHome: () => this.#facts?.session.dcId === dcId,
    })
    // Another call may have been quicker while this one asked.
    const made = this.#dcs.get(dcId) ?? dc
    this.#dcs.set(dcId, made)
    return made
  }

  /** The key is that of the main connection: a lane that loses it, or makes another, ends. */
  #makeLane(purpose: 'upload' | 'download', name: string, main: DcLink, facts: Facts): DcLink {
    const { dcId } = main
    const known = knownAddresses(dcId, facts.server, facts.session)
    const addresses = addressesForLane(purpose, known, main.address)
    const lane: DcLink = new DcLink({
      dcId,
      clock: this.#setup.platform.clock,
      makeConnection: (onSave) => this.#makeConnection(dcId, addresses, facts, onSave, false),
      onSave: (keys) => this.#onLaneSave(name, lane, keys),
      isHome: () => false,
    })
    return lane
  }

  /** The keys of a CDN, and where it is, are asked for at home. */
  async #openCdn(dcId: number | undefined): Promise<DcLink> {
    const facts = await this.#learned()
    const { options, platform } = this.#setup
    const { schema, server, app } = facts
    const ask = async <Method extends 'help.getConfig' | 'help.getCdnConfig'>(method: Method) => {
      const home = await this.open()
      return home.call(makeCall(schema, method, {} as Params<Method>, { timeoutMs: CONFIG_TIMEOUT_MS }))
    }
    const { onError: onListenerError } = this.#setup
    const quiet = { onUpdate: () => {}, onNewSession: () => {}, onState: () => {}, onListenerError }
    return await this.#cdns.open(dcId ?? facts.session.dcId, {
      ...{ clock: platform.clock, server },
      askConfig: () => ask('help.getConfig'),
      askKeys: () => ask('help.getCdnConfig'),
      connect: (parts) =>
        makeDcConnection({
          ...{ ...parts, ...quiet, platform, options: { ...options, pfs: false } },
          ...{ traffic: this.#traffic, sockets: this.#sockets },
          serverNowMs: () => this.serverNowMs(),
          watchConnection: this.#setup.watchConnection,
          initPrefix: makeInitPrefix(schema, app.apiId, options, platform),
        }),
    })
  }

  /** The main connection saves salts and clock. */
  #onLaneSave(name: string, lane: DcLink, keys: ClientKeys | undefined): void {
    const known = this.#facts?.session.dcs[lane.dcId]
    if (known && keys && isSameKey(known, keys)) return
    if (this.#lanes.get(name) === lane) this.#lanes.delete(name)
    lane.close(new ConnectionError('SESSION_ENDED', 'The key of a connection for files is gone'))
  }

  /** Asks home for what the server's description does not say; kept, for the session may be at home there one day. */
  async #askAddresses(dcId: number, { schema, server, session }: Facts): Promise<readonly KnownAddress[]> {
    if (dcId === session.dcId) throw unknownDc(dcId, server)
    const home = await this.open()
    try {
      const call = makeCall(schema, 'help.getConfig', {}, { timeoutMs: CONFIG_TIMEOUT_MS })
      const told = configuredAddresses(dcId, await home.call(call))
      const addresses = addressesForCalls(told)
      const kept = toKeep(told)
      if (kept === undefined || addresses.length === 0) throw unknownDc(dcId, server)
      this.#change({ addresses: { ...this.#facts?.session.addresses, [dcId]: kept } })
      return addresses
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      this.onRefused(home, error)
      throw endedBy(error) === 'key' || isPassing(error) ? error : unknownDc(dcId, server, error)
    }
  }

  /** Telegram moves: its addresses are asked for once in a run, and again when the answer has expired. */
  #refreshAddresses(dc: DcLink, { server, schema }: Facts): void {
    const nowMs = this.serverNowMs()
    if (!isBuiltIn(server) || !this.isHome(dc) || nowMs < this.#configUntilMs) return
    this.#configUntilMs = nowMs + CONFIG_RETRY_MS
    const call = makeCall(schema, 'help.getConfig', {}, { timeoutMs: CONFIG_TIMEOUT_MS })
    const keep = (config: Results['help.getConfig']) => {
      this.#configUntilMs = Math.max(this.#configUntilMs, config.expires * 1000)
      const addresses = {
        ...this.#facts?.session.addresses,
        ...addressesToKeep(config),
      }
      this.#change({ addresses })
    }
    // Asked again later; what the connection itself lacks, every call tells.
    dc.call(call).then(keep, (error: unknown) => {
      if (!(error instanceof MtprotoError)) this.#setup.onError(error)
    })
  }

  #makeConnection(
    dcId: number,
    addresses: readonly KnownAddress[],
    facts: Facts,
    onSave: ConnectionOptions['onSave'],
    isMain = true,
  ): Connection {
    const { options, platform, onUpdate, onNewSession, onState } = this.#setup
    const { schema, server, app, session } = facts
    const isHome = (): boolean => isMain && this.#facts?.session.dcId === dcId
    return makeDcConnection({
      dcId,
      addresses,
      server,
      initPrefix: makeInitPrefix(schema, app.apiId, options, platform),
      options,
      platform,
      serverNowMs: () => this.serverNowMs(),
      watchConnection: this.#setup.watchConnection,
      saved: session.dcs[dcId],
      onUpdate: (body) => isHome() && onUpdate(body, schema),
      onNewSession: () => isHome() && onNewSession(),
      onState: (state) => onState(state, { dcId, isHome: isHome() }),
      onListenerError: this.#setup.onError,
      traffic: this.#traffic,
      sockets: this.#sockets,
      onSave,
    })
  }

  #onSave(dcId: number, keys: ClientKeys | undefined): void {
    if (!this.#facts) return
    const { session } = this.#facts
    const { [dcId]: known, ...others } = session.dcs
    if (keys === undefined) {
      const isHome = dcId === session.dcId
      // A login on its way belongs to its key.
      this.#change({ dcs: others, ...(isHome && { ...endOf(session, KEY_LOST), pendingLogin: undefined }) })
      return
    }
    // A login belongs to its key.
    const loginOf = known && isSameKey(known, keys) ? known.loginOf : undefined
    this.#change({ dcs: { ...others, [dcId]: { ...sessionDc(keys), loginOf } } })
  }

  async #transfer(dc: DcLink): Promise<void> {
    try {
      const { schema } = await this.#learned()
      const home = await this.open()
      const userId = await transferLogin(home, dc, schema, (refuser, error) => this.onRefused(refuser, error))
      this.#changeDc(dc.dcId, { loginOf: userId })
    } finally {
      this.#transfers.delete(dc.dcId)
    }
  }

  #changeDc(dcId: number, patch: Pick<SessionDc, 'loginOf'>): void {
    const { [dcId]: known, ...others } = this.#facts?.session.dcs ?? {}
    if (known) this.#change({ dcs: { ...others, [dcId]: { ...known, ...patch } } })
  }

  #change(patch: Partial<Session>): void {
    if (!this.#facts) return
    this.#facts.session = { ...this.#facts.session, ...patch }
    this.#keeper.change(this.#facts.session)
    if ('userId' in patch) this.#setup.onUser(patch.userId, patch.endedLogin?.reason)
  }
}

/** Session after its login has ended; a session without a login stays as it is. */
function endOf({ userId, endedLogin }: Session, reason: string): Pick<Session, 'userId' | 'endedLogin'> {
  return { userId: undefined, endedLogin: userId === undefined ? endedLogin : { userId, reason } }
}

function isSameKey({ authKey }: SessionDc, keys: ClientKeys): boolean {
  return authKey.every((byte, index) => byte === keys.authKey.key[index])
}

/** The server may answer otherwise in a while: it asks for a wait, or is in trouble. */
function isPassing(error: RpcError): boolean {
  return error.code === 420 || isServerTrouble(error)
}

function closedError(): ConnectionError {
  return new ConnectionError('CLIENT_CLOSED', 'The client was closed')
}

/** A server of one's own offers an app; Telegram wants one of your own. */
function appOf(options: ClientOptions, server: Server): App {
  const { apiId, apiHash } = options
  if (apiId !== undefined && apiHash !== undefined) return { apiId, apiHash }
  const [offered] = server.apps ?? []
  if (apiId === undefined && apiHash === undefined && offered) return offered
  const message =
    'Give the client `apiId` and `apiHash`; for Telegram itself they come from https://my.telegram.org/apps.'
  const own = " A server of your own is named by the option `server`, such as 'http://127.0.0.1:10081'."
  throw new UsageError('API_ID_MISSING', options.server === undefined ? message + own : message)
}
