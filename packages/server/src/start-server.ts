import { randomBytes } from 'node:crypto'
import { createServerMachine, type Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { type Logger, pino } from 'pino'
import { type CodeEntry, type ConsoleServices, listenConsole, type ServerInfo } from './console/index.ts'
import { createConsoleServices } from './console-services.ts'
import { createInbox } from './courier/index.ts'
import { createDomain, createSettings } from './domain/index.ts'
import { createKeyPort, Dispatcher, Driver, listen } from './gateway/index.ts'
import { describeServer, VERSION } from './info.ts'
import { type ResolvedOptions, resolveOptions, type ServerOptions } from './options.ts'
import { createBus, createClock } from './ports.ts'
import { openRsaKeys } from './rsa-keys.ts'
import { openStore } from './store/index.ts'

/** How long answers in flight may take once the server closes. */
const CLOSE_TIMEOUT_MS = 4_000
const MAX_CONNECTIONS = 10_000
const DEFAULT_WAIT_MS = 5_000

/** A server that runs in this process. */
export interface CablegramServer {
  /** The ready line without its `event`. */
  readonly info: ServerInfo
  readonly codes: {
    /**
     * The newest code for a number, at once or when it comes.
     * @throws {UsageError} CODE_TIMEOUT when none came within `timeoutMs` (5 s)
     */
    waitFor(phone: string, options?: { afterId?: string; timeoutMs?: number }): Promise<CodeEntry>
  }
  readonly apps: ConsoleServices['apps']
  readonly users: ConsoleServices['users']
  readonly clock: {
    /** Moves the rules' clock ahead. @throws {UsageError} TEST_CLOCK_OFF without `testClock` */
    advance(seconds: number): Promise<void>
  }
  /** Told of each code put in the inbox, where the inbox is on. @returns the function that ends it */
  onCode(listener: (entry: CodeEntry) => void): () => void
  /** Answers what is in flight, flushes and closes, within 5 s. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a server.
 * @throws {UsageError} where it cannot start: one sentence with the next step; nothing stays open
 */
export async function startServer(options: ServerOptions = {}): Promise<CablegramServer> {
  const resolved = resolveOptions(options)
  const cleanUp: (() => Promise<void>)[] = []
  try {
    return await start(resolved, cleanUp)
  } catch (error) {
    await runAll(cleanUp)
    throw error
  }
}

/** Pushes what closes each part on `cleanUp` as soon as it is open. */
async function start(options: ResolvedOptions, cleanUp: (() => Promise<void>)[]): Promise<CablegramServer> {
  const logger = createLogger(options.log)
  const random: Random = (length) => new Uint8Array(randomBytes(length))
  const clock = createClock()
  const bus = createBus((error) => logger.error({ err: error }, 'a listener failed'))
  const store = await openStore({ folder: options.data, secretFile: options.secretFile, random })
  cleanUp.push(() => store.close())

  const inbox = createInbox({ store, bus, clock })
  const settings = createSettings(options.limits)
  const domain = createDomain({ store, clock, random, courier: inbox.courier, bus, settings })
  const nowS = Math.floor(Date.now() / 1000)
  const rsa = await openRsaKeys(store, { memory: options.data === undefined, nowS })
  await domain.apps.first()
  await domain.recover()

  let port = options.port
  const dispatcher = new Dispatcher({
    domain,
    nowMs: Date.now,
    addressFor: ({ localIp }) => ({ ip: options.advertise ?? localIp, port }),
    logger,
  })
  const driver: Driver = new Driver({
    machine: createServerMachine({
      random,
      rsaKeys: rsa.privateKeys,
      saltSecret: store.deriveSecret('server salts'),
    }),
    nowMs: Date.now,
    keys: createKeyPort(domain, forget),
    run: (request) => dispatcher.run(request),
    logger,
  })
  function forget(authKeyId: bigint): void {
    driver.input({ kind: 'dropKey', authKeyId, reason: 'unknown' })
  }
  domain.tempKeys.onEvicted(forget)
  const listener = await named('port', options.host, options.port, () =>
    listen({ host: options.host, port: options.port, maxConnections: MAX_CONNECTIONS }, (socket) =>
      driver.accept(socket),
    ),
  )
  port = listener.port
  cleanUp.push(async () => {
    listener.stop()
    await driver.close(CLOSE_TIMEOUT_MS)
    await listener.closed
  })

  const services = createConsoleServices({ domain, inbox: options.inbox ? inbox : undefined, store, info })
  const console = await named('console-port', options.consoleHost, options.consolePort, () =>
    listenConsole({
      host: options.consoleHost,
      port: options.consolePort,
      token: options.consoleToken,
      services,
      logger,
      version: VERSION,
    }),
  )
  cleanUp.push(() => console.close())
  async function info(): Promise<ServerInfo> {
    const apps = await domain.apps.list()
    const { publicKeys } = rsa
    return describeServer({ ...options, port, consolePort: console.port, publicKeys, apps })
  }

  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= runAll(cleanUp)
    return closing
  }
  return {
    info: await info(),
    codes: {
      async waitFor(phone, { afterId, timeoutMs = DEFAULT_WAIT_MS } = {}) {
        const entry = await inbox.wait({ phone, afterId, timeoutMs })
        if (entry !== undefined) return entry
        throw new UsageError('CODE_TIMEOUT', `No code for ${phone} came within ${timeoutMs} ms.`)
      },
    },
    apps: services.apps,
    users: services.users,
    clock: {
      async advance(seconds) {
        if (!options.testClock) {
          throw new UsageError('TEST_CLOCK_OFF', 'The clock only moves where the server has testClock: true.')
        }
        clock.advance(seconds * 1000)
        driver.input({ kind: 'rulesClock', aheadMs: clock.aheadMs })
      },
    },
    onCode: (listener_) => (options.inbox ? bus.subscribe('code', listener_) : () => undefined),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The last opened is closed first. */
async function runAll(cleanUp: readonly (() => Promise<void>)[]): Promise<void> {
  for (const run of cleanUp.toReversed()) await run()
}

/** What must never be in a log, wherever it stands in what is logged. */
const REDACTED = ['token', 'phoneCode', 'authKey', 'key', 'body', 'authorization']

function createLogger(level: ResolvedOptions['log']): Logger {
  const paths = REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino({ level, redact: { paths, censor: '[redacted]' } }, pino.destination(2))
}

/** Says which port could not be listened on, and what to do. */
async function named<T>(
  option: 'port' | 'console-port',
  host: string,
  port: number,
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EADDRINUSE') {
      throw new UsageError(
        'PORT_IN_USE',
        `Port ${port} on ${host} is in use: stop what uses it, or choose another with --${option}.`,
        { cause },
      )
    }
    if (code === 'EACCES') {
      throw new UsageError(
        'PORT_FORBIDDEN',
        `This user may not listen on port ${port}: choose one above 1023 with --${option}.`,
        { cause },
      )
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      const hostOption = option === 'port' ? '--host' : '--console-host'
      throw new UsageError(
        'HOST_INVALID',
        `${host} is no address of this machine: choose one of its own with ${hostOption}, such as 127.0.0.1.`,
        { cause },
      )
    }
    throw cause
  }
}
