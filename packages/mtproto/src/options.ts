import type { PqFactors, RsaPrivateKey, RsaPublicKey } from './crypto/index.ts'
import type { ClientKeys, Random } from './machine.ts'

/**
 * The framings a client may choose; the server tells them apart by the first bytes. `bare` is HTTP's: each `send` is
 * the body of a POST, each `bytes` that of an answer.
 */
export type FramingName = 'abridged' | 'intermediate' | 'padded' | 'full' | 'bare'

/** Every bound and interval of a client machine. */
export interface ClientLimits {
  /** A longer frame ends the connection. */
  readonly maxFrameBytes: number
  /** The longest message of a key exchange, padding included; a longer one ends the exchange. */
  readonly maxPlainBytes: number
  /** A longer message of MTProto itself, such as msgs_ack, ends the connection: it names at most 8192 messages. */
  readonly maxServiceBytes: number
  /** A gzip_packed object may not unpack to more. */
  readonly maxUnpackedBytes: number
  /** All gzip_packed objects that come in one step may not unpack to more: gzip makes a thousand bytes of one. */
  readonly maxStepUnpackedBytes: number
  /** Calls without an answer; one more is a UsageError. */
  readonly maxPendingCalls: number
  /** Messages in one container, and bytes of its contents. */
  readonly maxContainerMessages: number
  readonly maxContainerBytes: number
  /** Messages that the server offers and the client asks for at a time; more are not asked for yet. */
  readonly maxWantedMessages: number
  /** Times that a server may have one message sent again on a connection; one more ends the connection. */
  readonly maxResends: number
  /** Received message ids kept against replays. */
  readonly receivedIds: number
  /** Requests in this range are sent gzipped when that makes them shorter; file parts lie above it. */
  readonly gzipMinBytes: number
  readonly gzipMaxBytes: number
  /** Acknowledgements leave with the next packet, after this delay, or when this many are due. */
  readonly ackDelayMs: number
  readonly ackCount: number
  /** The keepalive: how often, how soon the pong must come, and when the server may give us up. */
  readonly pingIntervalMs: number
  readonly pongTimeoutMs: number
  /** How soon the pong must come where the connection is in doubt (input `probe`). */
  readonly probeTimeoutMs: number
  readonly disconnectDelayS: number
  /** A call unanswered for this long is asked about with msgs_state_req; the pause doubles each time. */
  readonly askAfterMs: number
  /** Salts to ask for when fewer than `futureSaltsMin` lie ahead; 0 never asks. */
  readonly futureSalts: number
  readonly futureSaltsMin: number
  /** A key exchange without an answer for this long ends the connection. */
  readonly exchangeTimeoutMs: number
  /** Key exchanges (or bindings) that the server refuses one after the other before the machine fails. */
  readonly maxExchangeFailures: number
  /** Retries of a call that is told CONNECTION_NOT_INITED, or that its temporary key is not bound, before it is refused. */
  readonly maxInitRetries: number
  /** A temporary key is replaced when this share of its life is over. */
  readonly renewAtShare: number
}

/** The limits a client machine has unless told otherwise. */
export const CLIENT_LIMITS: ClientLimits = {
  maxFrameBytes: 4 * 1024 * 1024 + 1024,
  maxPlainBytes: 4096,
  maxServiceBytes: 96 * 1024,
  maxUnpackedBytes: 32 * 1024 * 1024,
  maxStepUnpackedBytes: 64 * 1024 * 1024,
  maxPendingCalls: 8192,
  maxContainerMessages: 1000,
  maxContainerBytes: 512 * 1024,
  maxWantedMessages: 1024,
  maxResends: 32,
  receivedIds: 1024,
  gzipMinBytes: 512,
  gzipMaxBytes: 64 * 1024,
  ackDelayMs: 5_000,
  ackCount: 16,
  pingIntervalMs: 30_000,
  pongTimeoutMs: 10_000,
  probeTimeoutMs: 3_000,
  disconnectDelayS: 75,
  askAfterMs: 15_000,
  futureSalts: 32,
  futureSaltsMin: 4,
  exchangeTimeoutMs: 15_000,
  maxExchangeFailures: 5,
  maxInitRetries: 3,
  renewAtShare: 0.9,
}

/** Options of a client machine. */
export interface ClientMachineOptions {
  readonly random: Random
  readonly framing?: FramingName
  /**
   * Hides abridged, intermediate or padded frames in obfuscated2: on a WebSocket always. With an MTProxy's secret, its
   * 16 bytes; with `dd` or `ee` in front, which makes the framing padded. The records of `ee` are the transport's work.
   */
  readonly obfuscation?: { readonly secret?: Uint8Array | undefined } | undefined
  /**
   * Ask the server to say at once when it has accepted calls (output `quickAck`); full and bare framing cannot. Messengers
   * show it as the first tick of a message. `@cablegram/client` does not ask: what was accepted may still never be run, so
   * that a caller could do nothing with it but wait for the answer, as before, and each call would cost a frame more.
   */
  readonly quickAcks?: boolean
  /** The RSA keys the server may be known by. */
  readonly serverKeys: readonly RsaPublicKey[]
  /** As it stands in p_q_inner_data_dc: the id, +10000 on test servers, negative for media only. */
  readonly dcId: number
  /** Serialized invokeWithLayer + initConnection up to its query, put before calls until the server knows it. */
  readonly initPrefix: Uint8Array
  /** From an earlier `save`; without them a key is made. With `pfs` this is the permanent key. */
  readonly keys?: ClientKeys | undefined
  /** Perfect forward secrecy: traffic under temporary keys of this lifetime, bound to the permanent one. */
  readonly pfs?: { readonly expiresInS: number } | undefined
  readonly limits?: Partial<ClientLimits>
}

/** Every bound and interval of a server machine. */
export interface ServerLimits {
  /** A longer frame closes the connection. */
  readonly maxFrameBytes: number
  /** The longest message of a key exchange, padding included; a longer one is refused with -404. */
  readonly maxPlainBytes: number
  /**
   * Memory for the unfinished frames of all connections, whatever their transport. Beyond it the connection that
   * keeps most is closed.
   */
  readonly maxBegunBytes: number
  /** A gzip_packed object that holds more stays packed, to be refused. */
  readonly maxUnpackedBytes: number
  /** The gzip in one packet may unpack to this in all; more is answered -429. Gzip makes a thousand bytes of one. */
  readonly maxPacketUnpackedBytes: number
  /** Key exchanges begun and not finished: on one connection, and on the node. */
  readonly maxConnectionExchanges: number
  readonly maxExchanges: number
  /** Those begun from one network within `networkWindowMs`; one more is answered -429. */
  readonly maxNetworkExchanges: number
  readonly networkWindowMs: number
  /** Exchanges that may wait for a computation; one more is answered -429. */
  readonly maxComputing: number
  readonly exchangeLifeMs: number
  /** Times that dh_gen_retry is answered; then comes dh_gen_fail. */
  readonly maxDhRetries: number
  /** Wrong handshake queries and unknown keys a connection may send before it is closed. */
  readonly maxConnectionFaults: number
  /** A connection must show a key it knows within this time, or be making one. */
  readonly strangerLifeMs: number
  /** A connection that has sent something, but no whole frame yet, may be silent for so long. */
  readonly firstFrameMs: number
  /** Packets of one connection waiting for `key`, in bytes. */
  readonly maxWaitingBytes: number
  /** Sessions on the node and of one key: the longest unused goes first. */
  readonly maxSessions: number
  readonly maxKeySessions: number
  /** Forgotten sessions that are remembered against replays; beyond it all salts are renewed instead. */
  readonly maxForgotten: number
  /** Requests of one session that are running; one more is answered -429. */
  readonly maxRunningRequests: number
  /** Answers and updates of one session nobody has acknowledged yet. */
  readonly maxUnackedMessages: number
  readonly maxUnackedBytes: number
  /** Updates of one session nobody has acknowledged yet; one more, and what the input names replaces them all. */
  readonly maxQueuedPushes: number
  /**
   * The same of all sessions. Beyond it those go that nobody is connected to, and of what is sent the others keep a few
   * kilobytes only.
   */
  readonly maxHeldBytes: number
  /** A longer message of MTProto itself, such as msgs_ack, is answered -429: it names at most 8192 messages. */
  readonly maxServiceBytes: number
  /** Service messages in one packet; more are answered -429. */
  readonly maxServiceMessages: number
  readonly maxContainerMessages: number
  readonly maxContainerBytes: number
  readonly receivedIds: number
  /** A request not answered after this long is acknowledged by itself. */
  readonly ackDelayMs: number
  /** Answers longer than this are sent gzipped when that makes them shorter. */
  readonly gzipMinBytes: number
  readonly gzipMaxBytes: number
  /** A message unacknowledged for this long is offered with msg_detailed_info; the pause doubles each time. */
  readonly offerAfterMs: number
  /** An answer asked for again is sent again up to this length; of a longer one only msg_detailed_info. */
  readonly maxRepeatBytes: number
  /** The longest delay that ping_delay_disconnect may ask for. */
  readonly maxDisconnectDelayS: number
  /** A session with nobody connected is forgotten after this long. */
  readonly sessionLifeMs: number
}

/** The limits a server machine has unless told otherwise. */
export const SERVER_LIMITS: ServerLimits = {
  maxFrameBytes: 4 * 1024 * 1024,
  // req_DH_params takes 340 bytes, and TDLib adds up to 270 of padding.
  maxPlainBytes: 4096,
  // Of 256 MiB: the rest is for chunks that have been copied and that the collector has not freed yet.
  maxBegunBytes: 192 * 1024 * 1024,
  // As long as a request may be.
  maxUnpackedBytes: 1024 * 1024,
  maxPacketUnpackedBytes: 8 * 1024 * 1024,
  maxConnectionExchanges: 8,
  maxExchanges: 10_000,
  maxNetworkExchanges: Number.POSITIVE_INFINITY,
  networkWindowMs: 600_000,
  maxComputing: 1024,
  exchangeLifeMs: 600_000,
  maxDhRetries: 3,
  maxConnectionFaults: 16,
  strangerLifeMs: 120_000,
  firstFrameMs: 15_000,
  maxWaitingBytes: 8 * 1024 * 1024,
  maxSessions: 100_000,
  maxKeySessions: 128,
  maxForgotten: 100_000,
  maxRunningRequests: 1024,
  maxUnackedMessages: 4096,
  maxUnackedBytes: 16 * 1024 * 1024,
  maxQueuedPushes: 1000,
  maxHeldBytes: 256 * 1024 * 1024,
  maxServiceBytes: 96 * 1024,
  maxServiceMessages: 1024,
  maxContainerMessages: 1020,
  maxContainerBytes: 1024 * 1024,
  receivedIds: 1024,
  ackDelayMs: 500,
  // zlib takes 0.1 ms to begin: below this the bytes it saves are not worth it.
  gzipMinBytes: 1024,
  gzipMaxBytes: 1024 * 1024,
  // Clients may wait a minute with their acknowledgements.
  offerAfterMs: 75_000,
  maxRepeatBytes: 64 * 1024,
  maxDisconnectDelayS: 3600,
  sessionLifeMs: 3_600_000,
}

/** Options of a server machine. */
export interface ServerMachineOptions {
  readonly random: Random
  readonly rsaKeys: readonly RsaPrivateKey[]
  /** A data centre with keys of its own, such as a CDN: its connections are offered these and no others, and others not these. */
  readonly ownKeys?: { readonly dcId: number; readonly rsaKeys: readonly RsaPrivateKey[] } | undefined
  /** 32 bytes: salts are derived from it and from a random number of the start. */
  readonly saltSecret: Uint8Array
  /** Clients may key obfuscated2 with one of these MTProxy secrets, or with none; of each, its 16 bytes count. */
  readonly mtproxySecrets?: readonly Uint8Array[] | undefined
  /** Makes the pq of a key exchange; by default from fresh primes. */
  readonly makePq?: ((random: Random) => PqFactors & { readonly pq: Uint8Array }) | undefined
  /** Puts slow computations of key exchanges out as `compute`, for another thread. Default: computes them at once. */
  readonly offloadsExchanges?: boolean | undefined
  /**
   * Puts packets that are so long out as `cipher`, for another thread: those that it receives, and of those that it sends, those with
   * bytes of files; not over HTTP. Default: seals and opens all at once.
   */
  readonly offloadsCiphersFrom?: number | undefined
  readonly limits?: Partial<ServerLimits>
}
