import type { SecureContext } from 'node:tls'
import {
  type ConnectionId,
  createServerMachine,
  type Random,
  type ServerInput,
  type ServerLimits,
  type ServerMachineOptions,
  type SessionRef,
} from '@cablegram/mtproto'
import { encode } from '@cablegram/tl/api'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import { machineTimer } from '../ground/clock.ts'
import type { LangPacks } from '../lang-packs/index.ts'
import { Delays } from '../rpc/apply-fault.ts'
import { Dispatcher } from '../rpc/dispatch.ts'
import { DuplicateKeys } from '../rpc/duplicate-keys.ts'
import type { Faults } from '../rpc/faults.ts'
import { createKeyPort } from '../rpc/key-port.ts'
import { LayerCodecs } from '../rpc/layer-codecs.ts'
import { Presence } from '../rpc/presence.ts'
import { PushGate } from '../rpc/push-gate.ts'
import { Subscribers } from '../rpc/subscribers.ts'
import { ToldAgain } from '../rpc/told-again.ts'
import { WatchedCalls } from '../rpc/watched-calls.ts'
import type { Rules, Settings } from '../rules/index.ts'
import type { AccountEnds } from '../rules/messages/decide-box-log.ts'
import { noteGone, noteStillHere } from '../rules/people/statuses.ts'
import { CIPHERED_APART_BYTES, createCipherPool } from './cipher-pool.ts'
import { CDN_DC, type DataCentre, listenForDcs } from './data-centres.ts'
import { Driver, type ShownConnection } from './driver.ts'
import { Entrance } from './entrance.ts'
import { createExchangePool } from './exchange-pool.ts'
import { FakeTls } from './fake-tls.ts'
import { type StrangerLimits, Strangers } from './strangers.ts'

/** Nodes without a bus note this often who is there: sooner than a person whose connection is lost counts as gone. */
const SEEN_AGAIN_S = 3

/** The keys that the CDN proves itself with. */
export interface CdnKeys {
  readonly privateKeys: ServerMachineOptions['rsaKeys']
  readonly privatePems: readonly string[]
  readonly publicKeys: readonly { readonly pem: string }[]
}

/** Options of a gateway. */
export interface GatewayOptions {
  readonly host: string
  /** The port of the first data centre; 0 takes any free one. */
  readonly port: number
  /** Number of data centres, on consecutive ports. */
  readonly dcs: number
  /** The address announced to clients, if it differs from the one they reached us at. */
  readonly advertise: string | undefined
  /** The TLS certificate, if there is one. */
  readonly tls: SecureContext | undefined
  /** True if a balancer in front announces the address of each client. */
  readonly proxyProtocol: boolean
  readonly mtproxySecrets: readonly Uint8Array[]
  /** Told to browsers that come here; undefined while the console is not open. */
  readonly consoleUrl: () => string | undefined
  readonly rules: Rules
  readonly langPacks: LangPacks
  readonly bus: Bus
  readonly faults: Faults
  /** Other nodes share the database. */
  readonly isShared: boolean
  readonly rsaKeys: ServerMachineOptions['rsaKeys']
  /** The keys of the CDN; undefined: there is none. */
  readonly cdn: CdnKeys | undefined
  /** The same keys, for other threads. */
  readonly privatePems: readonly string[]
  /** Threads for key exchanges. */
  readonly exchangeThreads: number
  /** Threads that seal and open parts of files. */
  readonly fileThreads: number
  readonly exchangeLimit: Settings['exchangeLimit']
  readonly waitTimeoutCode: Settings['waitTimeoutCode']
  /** Settings for keys that two addresses use at the same time. */
  readonly duplicates: Pick<Settings, 'duplicateKeys' | 'duplicateWithinS'>
  /** 32 bytes. */
  readonly saltSecret: Uint8Array
  readonly random: Random
  /** The wall clock: the test clock moves the rules, never the wire. */
  readonly nowMs: () => number
  /** Connections that each port takes at the same time. */
  readonly maxConnections: number
  readonly strangers: Omit<StrangerLimits, 'nowMs'>
  /** Told of each answer: `ok`, or the type of its error. */
  readonly onRpc: (method: string, result: string) => void
  readonly onKeyMade: (kind: 'permanent' | 'temporary', result: 'kept' | 'refused') => void
  readonly logger: Logger
}

/** Takes the connections of MTProto clients. */
export interface Gateway {
  readonly faults: Faults
  /** The calls of accounts that tests act as. */
  readonly watchedCalls: WatchedCalls
  /** Tells whether an account has a connection to this node. */
  isHere(userId: bigint): boolean
  /** The ends of an account's logs; undefined while something of them has not left to its sessions on this node. */
  toldEnds(userId: bigint): Promise<AccountEnds | undefined>
  /** The open connections, the oldest first. */
  connections(): ShownConnection[]
  /** Entries of the protocol machine, by table. */
  sizes(): Readonly<Record<string, number>>
  readonly dcs: readonly DataCentre[]
  /** The rules' clock is this far ahead of the wall clock. */
  setClockAhead(aheadMs: number): void
  /** Takes no more connections, answers what is in flight, flushes and closes. */
  close(timeoutMs: number): Promise<void>
}

/** Listens, with the protocol machine behind every connection. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { host, port, advertise, rules, bus, rsaKeys, saltSecret, random, nowMs, logger } = options
  let listed: readonly DataCentre[] = []
  const dataCentresFor = ({ localIp }: { localIp: string }) =>
    listed.map((dc) => ({ ...dc, ip: advertise ?? localIp }))
  const codecs = new LayerCodecs()
  const onTrouble = (error: unknown): void => logger.error({ err: error }, 'update not sent')
  const duplicateKeys = new DuplicateKeys(options.duplicates)
  const { faults } = options
  const delays = new Delays()
  const gate = new PushGate({ faults, delays })
  const isOpen = (connection: ConnectionId): boolean => driver.isOpen(connection)
  const subscribers = new Subscribers(rules, codecs, { isShared: options.isShared, onTrouble, gate, isOpen })
  const onGone = (userId: bigint, forMs: number): void => {
    const onGoneTrouble = (error: unknown) => logger.warn({ err: error }, 'status not noted')
    noteGone(rules, userId, forMs).catch(onGoneTrouble)
  }
  const noteHere = (userIds: readonly bigint[], staleS: number): void => {
    const onHereTrouble = (error: unknown) => logger.warn({ err: error }, 'status not noted')
    noteStillHere(rules, userIds, staleS).catch(onHereTrouble)
  }
  const presence = new Presence({
    onLeaving: (userId) => {
      if (options.isShared) bus.publish([{ kind: 'leaving', userId: String(userId) }])
    },
    onGone,
    isOpen,
    startTimer: machineTimer,
  })
  const watchedCalls = new WatchedCalls()
  const dispatcher = new Dispatcher({
    rules,
    presence,
    watchedCalls,
    nowMs,
    langPacks: options.langPacks,
    dataCentresFor,
    cdnKey: options.cdn?.publicKeys[0]?.pem,
    codecs,
    subscribers,
    duplicateKeys,
    faults,
    delays,
    waitTimeoutCode: options.waitTimeoutCode,
    onRpc: options.onRpc,
    logger,
  })
  const input = (step: ServerInput): void => driver.input(step)
  const forget = (authKeyId: bigint): void => input({ kind: 'dropKey', authKeyId, reason: 'unknown' })
  const { cdn, exchangeThreads, fileThreads } = options
  const privatePems = [...options.privatePems, ...(cdn?.privatePems ?? [])]
  const allKeys = [...rsaKeys, ...(cdn?.privateKeys ?? [])]
  const exchangeKeys = { rsaKeys: allKeys, privatePems, random }
  const exchanges = createExchangePool({ threads: exchangeThreads, ...exchangeKeys, nowMs, logger })
  const ciphers = createCipherPool({ threads: fileThreads, nowMs, logger })
  const machine = createServerMachine({
    random,
    rsaKeys,
    ownKeys: cdn && { dcId: CDN_DC, rsaKeys: cdn.privateKeys },
    saltSecret,
    mtproxySecrets: options.mtproxySecrets,
    offloadsExchanges: true,
    offloadsCiphersFrom: fileThreads > 0 ? CIPHERED_APART_BYTES : undefined,
    limits: limitsOf(options.exchangeLimit, rules.settings),
  })
  const driver = new Driver({
    machine,
    nowMs,
    keys: createKeyPort(rules, {
      isAlone: options.dcs === 1 && cdn === undefined,
      onForgotten: forget,
      onKept: options.onKeyMade,
    }),
    compute: (task) => exchanges.do(task),
    cipher: (task) => ciphers.do(task),
    run: (request) => dispatcher.run(request),
    onClosed: (connection) => presence.closed(connection),
    logger,
  })
  rules.tempKeys.onEvicted(forget)
  const push = (session: SessionRef, body: Uint8Array): void =>
    input({ kind: 'push', session, body, instead: UPDATES_TOO_LONG })
  const outlet = { nowS: () => Math.floor(nowMs() / 1000), push, forget }
  const news = new ToldAgain({
    tell: (nudge) => {
      if (nudge.kind === 'reset') watchedCalls.clear()
      return subscribers.hear(nudge, outlet)
    },
    onTrouble,
    startTimer: machineTimer,
  })
  const unsubscribe = [bus.subscribe((nudge) => void news.tell(nudge)), () => news.close()]
  if (options.isShared) {
    const stop = bus.subscribe((nudge) => {
      if (nudge.kind === 'leaving' && presence.isHere(BigInt(nudge.userId)))
        noteHere([BigInt(nudge.userId)], 0)
      // The nudge may have been lost.
      if (nudge.kind === 'anything') noteHere(presence.userIds, SEEN_AGAIN_S)
    })
    unsubscribe.push(stop)
  }
  const { tls, proxyProtocol, consoleUrl, mtproxySecrets } = options
  const strangers = new Strangers({ ...options.strangers, nowMs })
  const entrance = new Entrance({
    tls,
    fakeTls: new FakeTls({ mtproxySecrets, random, nowMs }),
    proxyProtocol,
    hint: () => `The console is at ${consoleUrl() ?? 'another port'}.`,
    strangers,
    onChannel: (channel, origin) => driver.accept(channel, origin),
    logger,
  })
  const { listeners, ...opened } = await listenForDcs(
    {
      host,
      port,
      count: options.dcs,
      hasCdn: cdn !== undefined,
      maxConnections: options.maxConnections,
      makeRoom: () => strangers.makeRoom(),
    },
    (socket, dcId) => void entrance.accept(socket, dcId),
    (error) => logger.error({ err: error }, 'connection not accepted'),
  )
  listed = opened.listed
  return {
    dcs: opened.dcs,
    faults,
    watchedCalls,
    isHere: (userId) => presence.isHere(userId),
    toldEnds: (userId) => subscribers.toldEnds(userId),
    connections: () => driver.connections(),
    sizes: () => ({ ...machine.tableSizes, strangers: strangers.size }),
    setClockAhead: (aheadMs) => input({ kind: 'rulesClock', aheadMs }),
    async close(timeoutMs) {
      for (const end of unsubscribe) end()
      for (const listener of listeners) listener.stop()
      entrance.stop()
      delays.end()
      await Promise.all([driver.close(timeoutMs), subscribers.close()])
      presence.close()
      await Promise.all([exchanges.close(), ciphers.close()])
      entrance.close()
      await Promise.all(listeners.map(({ closed }) => closed))
    },
  }
}

/** In every layer. */
const UPDATES_TOO_LONG = encode('Updates', { _: 'updatesTooLong' })

function limitsOf(
  limit: Settings['exchangeLimit'],
  { maxQueuedPushes }: Pick<Settings, 'maxQueuedPushes'>,
): Partial<ServerLimits> {
  if (limit === undefined) return { maxQueuedPushes }
  return { maxQueuedPushes, maxNetworkExchanges: limit.max, networkWindowMs: limit.windowS * 1000 }
}
