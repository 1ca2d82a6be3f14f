/**
 * Inputs and outputs of the sans-IO core. Bytes, time and randomness go in, outputs come out: a machine reads
 * no clock, no entropy and no socket, and nothing a peer sends makes `step` throw. One small driver per side
 * (client/src/net, server/src/gateway) does what the outputs say.
 */
import type { MtprotoError, RpcError } from './errors.ts'

/** `length` bytes from a CSPRNG; in tests, from a seed. */
export type Random = (length: number) => Uint8Array

/** A TL long of about unixtime·2^32, signed as on the wire. Message, session and key ids are all signed longs. */
export type MsgId = bigint

/** An authorization key. */
export interface AuthKey {
  /** SHA1(key)[12:20] as a signed long. */
  readonly id: bigint
  /** 256 bytes. */
  readonly key: Uint8Array
}

/** A salt and when the server takes it, in Unix seconds of the server's clock. */
export interface ServerSalt {
  readonly salt: bigint
  readonly validSinceS: number
  readonly validUntilS: number
}

/** Something that is stepped. After `failed` it is inert. */
export interface Machine<Input, Output> {
  /** When to step with `wake` at the latest, or undefined when nothing waits for time. */
  readonly wakeAtMs: number | undefined
  step(input: Input, nowMs: number): Output[]
}

/** A machine that says how much it holds: for metrics, and for simulations, after which nothing may be left. */
export interface SizedMachine<Input, Output> extends Machine<Input, Output> {
  /** Entries by table. */
  readonly tableSizes: Readonly<Record<string, number>>
}

// ---- the client: one machine per data centre connection; it outlives the sockets ------------------------

/** The data that a client must keep to be the same client after a restart. */
export interface ClientKeys {
  readonly authKey: AuthKey
  /** Server clock minus ours. */
  readonly timeOffsetMs: number
  readonly salts: readonly ServerSalt[]
}

/** Frames that one address of a data centre wants, where the others take the machine's own. */
export interface AddressFraming {
  /** Hides frames in obfuscated2, with the address's own secret if it has one. */
  readonly obfuscation?: { readonly secret?: Uint8Array | undefined } | undefined
  /** The data centre in the header of obfuscated2: negative at an address for files only. */
  readonly dcId?: number | undefined
}

export type ClientInput =
  /** A transport connection has been made; the machine speaks first. */
  | { readonly kind: 'opened'; readonly framing?: AddressFraming }
  | { readonly kind: 'bytes'; readonly chunk: Uint8Array }
  /** Over `bare` framing: a POST was answered with this HTTP status, negative (-404). */
  | { readonly kind: 'transportError'; readonly code: number }
  /** Over `bare` framing: the connection of a POST ended without an answer; others go on. The server may have the packet. */
  | { readonly kind: 'unanswered' }
  /**
   * A method call: `body` is the serialized method without wrappers; the machine adds initConnection. The server runs it
   * `after` that call, if it has no answer yet, and refuses it (MSG_WAIT_FAILED) if that fails.
   */
  | {
      readonly kind: 'call'
      readonly callId: number
      readonly body: Uint8Array
      readonly after?: number | undefined
      /** Another input follows at once. The call is sent with it: calls of one moment share a packet. */
      readonly isMore?: boolean | undefined
    }
  /** The caller gave up. */
  | { readonly kind: 'cancel'; readonly callId: number }
  /** After a log-out: destroy the key on the server; the machine saves `undefined` and starts over with a new one. */
  | { readonly kind: 'destroyKey' }
  | { readonly kind: 'wake' }
  /** The machine may have slept, or the network be another one: find out soon if the connection still works. */
  | { readonly kind: 'probe' }
  /** The transport connection is gone; calls stay pending and are sent again after `opened`. */
  | { readonly kind: 'closed' }

export type ClientOutput =
  | { readonly kind: 'send'; readonly chunk: Uint8Array }
  /** There is a key (bound, with PFS) and calls flow. Once per `opened`. */
  | { readonly kind: 'ready' }
  /** `body` is the serialized result, boxed and unpacked. Valid until the next step. */
  | { readonly kind: 'result'; readonly callId: number; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly callId: number; readonly error: RpcError }
  /** The server has accepted these calls (option `quickAcks`); their answers are still to come. */
  | { readonly kind: 'quickAck'; readonly callIds: readonly number[] }
  /** A serialized Updates object, unpacked. */
  | { readonly kind: 'update'; readonly body: Uint8Array }
  /** The server forgot our session: updates may have been missed. */
  | { readonly kind: 'newSession' }
  /** Keep this; undefined: the key is void, forget it. */
  | { readonly kind: 'save'; readonly keys: ClientKeys | undefined }
  /** Close the transport and open a new one, after a pause if the reason repeats. */
  | { readonly kind: 'reconnect'; readonly reason: MtprotoError }
  /** Fatal: the machine stops, and every pending call fails with this error. */
  | { readonly kind: 'failed'; readonly error: MtprotoError }

// ---- the server: one machine per node, over all its connections ------------------------------------------

/** Whose bytes: chosen by the gateway, never used twice. */
export type ConnectionId = number

/**
 * A session: the key the packets are encrypted with (temporary, with PFS) and the client's session id. What the server
 * machine puts out is one object for as long as the session lives; what goes in may be another that says the same.
 */
export interface SessionRef {
  readonly authKeyId: bigint
  readonly sessionId: bigint
}

/** An authorization key that decrypts traffic, as the node knows it. */
export interface ServerKey {
  readonly authKey: AuthKey
  /** Unix seconds on the rules' clock; undefined for a permanent key. */
  readonly expiresAtS: number | undefined
  /** The salt both sides know from the exchange, good for an hour from `createdAtS`. */
  readonly firstSalt: bigint
  readonly createdAtS: number
  /** The data centre it belongs to: connections to another do not know it. Undefined: it is good everywhere. */
  readonly dcId?: number | undefined
}

/** Arithmetic of a key exchange that takes milliseconds; plain values, so that another thread can do it. */
export type ExchangeTask =
  /** Decrypt the inner data (`rsaKey` is an index of the machine's keys), and make a g^a if it is valid. */
  | { readonly kind: 'openParams'; readonly rsaKey: number; readonly encryptedData: Uint8Array }
  /** (g^b)^a */
  | { readonly kind: 'makeKey'; readonly a: Uint8Array; readonly gB: Uint8Array }

/** The result of an {@link ExchangeTask}. */
export type ExchangeResult =
  | {
      readonly kind: 'openParams'
      readonly block: Uint8Array | undefined
      readonly dh: { readonly a: Uint8Array; readonly gA: Uint8Array } | undefined
    }
  | { readonly kind: 'makeKey'; readonly key: Uint8Array }

/**
 * A packet that takes milliseconds to seal or to open; plain values, so that another thread can do it. `seal`: room for the head of
 * the packet, then the plaintext. It is worked on where it lies, and nobody else looks at it meanwhile.
 */
export interface CipherTask {
  readonly kind: 'seal' | 'open'
  readonly authKey: AuthKey
  readonly packet: Uint8Array
}

/** The result of a {@link CipherTask}. */
export type CipherResult =
  | { readonly kind: 'sealed'; readonly packet: Uint8Array }
  | { readonly kind: 'opened'; readonly decrypted: Decrypted }

/** The message in a packet, or the reason for its rejection. */
export type Decrypted =
  | { readonly ok: true; readonly message: EncryptedMessage }
  | { readonly ok: false; readonly rejection: Rejection }

/** Why a packet is dropped. A server answers none of them, and all alike: it closes the connection. */
export type Rejection = 'LENGTH_INVALID' | 'MSG_KEY_MISMATCH' | 'BODY_LENGTH_INVALID' | 'PADDING_INVALID'

/** A message that has been decrypted and is whole. */
export interface EncryptedMessage {
  readonly salt: bigint
  readonly sessionId: bigint
  readonly msgId: MsgId
  readonly seqNo: number
  readonly body: Uint8Array
  /** The token of the packet's quick acknowledgement, an unsigned 32-bit number. */
  readonly quickAckToken: number
}

export type ServerInput =
  /** With `dcId`, an exchange that names another data centre is refused with -444, and keys of others with -404. */
  | {
      readonly kind: 'opened'
      readonly connection: ConnectionId
      readonly dcId?: number | undefined
      /** Whom key exchanges are counted against: an address, or the network of one. Without it they are not counted. */
      readonly network?: string | undefined
      /**
       * `detect` (the default): a TCP connection. `obfuscated`: the stream of a WebSocket's messages. `bare`: HTTP, each
       * `bytes` the body of a request and each `send` that of its answer, which may wait for news (http_wait); until it
       * is there, no other `bytes`.
       */
      readonly framing?: 'detect' | 'obfuscated' | 'bare' | undefined
    }
  | { readonly kind: 'bytes'; readonly connection: ConnectionId; readonly chunk: Uint8Array }
  /** The gateway itself keeps so many bytes for this connection (an HTTP body that is not whole): they count, too. */
  | { readonly kind: 'held'; readonly connection: ConnectionId; readonly bytes: number }
  | { readonly kind: 'closed'; readonly connection: ConnectionId }
  /** The answer to `needKey`: undefined where the key is unknown (the peer gets -404). */
  | { readonly kind: 'key'; readonly authKeyId: bigint; readonly key: ServerKey | undefined }
  /** The answer to `compute`: undefined if the computation failed. */
  | { readonly kind: 'computed'; readonly exchange: number; readonly result: ExchangeResult | undefined }
  /** The answer to `cipher`: undefined if nobody could do it. The packet is lost with its connection then. */
  | {
      readonly kind: 'ciphered'
      readonly connection: ConnectionId
      readonly job: number
      readonly result: CipherResult | undefined
    }
  /** The answer to `keyMade`: stored, or its id was taken (dh_gen_retry). */
  | { readonly kind: 'keyKept'; readonly exchange: number; readonly kept: boolean }
  /** The answer to `destroyKey`: it is gone, there was none, or it could not be destroyed and is still good. */
  | { readonly kind: 'keyDestroyed'; readonly session: SessionRef; readonly outcome: 'ok' | 'none' | 'fail' }
  /** The key is void from now on: its connections get -404 (`reason: 'unknown'`) or are closed. */
  | { readonly kind: 'dropKey'; readonly authKeyId: bigint; readonly reason: 'unknown' | 'revoked' }
  /** The serialized result (or rpc_error) of a request. */
  | {
      readonly kind: 'answer'
      readonly session: SessionRef
      readonly msgId: MsgId
      readonly body: Uint8Array
      /**
       * It has bytes of a file. They are not packed, and once they have been sent nothing keeps them: a request that comes
       * again on a later connection, before its answer was acknowledged, is run again.
       */
      readonly isFile?: boolean | undefined
      /**
       * The end of the result, in pieces, with `isFile` only. The machine takes over their memory, as that of `body`, and does not
       * copy them before they are encrypted.
       */
      readonly rest?: readonly Uint8Array[] | undefined
    }
  /**
   * A running request gets no answer (fault injection). If it was not carried out it counts as never received, so
   * that it is when it comes again; `asBadSalt` has the client send it again at once.
   */
  | {
      readonly kind: 'withhold'
      readonly session: SessionRef
      readonly msgId: MsgId
      readonly wasRun: boolean
      readonly asBadSalt: boolean
    }
  /** Sends a transport error, for no reason of the machine's own (fault injection). */
  | { readonly kind: 'sendTransportError'; readonly connection: ConnectionId; readonly code: number }
  /**
   * A serialized Updates object for this session, if it is still known. Where so many wait for the client's acknowledgement
   * that there would be too many, `instead` replaces them all.
   */
  | {
      readonly kind: 'push'
      readonly session: SessionRef
      readonly body: Uint8Array
      readonly instead?: Uint8Array | undefined
    }
  /** The rules' clock is this far ahead of the wall clock (test clock). */
  | { readonly kind: 'rulesClock'; readonly aheadMs: number }
  | { readonly kind: 'wake' }

export type ServerOutput =
  | {
      readonly kind: 'send'
      readonly connection: ConnectionId
      readonly chunk: Uint8Array
      /** Over `bare` framing, the session whose messages these are: any request of a session may bring its answers. */
      readonly sessionId?: bigint
    }
  /** Over `bare` framing, instead of an answer: HTTP status 404 for -404. */
  | { readonly kind: 'transportError'; readonly connection: ConnectionId; readonly code: number }
  /** Flush and close. */
  | { readonly kind: 'close'; readonly connection: ConnectionId; readonly reason?: MtprotoError }
  /** The first packet under a key has been decrypted: the peer has that key. Once for each connection. */
  | { readonly kind: 'proven'; readonly connection: ConnectionId }
  /** A packet under a key the machine has not seen: look it up. Packets wait, bounded. */
  | { readonly kind: 'needKey'; readonly authKeyId: bigint }
  /** With the option `offloadsExchanges`: compute this with `computeExchange`, then say `computed`. */
  | { readonly kind: 'compute'; readonly exchange: number; readonly task: ExchangeTask }
  /**
   * With the option `offloadsCiphersFrom`: do this with `computeCipher`, then say `ciphered`. What follows on the connection, in the
   * same direction, waits for it. Read nothing more from the connection while a packet is being opened: it would be kept.
   */
  | {
      readonly kind: 'cipher'
      readonly connection: ConnectionId
      readonly job: number
      readonly task: CipherTask
    }
  /** A key exchange is done but for the answer: keep the key durably, then say `keyKept`. */
  | {
      readonly kind: 'keyMade'
      readonly exchange: number
      readonly connection: ConnectionId
      readonly key: ServerKey
      /**
       * Data centre named in the exchange: absolute value, without the test offset. Where none was, the connection's,
       * if that has one.
       */
      readonly dcId: number | undefined
      /** It was named with the offset of the test environment. */
      readonly isTest: boolean
    }
  /**
   * A method to run, exactly once per (session, msgId): the body as sent, gzip taken off, wrappers
   * (invokeWithLayer …) still on. Valid until the next step.
   */
  | {
      readonly kind: 'request'
      readonly connection: ConnectionId
      readonly session: SessionRef
      readonly msgId: MsgId
      readonly seqNo: number
      readonly body: Uint8Array
    }
  /** The client asks to destroy the key of this session (destroy_auth_key): forget it durably, then say `keyDestroyed`. */
  | { readonly kind: 'destroyKey'; readonly session: SessionRef }
