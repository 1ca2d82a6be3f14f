import type { ServerOptions } from '@cablegram/server'
import type { Arguments, Command } from '../command.ts'
import { readConfigFile } from '../config-file.ts'
import { consoleToken, TOKEN_FILE_OPTION } from '../console-token.ts'
import { CommandLineError } from '../errors.ts'
import { readyText } from '../ready-text.ts'
import { readTextFile } from '../text-file.ts'

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
      heading: 'Where it listens',
      value: 'ADDRESS',
      help: 'where MTProto clients connect (default: 127.0.0.1)',
    },
    port: { value: 'N', help: `the port for them, 0 for any free one (default: ${DEFAULT_PORT})` },
    advertise: { value: 'IP', help: 'the address clients are told, where it is another' },
    dcs: { value: 'N', help: 'how many data centres, on ports one after the other (default: 1)' },
    'console-host': { value: 'ADDRESS', help: 'where the console listens (default: 127.0.0.1)' },
    'console-port': {
      value: 'N',
      help: `the port of the console, 0 for any (default: ${DEFAULT_CONSOLE_PORT})`,
    },
    'console-token': {
      value: 'TOKEN',
      help: 'what the console asks for; a must where it is not on loopback',
    },
    'allow-origin': {
      value: 'URL,…',
      help: 'pages of these origins may call the console, such as http://localhost:3000',
    },
    'console-token-file': TOKEN_FILE_OPTION,
    data: {
      heading: 'What it keeps',
      value: 'DIR',
      help: `the folder that keeps everything (default: ${DEFAULT_DATA})`,
    },
    memory: { help: 'keep nothing: everything is gone at the end' },
    seed: { value: 'FILE', help: 'JSON: apps, users, rules and faults that a new server begins with' },
    'secret-file': { value: 'FILE', help: 'what seals the keys in the store (default: in the data folder)' },
    store: { value: 'URL', help: 'keep the data in PostgreSQL: postgres://… (not in this version yet)' },
    bus: { value: 'URL', help: 'join nodes through Redis: redis://… (not in this version yet)' },
    inbox: {
      heading: 'What it shows',
      value: 'on|off',
      oneOf: ['on', 'off'],
      help: 'show the codes in the console (default: on loopback)',
    },
    json: { help: 'print a line of JSON when ready, and one for each code' },
    log: {
      value: LOG_LEVELS.join('|'),
      oneOf: LOG_LEVELS,
      help: 'what goes to standard error, as JSON lines; debug: every request, without what it says (default: warn)',
    },
    config: {
      heading: 'Its rules',
      value: 'FILE',
      help: 'options from a JSON file; the command line goes before it',
    },
    limits: {
      value: 'box|strict',
      oneOf: ['box', 'strict'],
      help: 'hardly any limits, or as in public (default: box)',
    },
    'test-clock': { help: "let the rules' clock be moved" },
    'duplicate-keys': {
      value: 'off|warn|strict',
      oneOf: ['off', 'warn', 'strict'],
      help: 'what becomes of a key used from two places at once (default: off; under strict limits: warn)',
    },
    apps: {
      heading: 'Its logins',
      value: 'registered|any',
      oneOf: ['registered', 'any'],
      help: 'which api_id and api_hash may sign in (default: registered)',
    },
    'test-numbers': {
      value: 'on|off',
      oneOf: ['on', 'off'],
      help: 'accept the test numbers 99966XYYYY, whose codes are known (default: on)',
    },
    'phone-invalid-code': {
      value: '400|406',
      oneOf: ['400', '406'],
      help: 'the code of PHONE_NUMBER_INVALID (default: 406)',
    },
    'call-codes': {
      value: 'flash|missed|both',
      oneOf: ['flash', 'missed', 'both'],
      help: 'calls whose number is the code, to clients that allow them (default: none)',
    },
    'code-payments': {
      value: 'at-once|operator',
      oneOf: ['at-once', 'operator'],
      help: 'when a code that must be paid for is: at once, or by the console (default: at-once)',
    },
    'login-email': {
      value: 'off|required',
      oneOf: ['off', 'required'],
      help: 'whether users set up an e-mail that their codes go to (default: off)',
    },
    'login-email-domains': { value: 'DOMAIN,…', help: 'what may come after its @ (default: anything)' },
    'login-email-reset': { value: 'SECONDS', help: 'after how long it is taken off (default: a week)' },
    'login-email-test-tokens': { help: 'take test:ada@example.org for a token of Google’s or Apple’s' },
    'lang-packs': {
      value: 'DIR',
      help: 'give clients the texts in this folder of language packs (default: none)',
    },
    terms: { value: 'FILE', help: 'the terms of service that users accept, as text (default: none)' },
    'terms-popup': { help: 'have clients show them over everything else' },
    'min-age': { value: 'YEARS', help: 'how old users have to say that they are; goes with the terms' },
    'passkey-domain': { value: 'DOMAIN', help: 'the domain passkeys belong to (default: localhost)' },
    'passkey-origins': {
      value: 'ORIGIN,…',
      help: 'where they may be used, * for everywhere (default: that domain and localhost)',
    },
    'mtproxy-secret': {
      heading: 'Its wire',
      value: 'SECRET',
      help: 'accept MTProxy clients with this secret (hexadecimal or base64url) on the same port',
    },
    'tls-cert': { value: 'FILE', help: 'accept TLS on the same port: the certificate, as PEM' },
    'tls-key': { value: 'FILE', help: 'and its key' },
    'proxy-protocol': { help: 'a balancer in front puts a PROXY v2 header before every connection' },
    'max-connections': { value: 'N', help: 'how many a port takes at once (default: 20000)' },
    'max-strangers': {
      value: 'N',
      help: 'connections without a key per address (default: 256; on loopback no limit unless given)',
    },
    'exchange-threads': { value: 'N', help: 'threads for many key exchanges at once (default: 1)' },
  },
  examples: [
    ['npx cablegram serve', 'start, with data in ./cablegram-data'],
    ['npx cablegram serve --memory --port 0 --console-port 0 --json', 'for tests: free ports, nothing kept'],
    [
      'npx cablegram serve --config cablegram.json',
      'options from {"port": 443, "data": "/var/lib/cablegram"}',
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
    process.stdout.write(readyText(server.info, options.data))
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

function serverOptions(args: Arguments): ServerOptions {
  const isMemory = args.flag('memory')
  if (isMemory && args.text('data') !== undefined) {
    throw new CommandLineError('--memory keeps nothing and --data says where to keep it: give one of them.')
  }
  const loginEmail = args.text('login-email')
  const payments = oneOf(args.text('code-payments'), ['at-once', 'operator'] as const)
  return {
    host: args.text('host'),
    port: args.number('port') ?? DEFAULT_PORT,
    advertise: args.text('advertise'),
    consoleHost: args.text('console-host'),
    consolePort: args.number('console-port') ?? DEFAULT_CONSOLE_PORT,
    consoleToken: consoleToken(args),
    data: isMemory ? undefined : (args.text('data') ?? DEFAULT_DATA),
    store: isMemory ? 'memory' : args.text('store'),
    secretFile: args.text('secret-file'),
    allowOrigin: args.text('allow-origin')?.split(','),
    seed: readSeed(args.text('seed')),
    dcs: args.number('dcs'),
    exchangeThreads: args.number('exchange-threads'),
    maxConnections: args.number('max-connections'),
    maxStrangers: args.number('max-strangers'),
    bus: args.text('bus'),
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
  throw new CommandLineError('--terms-popup and --min-age go with the terms: give their file with --terms.')
}

function oneOf<T extends string>(text: string | undefined, values: readonly T[]): T | undefined {
  return values.find((value) => value === text)
}
