/**
 * The parts of mtcute that are measured. mtcute does not export most of them, so they are loaded by file.
 */

/** mtcute's Long. */
export interface Long {
  readonly low: number
  readonly high: number
}

/** mtcute's cryptography; the benchmarks replace its randomness. */
export interface PeerCrypto {
  initialize(): Promise<void>
  randomFill(buffer: Uint8Array): void
}

/** mtcute's encryption of messages. */
export interface PeerAuthKey {
  setup(key: Uint8Array): void
  encryptMessage(message: Uint8Array, salt: Long, sessionId: Long): Uint8Array
  decryptMessage(packet: Uint8Array, sessionId: Long, callback: (...message: unknown[]) => void): void
}

interface PeerModules {
  readonly NodeCryptoProvider: new () => PeerCrypto
  readonly AuthKey: new (crypto: PeerCrypto, log: unknown, readerMap: unknown) => PeerAuthKey
  readonly doAuthorization: (connection: unknown, crypto: PeerCrypto) => Promise<[Uint8Array, Long, number]>
  readonly addPublicKey: (crypto: PeerCrypto, pem: string) => void
  readonly Long: { fromBits(low: number, high: number): Long }
  readonly readerMap: unknown
  readonly writerMap: unknown
}

/** Loads mtcute's internals. */
export async function loadMtcute(): Promise<PeerModules> {
  const from = (path: string) => import(new URL(`./node_modules/${path}`, import.meta.url).href)
  const [node, authKey, authorization, keys, long, reader, writer] = await Promise.all([
    from('@mtcute/node/utils/crypto.js'),
    from('@mtcute/core/network/auth-key.js'),
    from('@mtcute/core/network/authorization.js'),
    from('@mtcute/core/utils/crypto/keys.js'),
    from('long/index.js'),
    from('@mtcute/core/tl/binary/reader.js'),
    from('@mtcute/core/tl/binary/writer.js'),
  ])
  return {
    NodeCryptoProvider: node.NodeCryptoProvider,
    AuthKey: authKey.AuthKey,
    doAuthorization: authorization.doAuthorization,
    addPublicKey: keys.addPublicKey,
    Long: long.default,
    readerMap: reader.__tlReaderMap,
    writerMap: writer.__tlWriterMap,
  }
}

/** A logger that prints nothing. */
export const silentLog: object = new Proxy(
  { prefix: '' },
  {
    get: (_, name) => (name === 'create' ? () => silentLog : () => undefined),
    set: () => true,
  },
)
