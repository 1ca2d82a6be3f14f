import { type ClientKeys, createClientMachine } from '@cablegram/mtproto'
import { makeAuthKey, parseRsaPublicKey, poolRandom } from '@cablegram/mtproto/crypto'
import type { KnownAddress } from './dc-addresses.ts'
import { Connection, type ConnectionOptions } from './net/connection.ts'
import type { Address } from './net/transport.ts'
import type { ClientOptions, LogFields } from './options.ts'
import type { Platform } from './platform.ts'
import type { Server } from './server/server.ts'
import type { ConnectionSpans } from './spans.ts'
import type { SessionDc } from './storage/session.ts'
import { chooseWay } from './way.ts'

/** Telegram's test servers count their data centres from here in a key exchange. */
const TEST_DC_OFFSET = 10_000

/** A temporary key's life, the longest the protocol allows. */
const TEMPORARY_KEY_S = 86_400

const DEFAULT_CONNECT_TIMEOUT_MS = 15_000
/** Random bytes that are drawn at once: the padding of some forty packets. */
const RANDOM_BLOCK_BYTES = 4_096

/** Parts of a connection to a data centre. */
export interface DcOptions
  extends Pick<
    ConnectionOptions,
    'onUpdate' | 'onNewSession' | 'onSave' | 'onState' | 'onListenerError' | 'traffic' | 'sockets'
  > {
  readonly dcId: number
  /** Known addresses. */
  readonly addresses: readonly KnownAddress[]
  readonly server: Server
  readonly initPrefix: Uint8Array
  readonly options: ClientOptions
  readonly platform: Platform
  /** The time by the server's clock, as far as it is known by then. */
  readonly serverNowMs: () => number
  /** Watches the connection, with these facts about it. */
  readonly watchConnection?: ((fields: LogFields) => ConnectionSpans | undefined) | undefined
  /** Data saved by earlier connections. */
  readonly saved: SessionDc | undefined
}

/** A connection to one data centre of the server, not opened yet. */
export function makeDcConnection(setup: DcOptions): Connection {
  const { dcId, server, options, platform } = setup
  const way = chooseWay(setup.addresses, options, platform, setup.serverNowMs)
  const { dial, framing, obfuscation } = way
  const isForFiles = way.addresses.some((address) => address.isForFiles)
  const numberOfDc = server.test ? dcId + TEST_DC_OFFSET : dcId
  const addresses = way.addresses.map((address) => framed(address, isForFiles ? numberOfDc : undefined))
  const machine = createClientMachine({
    random: poolRandom(platform.random, RANDOM_BLOCK_BYTES),
    ...(framing && { framing }),
    ...(obfuscation && { obfuscation }),
    serverKeys: server.publicKeys.map(({ pem }) => parseRsaPublicKey(pem)),
    // Keys for files only are made under the negative number, at whichever address.
    dcId: isForFiles ? -numberOfDc : numberOfDc,
    initPrefix: setup.initPrefix,
    keys: setup.saved && clientKeys(setup.saved),
    pfs: (options.pfs ?? true) ? { expiresInS: TEMPORARY_KEY_S } : undefined,
  })
  const spans = setup.watchConnection?.({
    ...{ 'cablegram.dc': dcId, 'cablegram.transport': way.transport },
    ...(way.proxy !== undefined && { 'cablegram.proxy': way.proxy }),
  })
  return new Connection({
    machine,
    addresses,
    nextStep: server.nextStep,
    dial,
    clock: platform.clock,
    fraction: () => (platform.random(1)[0] ?? 0) / 256,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    onUpdate: setup.onUpdate,
    onNewSession: setup.onNewSession,
    onSave: setup.onSave,
    onState: (state) => {
      spans?.onState(state)
      setup.onState?.(state)
    },
    onOpened: (address) => spans?.onOpened(address),
    onListenerError: setup.onListenerError,
    traffic: setup.traffic,
    sockets: setup.sockets,
  })
}

/** @param dcId undefined: the header of obfuscated2 has the number that the key exchange has */
function framed(address: KnownAddress, dcId: number | undefined): Address {
  const { obfuscation, isForFiles } = address
  if (obfuscation === undefined && dcId === undefined) return address
  const named = dcId === undefined ? {} : { dcId: isForFiles ? -dcId : dcId }
  return { ...address, framing: { ...(obfuscation && { obfuscation }), ...named } }
}

/** Keys of a machine as a session saves them. */
export function sessionDc(keys: ClientKeys): SessionDc {
  return { authKey: keys.authKey.key, timeOffsetMs: keys.timeOffsetMs, salts: keys.salts }
}

function clientKeys(saved: SessionDc): ClientKeys {
  return { authKey: makeAuthKey(saved.authKey), timeOffsetMs: saved.timeOffsetMs, salts: saved.salts }
}
