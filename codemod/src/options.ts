import { at, bare, listAt, memberName, nameOf, propertiesOf, propertyValue, textOf } from './nodes.ts'
import type { Node, Rewriter } from './rewriter.ts'

/** Options that have another name; `true` keeps it, and false has no use any more. */
const NAMES: Readonly<Record<string, string | boolean>> = {
  floodSleepThreshold: 'floodWaitMaxS',
  deviceModel: true,
  systemVersion: true,
  appVersion: true,
  langCode: true,
  systemLangCode: true,
  connectionRetries: false,
  reconnectRetries: false,
  downloadRetries: false,
  requestRetries: false,
  retryDelay: false,
  retries: false,
  timeout: false, // GramJS does nothing with it.
  autoReconnect: false,
  sequentialUpdates: false,
  maxConcurrentDownloads: false,
  entityCacheLimit: false,
  securityChecks: false,
  useIPV6: false,
  networkSocket: false,
}

const CONNECTIONS: Readonly<Record<string, string | undefined>> = {
  ConnectionTCPFull: "framing: 'full'",
  ConnectionTCPAbridged: "framing: 'abridged'",
  ConnectionTCPObfuscated: 'obfuscated: true',
}

type OptionRule = (value: Node, rewriter: Rewriter) => string[] | undefined

const whenTrue =
  (text: string): OptionRule =>
  (value, rewriter) =>
    ({ true: [text], false: [] })[rewriter.source(value)]

const RULES: Readonly<Record<string, OptionRule>> = {
  useWSS: whenTrue("transport: 'websocket'"),
  testServers: whenTrue("server: 'test'"),
  // A proxy has a connection of its own.
  connection: (value) => {
    const name = nameOf(value) ?? ''
    const text = CONNECTIONS[name]
    return text === undefined ? (name.startsWith('ConnectionTCPMTProxy') ? [] : undefined) : [text]
  },
  proxy: (value, rewriter) => {
    const parts = propertiesOf(bare(value))
    if (parts === undefined) return undefined
    const text = (name: string) => {
      const part = propertyValue(parts.get(name))
      return part && rewriter.render(part)
    }
    const [host, port, secret] = [text('ip'), text('port'), text('secret')]
    if (text('MTProxy') === 'true') return [`mtproxy: { host: ${host}, port: ${port}, secret: ${secret} }`]
    if (text('socksType') !== '5') return undefined
    const [user, password] = [text('username'), text('password')]
    const login = [...(user ? [`, user: ${user}`] : []), ...(password ? [`, password: ${password}`] : [])]
    return [`proxy: { kind: 'socks5', host: ${host}, port: ${port}${login.join('')} }`]
  },
  baseLogger: (value) => (isQuiet(listAt(value, 'arguments')[0]) ? [] : undefined),
}

/** The options of a client, as entries of the new ones. */
export function optionsOfClient(options: Node, node: Node, rewriter: Rewriter): string[] {
  const given = propertiesOf(options)
  if (given === undefined) {
    rewriter.todo(node, 'options have other names. Guide "Coming from GramJS", Options')
    return [`...${rewriter.render(options)}`]
  }
  return [...given].flatMap(([name, property]) => {
    const use = NAMES[name]
    if (use === false) return []
    const value = propertyValue(property) ?? property
    if (use !== undefined) return [`${use === true ? name : use}: ${rewriter.render(value)}`]
    const entries = RULES[name]?.(value, rewriter)
    if (entries === undefined) {
      rewriter.todo(node, `the option ${name} has another form. Guide "Coming from GramJS", Options`)
    }
    return entries ?? []
  })
}

/** `LogLevel.NONE`, `'error'`: a client without a logger is as quiet. */
export function isQuiet(level: Node | undefined): boolean {
  const name = textOf(level) ?? (nameOf(at(level, 'object')) === 'LogLevel' ? memberName(level as Node) : '')
  return ['none', 'error'].includes(name?.toLowerCase() ?? '')
}
