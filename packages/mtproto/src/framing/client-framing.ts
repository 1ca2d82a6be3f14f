import { concatBytes } from '../crypto/index.ts'
import { UsageError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { makeBareFraming } from './bare.ts'
import { MAX_FRAME_BYTES, makeCodec } from './codecs.ts'
import { FrameCutter } from './cutter.ts'
import { TRANSPORT_TAGS } from './detect.ts'
import type { Framing, StreamKind, TaggedKind, TransportKind } from './frame.ts'
import { type Obfuscation, startObfuscation } from './obfuscation.ts'
import { parseProxySecret } from './proxy-secret.ts'

/** Options of a client's connection, besides its transport. */
export interface ClientFramingSetup {
  readonly random: Random
  readonly maxFrameBytes?: number
  /** obfuscated2, keyed with an MTProxy's secret if there is one; a secret with the prefix `dd` makes it padded. */
  readonly obfuscation?: { readonly secret?: Uint8Array | undefined } | undefined
  /** For the obfuscated2 header. */
  readonly dcId?: number | undefined
}

/** The first bytes of a client's connection. */
type Choice =
  | { readonly kind: TransportKind; readonly isObfuscated: false }
  | { readonly kind: TaggedKind; readonly isObfuscated: true; readonly secret: Uint8Array | undefined }

/**
 * Checks that these go together.
 *
 * @throws UsageError FRAMING_INVALID, MTPROXY_SECRET_INVALID
 */
export function chooseFraming(kind: TransportKind, obfuscation: ClientFramingSetup['obfuscation']): Choice {
  if (!obfuscation) return { kind, isObfuscated: false }
  const proxy = obfuscation.secret && parseProxySecret(obfuscation.secret)
  if (kind === 'full' || kind === 'bare') {
    throw new UsageError(
      'FRAMING_INVALID',
      `obfuscated2 has no tag for the ${kind} transport: choose another`,
    )
  }
  return { kind: proxy?.wantsPadding ? 'padded' : kind, isObfuscated: true, secret: proxy?.secret }
}

/**
 * A client's end of a new connection.
 *
 * @throws UsageError as {@link chooseFraming}
 */
export function makeClientFraming(kind: TransportKind, setup: ClientFramingSetup): Framing {
  const { random, dcId, maxFrameBytes = MAX_FRAME_BYTES } = setup
  const choice = chooseFraming(kind, setup.obfuscation)
  if (choice.isObfuscated) {
    const obfuscation = startObfuscation({ kind: choice.kind, dcId, secret: choice.secret, random })
    return makeStream(choice.kind, obfuscation.header, obfuscation, random, maxFrameBytes)
  }
  if (choice.kind === 'bare') return makeBareFraming(maxFrameBytes)
  return makeStream(choice.kind, TRANSPORT_TAGS[choice.kind], undefined, random, maxFrameBytes)
}

function makeStream(
  kind: StreamKind,
  head: Uint8Array,
  obfuscation: Obfuscation | undefined,
  random: Random,
  maxFrameBytes: number,
): Framing {
  const codec = makeCodec(kind, 'client', random)
  const cutter = new FrameCutter(codec, maxFrameBytes)
  let unsentHead = head
  return {
    kind,
    get heldBytes() {
      return cutter.heldBytes
    },
    drop: () => cutter.drop(),
    release: () => cutter.release(),
    push: (chunk) => cutter.push(obfuscation ? obfuscation.decrypt(chunk) : chunk),
    encodeFrame(payload, wantsQuickAck = false) {
      const clear = codec.encode(payload, wantsQuickAck)
      const frame = obfuscation ? obfuscation.encrypt(clear) : clear
      if (unsentHead.length === 0) return frame
      const first = concatBytes(unsentHead, frame)
      unsentHead = new Uint8Array(0)
      return first
    },
    encodeQuickAck: () => new Uint8Array(0),
  }
}
