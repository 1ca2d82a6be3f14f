import type { ServerOptions } from '@cablegram/server'
import type { Arguments, Command } from '../command.ts'
import { readConfigFile } from '../config-file.ts'
import { consoleToken, TOKEN_FILE_OPTION } from '../console-token.ts'
import { CommandLineError } from '../errors.ts'
import { readyText } from '../ready-text.ts'
import { readTextFile } from '../text-file.ts'
import { bucketKeys } from './bucket-keys.ts'
import { referenceSource } from './reference.ts'

const DEFAULT_PORT = 10443
const DEFAULT_CONSOLE_PORT = 10081
const DEFAULT_DATA = './cablegram-data'
/** A server that has not closed by then is not going to. */
const CLOSE_WITHIN_MS = 4_500

const PHONE_INVALID_CODES = [400, 406] as const
const CODE_PAYMENTS = { 'at-once': 'atOnce', operator: 'operator' } as const
const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const

/** `cablegram serve`: the server. */
export const serveCommand: Command = {
  name: 'serve',
  summary: 'Start a Telegram-compatible server on this machine.',
  options: {
    host: {
      heading: 'Addresses',
      value: 'ADDRESS',
      help: 'address that MTProto clients connect to (default: 127.0.0.1)',
    },
    port: { value: 'N', help: `port of the first data centre; 0: any free port (default: ${DEFAULT_PORT})` },
    advertise: { value: 'IP', help: 'address announced to clients, if it differs from --host' },
    dcs: { value: 'N', help: 'number of data centres, on consecutive ports (default: 1)' },
    cdn: {
      value: 'off|chosen|all',
      oneOf: ['off', 'chosen', 'all'],
      help: 'send clients that can go there to a CDN, data centre 203 on one more port, for files that\nthe console has chosen, or for all (default: off)',
    },
    'console-host': {
      value: 'ADDRESS',
      help: 'address of the console, which has the page and the HTTP API (default: 127.0.0.1)',
    },
    'console-port': {
      value: 'N',
      help: `port of the console; 0: any free port (default: ${DEFAULT_CONSOLE_PORT})`,
    },
    'console-token': {
      value: 'TOKEN',
      help: 'token that the console asks for; required unless it listens on loopback',
    },
    'console-token-file': TOKEN_FILE_OPTION,
    'allow-origin': {
      value: 'URL,…',
      help: 'origins whose pages may call the console, such as http://localhost:3000',
    },
    data: {
      heading: 'Data',
      value: 'DIR',
      help: `folder for all data (default: ${DEFAULT_DATA})`,
    },
    memory: { help: 'keep all data in memory; it is lost when the server stops' },
    seed: { value: 'FILE', help: 'JSON file with apps, users, rules and faults for a new server' },
    'secret-file': {
      value: 'FILE',
      help: 'file with the secret that encrypts keys and codes (default: in the data folder)',
    },
    files: {
      value: 'DIR|URL',
      help: 'folder for photos and documents, or a bucket s3://BUCKET/PREFIX?endpoint=URL&region=NAME, whose keys are in\nAWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; servers that share a database share it\n(default: files in the data folder, or beside the secret file)',
    },
    thumbnails: {
      value: 'auto|off|DIR',
      help: 'smaller sizes of photos, which the package wasm-vips makes: if it is installed (auto), never, or with that in this folder\n(default: auto)',
    },
    'media-hosts': {
      value: 'HOST,…',
      help: 'hosts from which the server loads photos and documents by URL: example.org, *.example.org, localhost:8000,\n10.0.0.0/8; * for all names, but no private addresses\nand none of this machine (default: none)',
    },
    store: {
      value: 'URL',
      help: 'PostgreSQL for the data, shared by any number of servers: postgres://…; needs --secret-file.\nWith a password, use the variable CABLEGRAM_STORE',
    },
    bus: {
      value: 'URL',
      help: 'Redis or Valkey between servers that share a database: redis://…; with a password, use CABLEGRAM_BUS\n(default: each looks at the database every two seconds)',
    },
    inbox: {
      heading: 'Output',
      value: 'on|off',
      oneOf: ['on', 'off'],
      help: 'show login codes on the page and with `cablegram codes`\n(default: on if the console listens on loopback)',
    },
    json: { help: 'print one JSON object per line: first the addresses and keys, then each code' },
    log: {
      value: LOG_LEVELS.join('|'),
      oneOf: LOG_LEVELS,
      help: 'which events to log, as JSON lines on standard error; debug: every request, without its content\n(default: warn)',
    },
    config: {
      heading: 'Rules',
      value: 'FILE',
      help: 'JSON file with options and settings; the command line overrides it',
    },
    limits: {
      value: 'box|strict',
      oneOf: ['box', 'strict'],
      help: 'box: hardly any limits, for tests; strict: the limits of a public service (default: box)',
    },
    'test-clock': { help: 'make `cablegram clock advance` and `cablegram reset` possible' },
    'duplicate-keys': {
      value: 'off|warn|strict',
      oneOf: ['off', 'warn', 'strict'],
      help: 'what to do if two clients use one key at once: nothing, log it, or end the login\n(default: off; with --limits strict: warn)',
    },
    apps: {
      heading: 'Logins',
      value: 'registered|any',
      oneOf: ['registered', 'any'],
      help: 'who may sign in: the apps of the server, or any api_id with any api_hash (default: registered)',
    },
    'test-numbers': {
      value: 'on|off',
      oneOf: ['on', 'off'],
      help: 'accept the test numbers 99966XYYYY, whose codes are known (default: on)',
    },
    'phone-invalid-code': {
      value: '400|406',
      oneOf: ['400', '406'],
      help: 'error code of PHONE_NUMBER_INVALID (default: 406)',
    },
    'call-codes': {
      value: 'flash|missed|both',
      oneOf: ['flash', 'missed', 'both'],
      help: 'send codes by flash call or missed call to clients that allow it (default: neither)',
    },
    'code-payments': {
      value: 'at-once|operator',
      oneOf: ['at-once', 'operator'],
      help: 'accept every payment for a code at once, or wait for `cablegram pay` (default: at-once)',
    },
    'login-email': {
      value: 'off|required',
      oneOf: ['off', 'required'],
      help: 'required: users without a login e-mail have to set one up (default: off)',
    },
    'login-email-domains': { value: 'DOMAIN,…', help: 'domains that login e-mails may have (default: all)' },
    'login-email-reset': {
      value: 'SECONDS',
      help: 'how long the reset of a login e-mail takes; 0: at once (default: a week)',
    },
    'login-email-test-tokens': {
      help: 'accept test:ada@example.org in place of a token from Google or Apple',
    },
    'lang-packs': {
      value: 'DIR',
      help: 'folder of language packs with texts for clients (default: none)',
    },
    terms: { value: 'FILE', help: 'text file with the terms of service that users accept (default: none)' },
    'terms-popup': { help: 'clients show the terms in a popup; needs --terms' },
    'min-age': { value: 'YEARS', help: 'minimum age users must confirm; needs --terms' },
    'passkey-domain': { value: 'DOMAIN', help: 'domain that passkeys belong to (default: localhost)' },
    'passkey-origins': {
      value: 'ORIGIN,…',
      help: 'origins that may use passkeys; *: all (default: the domain by https, and localhost)',
    },
    'mtproxy-secret': {
      heading: 'Connections',
      value: 'SECRET',
      help: 'accept MTProxy clients with this secret (hexadecimal or base64url; ee: fake TLS) on the same port',
    },
    'tls-cert': { value: 'FILE', help: 'PEM file with the certificate: the port then accepts TLS as well' },
    'tls-key': { value: 'FILE', help: 'PEM file with the key of the certificate' },
    'proxy-protocol': {
      help: 'read the client address from a PROXY v2 header, which a load balancer must send',
    },
    'max-connections': { value: 'N', help: 'connections per port (default: 20000)' },
    'max-strangers': {
      value: 'N',
      help: 'connections per address that have not shown a key yet (default: 256; on loopback: no limit)',
    },
    'exchange-threads': { value: 'N', help: 'threads for key exchanges (default: 1)' },
    'file-threads': {
      value: 'N',
      help: 'threads that encrypt and decrypt parts of files (default: one less than the processors, at most 4)',
    },
  },
  examples: [
    ['npx cablegram serve', 'a server with its data in ./cablegram-data'],
    [
      'npx cablegram serve --memory --port 0 --console-port 0 --json',
      'for tests: free ports, data in memory',
    ],
    [
      'npx cablegram serve --config cablegram.json',
      'options from a file such as {"port": 443, "data": "/var/lib/cablegram"}',
    ],
  ],
  run: serve,
}

async function serve(typed: Arguments): Promise<number> {
  const file = typed.text('config')
  const config = file === undefined ? undefined : readConfigFile(serveCommand, file)
  const args = config === undefined ? typed : typed.over(config.args)
  const options = { ...serverOptions(args), ...(config && { settings: config.settings }) }
  const stopped = nextSignal()
  const { startServer } = await import('@cablegram/server')
  const server = await startServer(options)
  if (args.flag('json')) {
    printLine({ event: 'ready', ...server.info })
    server.onCode((entry) => printLine({ event: 'code', ...entry }))
  } else {
    process.stdout.write(readyText(server.info, options))
    server.onCode(({ phone, code }) => process.stdout.write(`Code for ${phone}: ${code}\n`))
  }
  await stopped
  setTimeout(() => {
    process.stderr.write('cablegram: the server did not stop in time; what was committed is safe.\n')
    process.exit(1)
  }, CLOSE_WITHIN_MS).unref()
  await server.close()
  return 0
}

/** Resolves at the first signal to stop. Later ones are ignored: npm and the terminal may both send one. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

function printLine(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

const CALL_CODES = {
  none: [],
  flash: ['flashCall'],
  missed: ['missedCall'],
  both: ['flashCall', 'missedCall'],
} as const

/** A value that has a password in it: the list of processes shows options, and not the environment. */
function fromEnvironment(name: 'CABLEGRAM_STORE' | 'CABLEGRAM_BUS'): string | undefined {
  return process.env[name] || undefined
}

/** The options of the server that a command line starts. */
export function serverOptions(args: Arguments): ServerOptions {
  const isMemory = args.flag('memory')
  if (isMemory && args.text('data') !== undefined) {
    throw new CommandLineError('--memory and --data exclude each other: give one of them.')
  }
  const store = isMemory ? 'memory' : (args.text('store') ?? fromEnvironment('CABLEGRAM_STORE'))
  const loginEmail = args.text('login-email')
  const payments = oneOf(args.text('code-payments'), ['at-once', 'operator'] as const)
  return {
    host: args.text('host'),
    port: args.number('port') ?? DEFAULT_PORT,
    advertise: args.text('advertise'),
    consoleHost: args.text('console-host'),
    consolePort: args.number('console-port') ?? DEFAULT_CONSOLE_PORT,
    consoleToken: consoleToken(args),
    data: isMemory ? undefined : (args.text('data') ?? (store === undefined ? DEFAULT_DATA : undefined)),
    store,
    secretFile: args.text('secret-file'),
    files: args.text('files'),
    thumbnails: args.text('thumbnails'),
    mediaHosts: args.text('media-hosts')?.split(','),
    s3: bucketKeys(process.env),
    allowOrigin: args.text('allow-origin')?.split(','),
    reference: referenceSource(),
    seed: readSeed(args.text('seed')),
    dcs: args.number('dcs'),
    cdn: oneOf(args.text('cdn'), ['off', 'chosen', 'all'] as const),
    exchangeThreads: args.number('exchange-threads'),
    fileThreads: args.number('file-threads'),
    maxConnections: args.number('max-connections'),
    maxStrangers: args.number('max-strangers'),
    bus: args.text('bus') ?? fromEnvironment('CABLEGRAM_BUS'),
    limits: oneOf(args.text('limits'), ['box', 'strict'] as const),
    duplicateKeys: oneOf(args.text('duplicate-keys'), ['off', 'warn', 'strict'] as const),
    terms: readTerms(args),
    loginEmail: {
      required: loginEmail === undefined ? undefined : loginEmail === 'required',
      domains: args.text('login-email-domains')?.split(','),
      resetAfterS: args.number('login-email-reset'),
      testTokens: args.flag('login-email-test-tokens') || undefined,
    },
    langPacks: args.text('lang-packs'),
    apps: oneOf(args.text('apps'), ['registered', 'any'] as const),
    testNumbers: oneOf(args.text('test-numbers'), ['on', 'off'] as const),
    phoneInvalidCode: PHONE_INVALID_CODES.find((code) => code === args.number('phone-invalid-code')),
    callCodes: CALL_CODES[oneOf(args.text('call-codes'), ['flash', 'missed', 'both'] as const) ?? 'none'],
    codePayments: payments && CODE_PAYMENTS[payments],
    passkeyDomain: args.text('passkey-domain'),
    passkeyOrigins: args.text('passkey-origins')?.split(','),
    inbox: oneOf(args.text('inbox'), ['on', 'off'] as const),
    testClock: args.flag('test-clock'),
    mtproxySecret: args.text('mtproxy-secret'),
    tlsCert: args.text('tls-cert'),
    tlsKey: args.text('tls-key'),
    proxyProtocol: args.flag('proxy-protocol'),
    log: oneOf(args.text('log'), LOG_LEVELS) ?? 'warn',
  }
}

/** The server checks what is in it. */
function readSeed(file: string | undefined): ServerOptions['seed'] {
  if (file === undefined) return undefined
  try {
    return JSON.parse(readTextFile(file, 'seed'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new CommandLineError(`${file} is not JSON: it holds an object such as {"users": []}.`, { cause })
  }
}

function readTerms(args: Arguments): ServerOptions['terms'] {
  const file = args.text('terms')
  const [popup, minAge] = [args.flag('terms-popup'), args.number('min-age')]
  if (file !== undefined) return { text: readTextFile(file, 'terms'), popup, minAge }
  if (!popup && minAge === undefined) return undefined
  throw new CommandLineError(
    '--terms-popup and --min-age need the terms of service: give their file with --terms.',
  )
}

function oneOf<T extends string>(text: string | undefined, values: readonly T[]): T | undefined {
  return values.find((value) => value === text)
}
