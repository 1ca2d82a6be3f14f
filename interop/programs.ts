/** The rows of the table: client, transport and scenarios. */
import { CDN } from './cdn.ts'
import { CHATS } from './chats.ts'
import type { ServedClient } from './client-process.ts'
import { EMAILS } from './emails.ts'
import { NODES } from './nodes.ts'
import { EVERY_SCENARIO, MIGRATIONS, type Scenario, scenariosNamed } from './scenarios.ts'
import { QR_MIGRATION, WAYS_IN } from './ways-in.ts'

/** A requirement of a client; without it the machine skips the client's scenarios. */
export type Need = 'tdlib' | 'telethon' | 'chromium' | 'engines' | 'go'

/** One client, and the scenarios it plays on its own server. */
export interface ClientProgram extends ServedClient {
  name: string
  /** Matches a line of its log that says the server is wrong. */
  complaint?: RegExp
  scenarios: readonly Scenario[]
  /** Names of those that also a run of all clients plays, without `--full`. Default: all of them. */
  short?: readonly string[]
  needs?: readonly Need[]
}

/** The path in Debian. */
export const CHROMIUM = '/usr/bin/chromium'

/** Any 16 bytes. Prefixed with `dd` it asks clients for the padded framing. */
export const MTPROXY_SECRET = '00112233445566778899aabbccddeeff'
const PADDED_SECRET = `dd${MTPROXY_SECRET}`
const MTPROXY = ['--mtproxy-secret', MTPROXY_SECRET]
const THREE_DCS = ['--dcs', '3']
/** Options of a row whose server is two nodes over PostgreSQL and Redis. */
const TWO_NODES = { nodes: 2, needs: ['engines'] as const, scenarios: NODES }

/** Some of the scenarios of a row, and fewer of them in the short form: what breaks the others breaks these as well. */
type Part = Pick<ClientProgram, 'scenarios' | 'short'>

/**
 * Scenarios that a transport can break. How a client rests does not depend on it. The restart begins with a login and ends with
 * a saved session.
 */
const WIRE: Part = {
  scenarios: scenariosNamed('sign up', 'wrong code', 'sign in', 'server restarts', 'log out'),
  short: ['server restarts'],
}
/** Scenarios that a layer can break. */
const LAYER: Part = {
  scenarios: scenariosNamed('sign up', 'wrong code', 'sign in', 'log out'),
  short: ['sign up', 'log out'],
}
/** Rows with temporary keys, and the newest of the old layers. */
const KEYS: Part = {
  scenarios: EVERY_SCENARIO,
  short: ['sign up', 'server restarts', 'server killed', 'log out', 'at rest'],
}
/** Rows with three data centres. */
const MOVES: Part = { scenarios: [...MIGRATIONS, QR_MIGRATION], short: ['moves to 3', 'QR to 3'] }
/** One row for each client, over its usual transport. */
const EVERYTHING: Part = { scenarios: [...EVERY_SCENARIO, ...WAYS_IN, ...CHATS] }
/** The same, of a client that also has logins by e-mail. */
const EVERYTHING_AND_EMAILS: Part = { scenarios: [...EVERYTHING.scenarios, ...EMAILS] }

/** In the order of the table. */
export const CLIENTS: readonly ClientProgram[] = [
  ...cablegram(),
  ...gramjs(),
  ...mtcute(),
  ...tdlib(),
  ...telethon(),
  ...[198, 158, 144, 135, 131].map((layer): ClientProgram => {
    const part = layer === 198 ? KEYS : LAYER
    return { name: `old-${layer}`, adapter: 'clients/old.ts', args: [String(layer)], ...part }
  }),
]

function cablegram(): ClientProgram[] {
  const row = (name: string, options: object, part: Part): ClientProgram => {
    return { name, adapter: 'clients/cablegram.ts', args: [JSON.stringify(options)], ...part }
  }
  return [
    row('cablegram', {}, EVERYTHING_AND_EMAILS),
    row('cablegram-pfs', { pfs: true }, KEYS),
    { ...row('cablegram-3-dcs', {}, MOVES), serve: THREE_DCS },
    row('cablegram-abridged', { framing: 'abridged' }, WIRE),
    row('cablegram-padded', { framing: 'padded' }, WIRE),
    row('cablegram-full', { framing: 'full' }, WIRE),
  ]
}

function gramjs(): ClientProgram[] {
  const adapter = 'clients/gramjs.mjs'
  const over = (transport: string, ...more: string[]) => ({ adapter, args: ['telegram', transport, ...more] })
  return [
    { name: 'gramjs-full', ...over('full'), ...EVERYTHING },
    { name: 'gramjs-abridged', ...over('abridged'), ...WIRE },
    { name: 'gramjs-obfuscated', ...over('obfuscated'), ...WIRE },
    { name: 'gramjs-mtproxy', ...over('mtproxy', MTPROXY_SECRET), ...WIRE, serve: MTPROXY },
    { name: 'gramjs-websocket', ...over('websocket'), ...WIRE },
    { name: 'gramjs-wss', ...over('wss'), ...WIRE, tls: true },
    { name: 'gramjs-3-dcs', ...over('full'), ...MOVES, serve: THREE_DCS },
    { name: 'gramjs-2-nodes', ...over('full'), ...TWO_NODES },
    { name: 'teleproto', adapter, args: ['teleproto', 'full'], ...LAYER },
  ]
}

function mtcute(): ClientProgram[] {
  const adapter = 'clients/mtcute.mjs'
  return [
    { name: 'mtcute', adapter, args: ['intermediate'], ...EVERYTHING },
    { name: 'mtcute-pfs', adapter, args: ['intermediate', 'pfs'], ...KEYS },
    { name: 'mtcute-3-dcs', adapter, args: ['intermediate'], ...MOVES, serve: THREE_DCS },
    { name: 'mtcute-2-nodes', adapter, args: ['intermediate'], ...TWO_NODES },
    { name: 'mtcute-padded', adapter, args: ['padded'], ...WIRE },
    { name: 'mtcute-mtproxy', adapter, args: ['mtproxy', PADDED_SECRET], ...LAYER, serve: MTPROXY },
    { name: 'mtcute-websocket', adapter, args: ['websocket'], ...WIRE },
    {
      name: 'mtcute-chromium',
      adapter: 'clients/mtcute-web.mjs',
      args: [CHROMIUM],
      ...WIRE,
      needs: ['chromium'],
    },
  ]
}

/** A binary client can only be redirected through MTProxy. */
function tdlib(): ClientProgram[] {
  const adapter = 'clients/tdlib.mjs'
  const row = (name: string, args: string[], part: Part): ClientProgram => {
    // Levels 0 and 1 are fatal and error. TDLib also calls methods that this server does not have, and
    // copes.
    const complaint = /^\[ ?[01]\](?!.*METHOD_NOT_IMPLEMENTED).*$/m
    return {
      name,
      adapter,
      args,
      ...part,
      complaint,
      serve: MTPROXY,
      needs: ['tdlib'],
      signedOut: 'Unauthorized',
    }
  }
  return [
    row('tdlib-mtproxy', [MTPROXY_SECRET], EVERYTHING_AND_EMAILS),
    row('tdlib-mtproxy-pfs', [MTPROXY_SECRET, 'pfs'], WIRE),
    row('tdlib-padded', [PADDED_SECRET], WIRE),
    row('tdlib-padded-pfs', [PADDED_SECRET, 'pfs'], KEYS),
    { ...row('tdlib-cdn', [MTPROXY_SECRET], { scenarios: CDN }), serve: [...MTPROXY, '--cdn', 'all'] },
  ]
}

function telethon(): ClientProgram[] {
  const over = (transport: string, ...more: string[]): Omit<ClientProgram, 'scenarios'> => ({
    name: `telethon-${transport}`,
    adapter: 'clients/telethon_client.py',
    args: [transport, ...more],
    needs: ['telethon'],
  })
  return [
    { ...over('full'), ...EVERYTHING },
    { ...over('full'), ...TWO_NODES, name: 'telethon-2-nodes', needs: ['telethon', 'engines'] },
    { ...over('abridged'), ...WIRE },
    { ...over('intermediate'), ...WIRE },
    { ...over('obfuscated'), ...WIRE },
    { ...over('mtproxy', MTPROXY_SECRET), ...LAYER, serve: MTPROXY },
    { ...over('padded', PADDED_SECRET), ...LAYER, serve: MTPROXY },
  ]
}
