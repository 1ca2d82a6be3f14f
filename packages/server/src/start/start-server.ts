import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import { poolRandom } from '@cablegram/mtproto/crypto'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import { allowCommand } from '../console/acts/apps.ts'
import {
  type ConsoleListener,
  type ConsoleOptions,
  listenConsole,
  type NodesState,
  type OnConsole,
  type ServerInfo,
} from '../console/index.ts'
import { createInbox, type Inbox } from '../courier/index.ts'
import { resetStore } from '../database/index.ts'
import type { Store } from '../database/store.ts'
import { openWebFiles } from '../files/web/open-web-files.ts'
import { type Gateway, openGateway } from '../gateway/index.ts'
import { createClock, type MovableClock, machineTimer } from '../ground/clock.ts'
import type { Notices } from '../ground/ground.ts'
import { createLazyReference } from '../reference/index.ts'
import { firstApp } from '../rules/accounts/apps.ts'
import { listApps, putApp } from '../rules/accounts/decide-apps.ts'
import { type DueWork, startDueWork } from '../rules/chats/due-work.ts'
import { startForgetting } from '../rules/codes/forget.ts'
import { startSweeping } from '../rules/files/sweep.ts'
import { createRules, createSettings, type Rules, type Settings } from '../rules/index.ts'
import { checkFiles } from './check-files.ts'
import { createServerCalls } from './in-process.ts'
import { describeServer, VERSION } from './info.ts'
import { joinWhole, type Whole } from './join.ts'
import { listening } from './listen-errors.ts'
import { createLogger } from './logger.ts'
import { type Counts, countedCourier, createCounts, Metrics, watchGateway, watchNodes } from './metrics.ts'
import { openBus } from './open-bus.ts'
import { openFilesFor } from './open-files.ts'
import { openPictures } from './open-pictures.ts'
import { openStoreFor } from './open-store.ts'
import { type ResolvedOptions, resolveOptions, type ServerOptions } from './options.ts'
import { openCdnKeys, openRsaKeys, type RsaKeys } from './rsa-keys.ts'
import { applySeed, applySeedApps } from './seed.ts'
import type { CablegramServer } from './server-api.ts'
import { TEST_APP } from './test-app.ts'

/** The time that answers in flight may take once the server closes. */
const CLOSE_TIMEOUT_MS = 4_000

/**
 * Starts a server.
 * @throws {UsageError} where it cannot start: one sentence with the next step; nothing stays open
 *
 * @example
 * ```ts
 * const server = await startServer({ store: 'memory', testClock: true })
 * server.faults.add({ method: 'auth.sendCode', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 1 })
 * await server.clock.advance(300)
 * await server.close()
 * ```
 */
export async function startServer(options: ServerOptions = {}): Promise<CablegramServer> {
  const resolved = resolveOptions(options)
  const open: Closers = []
  try {
    return await start(resolved, open)
  } catch (error) {
    await closeAll(open)
    throw error
  }
}

/** The functions that close each open part; the last opened is closed first. */
type Closers = (() => Promise<void>)[]

/** @throws the first error of a part, once all parts are closed */
async function closeAll(open: Closers): Promise<void> {
  const failed: unknown[] = []
  for (let close = open.pop(); close !== undefined; close = open.pop()) {
    await close().catch((error: unknown) => failed.push(error))
  }
  if (failed.length > 0) throw failed[0]
}

async function start(options: ResolvedOptions, open: Closers): Promise<CablegramServer> {
  const parts = await openParts(options, open)
  let consoleUrl: string | undefined
  const gateway = await startGateway(options, parts, () => consoleUrl)
  open.push(() => gateway.close(CLOSE_TIMEOUT_MS))
  const stopFollowing = parts.whole.follow((aheadMs) => {
    gateway.setClockAhead(aheadMs)
    parts.rules.pressWaits.wakeAll()
    void parts.dueWork.run()
  })
  open.push(async () => stopFollowing())
  gateway.setClockAhead(parts.clock.aheadMs)
  watchGateway(parts.metrics, gateway)
  if (parts.whole.membership !== undefined) watchNodes(parts.metrics, () => describeNodes(parts))
  const addresses = {
    ...options,
    hasTls: options.tls !== undefined,
    dcs: gateway.dcs,
    publicKeys: parts.rsa.publicKeys,
  }
  const info = async ({ port: consolePort }: ConsoleListener): Promise<ServerInfo> =>
    describeServer({ ...addresses, consolePort, apps: await parts.rules.store.look(() => listApps()) })
  const closing = new AbortController()
  const on: OnConsole = {
    ...parts.rules,
    closing: closing.signal,
    clock: parts.clock,
    inbox: options.inbox ? parts.inbox : undefined,
    info: () => info(console),
    gateway,
    async advanceClock(ms) {
      await parts.whole.advanceClock(ms)
      await parts.dueWork.run()
    },
    testClock: options.testClock,
    metrics: () => parts.metrics.render(),
    nodes: () => describeNodes(parts),
    backUp: options.data === undefined ? undefined : backUpTo(options.data, parts.store, options.nowMs),
    reset: options.isMemory || options.testClock ? () => reset(options, on) : undefined,
  }
  if (parts.isNew) await furnish(options, on)
  else if (options.seed) parts.logger.warn('--seed is for new data folders: this one stays as it is')
  const reference = options.reference && createLazyReference(options.reference)
  if (reference !== undefined) open.push(() => reference.close())
  const docs = reference && { reference, testApp: TEST_APP }
  const console = await startConsole(options, on, parts.logger, docs)
  open.push(() => console.close())
  const known = await info(console)
  consoleUrl = known.console

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing.abort()
    // Bots have ten seconds for an answer, and the calls that wait for one have less now.
    parts.rules.pressWaits.close()
    closed ??= closeAll(open)
    return closed
  }
  return {
    info: known,
    ...createServerCalls(on, parts.inbox),
    onCode: (listener) => (options.inbox ? parts.inbox.onEntry(listener) : () => undefined),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** As it was right after the start; the keys and the apps stay, so that clients need not be told anything. */
async function reset({ seed = {} }: ResolvedOptions, on: OnConsole): Promise<void> {
  const { store, files, clock, gateway } = on
  gateway.faults.clear()
  clock.reset()
  gateway.setClockAhead(0)
  const nowS = Math.floor(clock.nowMs() / 1000)
  await files.clear(() => store.decide(() => resetStore(nowS)))
  await applySeed(seed, on)
}

/** Puts the seed and the first app into a new store. The apps come last: a store that has one is not new. */
async function furnish({ seed, isMemory }: ResolvedOptions, on: OnConsole): Promise<void> {
  const { store, clock } = on
  const createdAtS = Math.floor(clock.nowMs() / 1000)
  if (seed !== undefined) {
    // A start that was interrupted may have left a part of it.
    await store.decide(() => resetStore(createdAtS))
    try {
      await applySeed(seed, on)
    } catch (error) {
      await store.decide(() => resetStore(createdAtS))
      throw error
    }
    await applySeedApps(seed, on)
  }
  if (isMemory && !seed?.apps?.length) await store.decide(() => putApp({ ...TEST_APP, createdAtS }))
  await firstApp(on)
}

/** Everything but the listeners. */
interface Parts {
  readonly logger: Logger
  readonly random: Random
  readonly clock: MovableClock
  readonly bus: Bus
  readonly whole: Whole
  readonly store: Store
  readonly inbox: Inbox
  readonly settings: Settings
  readonly rules: Rules
  readonly dueWork: DueWork
  readonly rsa: RsaKeys
  /** The keys of the CDN; undefined: there is none. */
  readonly cdn: RsaKeys | undefined
  readonly metrics: Metrics
  readonly counts: Counts
  /** Nothing was ever kept in its store. */
  readonly isNew: boolean
}

async function openParts(options: ResolvedOptions, open: Closers): Promise<Parts> {
  const logger = createLogger(options.log)
  const random = poolRandom((length) => new Uint8Array(randomBytes(length)))
  const clock = createClock(options.nowMs)
  const store = await openStoreFor(options, { random, logger, onNudges: (nudges) => bus.publish(nudges) })
  open.push(() => store.close())
  const files = await openFilesFor(options, { random, store, logger })
  open.push(() => files.close())
  const pictures = openPictures(options.thumbnails, logger)
  open.push(async () => await pictures?.close())
  const name = Buffer.from(random(8)).toString('hex')
  const { bus, setOthers } = await openBus(options, { store, name, logger })
  open.push(() => bus.close())
  const inbox = createInbox({ store, bus, clock })
  const settings = settingsOf(options)
  warnOfOpenDoors(options, settings, logger)
  const metrics = new Metrics()
  const counts = createCounts(metrics)
  const courier = countedCourier(options.courier ?? inbox.courier, counts)
  let faults: Whole['faults'] | undefined
  const rules = createRules({
    store,
    files,
    pictures,
    web: openWebFiles({ hosts: settings.mediaHosts, startTimer: machineTimer }),
    clock,
    random,
    courier,
    bus,
    settings,
    referenceRound: (userId) => faults?.referenceRound(userId) ?? 0,
    filesMovedTo: (userId) => faults?.filesMovedTo(userId),
    ...logNotices(logger),
  })
  const nowS = Math.floor(clock.nowMs() / 1000)
  const rsa = await openRsaKeys(store, { memory: options.isMemory, nowS })
  const cdn = options.cdn === 'off' ? undefined : await openCdnKeys(store, nowS)
  const isNew = (await rules.store.look(() => listApps())).length === 0
  const whole = await joinWhole(options, {
    store,
    bus,
    clock,
    logger,
    name,
    settings,
    filesId: files.id,
    setOthers,
    recover: () => rules.recover(),
  })
  faults = whole.faults
  open.push(async () => {
    // A database that is away need not be told: the node stops beating.
    await whole.membership
      ?.leave()
      .catch((error: unknown) => logger.warn({ err: error }, 'the node was not taken off the list'))
  })
  // A node that other nodes have refused must not take their files over.
  await checkFiles(store, files)
  // Deliveries of other nodes that run are on their way.
  await rules.recover((whole.membership?.nodes.length ?? 1) === 1)
  const stopDeliveries = rules.deliveries.watch()
  open.push(async () => stopDeliveries())
  const stopForgetting = startForgetting(rules)
  open.push(async () => stopForgetting())
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'planned work was not done in time')
  const dueWork = startDueWork({ ...rules, onTrouble })
  open.push(() => dueWork.stop())
  const onSweepTrouble = (error: unknown): void => logger.warn({ err: error }, 'files were not swept')
  const sweeps = startSweeping({ ...rules, onTrouble: onSweepTrouble })
  open.push(() => sweeps.stop())
  return {
    logger,
    random,
    clock,
    bus,
    whole,
    store,
    inbox,
    settings,
    rules,
    dueWork,
    rsa,
    cdn,
    metrics,
    counts,
    isNew,
  }
}

/** Says what anybody could sign in with, if the server looks as if it were to serve the public. */
function warnOfOpenDoors({ limits, courier }: ResolvedOptions, settings: Settings, logger: Logger): void {
  if (limits !== 'strict' && courier === undefined) return
  if (settings.testNumbers) {
    logger.warn(
      'anybody can sign in with a test number (99966…): their codes are known; see --test-numbers off',
    )
  }
  if (settings.apps === 'any') logger.warn('apps that nobody has registered may sign in: see --apps')
}

/** The settings that options of their own change. */
function settingsOf({
  limits,
  dcs,
  cdn,
  mediaHosts,
  duplicateKeys,
  passkeyDomain,
  passkeyOrigins,
  terms,
  loginEmail,
  phoneInvalidCode,
  callCodes,
  codePayments,
  apps,
  testNumbers,
  settings,
}: ResolvedOptions): Settings {
  const usual = createSettings(limits)
  return createSettings(limits, {
    ...settings,
    dcs,
    cdn,
    terms,
    ...(mediaHosts !== undefined && { mediaHosts }),
    ...(callCodes !== undefined && { callChannels: callCodes }),
    ...(codePayments !== undefined && { codePayments }),
    ...(phoneInvalidCode !== undefined && { phoneInvalidCode }),
    ...(apps !== undefined && { apps }),
    ...(testNumbers !== undefined && { testNumbers: testNumbers === 'on' }),
    loginEmail: { ...usual.loginEmail, ...settings.loginEmail, ...loginEmail },
    passkeys: { ...usual.passkeys, rpId: passkeyDomain, origins: passkeyOrigins },
    ...(duplicateKeys !== undefined && { duplicateKeys }),
  })
}

function startGateway(
  options: ResolvedOptions,
  parts: Parts,
  consoleUrl: () => string | undefined,
): Promise<Gateway> {
  const { host, port, dcs, advertise, tls, proxyProtocol, mtproxySecrets } = options
  const { rules, bus, random, logger, rsa, cdn, store, settings, counts } = parts
  const saltSecret = store.secret.derive('server salts')
  const place = { host, port, hostOption: '--host', portOption: '--port' }
  return listening(place, () =>
    openGateway({
      host,
      port,
      dcs,
      advertise,
      tls,
      proxyProtocol,
      mtproxySecrets,
      consoleUrl,
      rules,
      langPacks: options.langPacks,
      bus,
      faults: parts.whole.faults,
      isShared: options.postgres !== undefined,
      rsaKeys: rsa.privateKeys,
      cdn,
      privatePems: rsa.privatePems,
      exchangeThreads: options.exchangeThreads,
      fileThreads: options.fileThreads,
      exchangeLimit: settings.exchangeLimit,
      waitTimeoutCode: settings.waitTimeoutCode,
      onRpc: counts.onRpc,
      onKeyMade: counts.onKeyMade,
      duplicates: settings,
      saltSecret,
      random,
      nowMs: options.nowMs,
      maxConnections: options.maxConnections,
      strangers: options.strangers,
      logger,
    }),
  )
}

function startConsole(
  { consoleHost: host, consolePort: port, consoleToken: token, allowOrigin }: ResolvedOptions,
  on: OnConsole,
  logger: Logger,
  docs: ConsoleOptions['docs'],
): Promise<ConsoleListener> {
  const place = { host, port, hostOption: '--console-host', portOption: '--console-port' }
  return listening(place, () =>
    listenConsole({ host, port, token, allowOrigin, on, logger, version: VERSION, docs }),
  )
}

function logNotices(logger: Logger): Pick<Notices, 'onCodeMissing' | 'onNewAppRefused' | 'onWebFileRefused'> {
  return {
    onCodeMissing({ channel, mnc }) {
      logger.warn({ channel, ...(/^\d{1,6}$/.test(mnc) && { mnc }) }, 'a code was reported missing')
    },
    onNewAppRefused({ apiId, reason }) {
      logger.warn({ apiId, reason }, `app ${apiId} was refused; let it in with: ${allowCommand(apiId)}`)
    },
    onWebFileRefused({ host, reason }) {
      logger.info({ host, reason }, 'a file by URL was not taken')
    },
  }
}

/** The state of this node among others; undefined for a single node. */
function describeNodes({ whole: { membership }, bus }: Pick<Parts, 'whole' | 'bus'>): NodesState | undefined {
  if (membership === undefined) return undefined
  const health = bus.health()
  const trouble = health.kind === 'redis' ? health.trouble : undefined
  return {
    bus: health.kind === 'redis' && trouble === undefined ? 'ok' : 'polling',
    ...(trouble !== undefined && { busTrouble: trouble }),
    node: membership.number,
    nodes: membership.nodes.length,
    clockSkewMs: membership.skewMs,
    isClockOff: membership.isClockOff,
  }
}

/** Backups go into the data folder, each into a folder with its time as a name. */
function backUpTo(data: string, store: Store, nowMs: () => number): () => Promise<{ file: string }> {
  return async () => {
    const name = new Date(nowMs()).toISOString().replace(/[:.]/g, '-')
    return { file: await store.backUp(resolve(data, 'backups', name)) }
  }
}
