import { sha256, startCtr } from '../crypto/index.ts'
import type { Random } from '../machine.ts'
import { detectTransport } from './detect.ts'
import { readInt, type TaggedKind, writeInt } from './frame.ts'

/** Ciphers both directions of a connection; each goes on where its last chunk ended. */
export interface Obfuscation {
  encrypt(chunk: Uint8Array): Uint8Array
  decrypt(chunk: Uint8Array): Uint8Array
}

/** obfuscated2 begins with a header of this length. */
export const HEADER_BYTES = 64

const KEY_AT = 8
const IV_AT = 40
const TAG_AT = 56
const DC_ID_AT = 60
const TEST_DC_OFFSET = 10_000

const TAGS: Readonly<Record<TaggedKind, number>> = {
  abridged: 0xefefefef | 0,
  intermediate: 0xeeeeeeee | 0,
  padded: 0xdddddddd | 0,
}
const KINDS = new Map<number, TaggedKind>([
  [TAGS.abridged, 'abridged'],
  [TAGS.intermediate, 'intermediate'],
  [TAGS.padded, 'padded'],
])
/** The first bytes of a TLS connection. */
const TLS_HELLO = 0x02010316

/** The ingredients of a client's header. */
export interface HeaderSetup {
  readonly kind: TaggedKind
  /** As in p_q_inner_data_dc, for proxies. Many clients leave it random, so that no server can believe it. */
  readonly dcId: number | undefined
  /** An MTProxy's, 16 bytes. */
  readonly secret: Uint8Array | undefined
  readonly random: Random
}

/**
 * A client's end: the header to send first, and the ciphers for what follows.
 *
 * @see protocol.md section 2.1
 */
export function startObfuscation(setup: HeaderSetup): Obfuscation & { readonly header: Uint8Array } {
  const header = drawHeader(setup.random)
  writeInt(header, TAG_AT, TAGS[setup.kind])
  if (setup.dcId !== undefined) {
    header[DC_ID_AT] = setup.dcId
    header[DC_ID_AT + 1] = setup.dcId >> 8
  }
  const encrypt = startStream(header, setup.secret)
  const decrypt = startStream(header.toReversed(), setup.secret)
  // The header is the start of the stream that it has the key to; only its end is sent encrypted.
  header.set(encrypt(header).subarray(TAG_AT), TAG_AT)
  return { header, encrypt, decrypt }
}

/**
 * A server's end, from the header of a client that uses no secret or one of these; undefined if the header fits neither. Clients
 * of an MTProxy, which knows the secret, say which data centre they want to go to.
 *
 * @param secrets 16 bytes each
 */
export function acceptObfuscation(
  header: Uint8Array,
  secrets: readonly Uint8Array[],
): (Obfuscation & { readonly kind: TaggedKind; readonly namedDc: number | undefined }) | undefined {
  for (const secret of [undefined, ...secrets]) {
    const decrypt = startStream(header, secret)
    const clear = decrypt(header)
    const kind = KINDS.get(readInt(clear, TAG_AT))
    const namedDc = secret === undefined ? undefined : dcOf(clear)
    if (kind) return { kind, namedDc, decrypt, encrypt: startStream(header.toReversed(), secret) }
  }
  return undefined
}

/** The data centre in a header: files have a number below 0, test data centres one above 10,000. */
function dcOf(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  return Math.abs(view.getInt16(DC_ID_AT, true)) % TEST_DC_OFFSET
}

/** Random bytes that nobody takes for another transport, or for TLS. */
function drawHeader(random: Random): Uint8Array {
  for (;;) {
    const header = random(HEADER_BYTES).slice()
    if (detectTransport(header) === 'obfuscated' && readInt(header, 0) !== TLS_HELLO) return header
  }
}

function startStream(header: Uint8Array, secret: Uint8Array | undefined): (chunk: Uint8Array) => Uint8Array {
  const key = header.subarray(KEY_AT, IV_AT)
  return startCtr(secret ? sha256(key, secret) : key, header.subarray(IV_AT, TAG_AT))
}
