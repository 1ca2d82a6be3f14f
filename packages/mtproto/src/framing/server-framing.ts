import { freeBytes } from '@cablegram/tl'
import { ProtocolError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { makeBareFraming } from './bare.ts'
import { MAX_FRAME_BYTES, makeCodec } from './codecs.ts'
import { FrameCutter } from './cutter.ts'
import { detectTransport, TRANSPORT_TAGS } from './detect.ts'
import type { Frame, FrameCodec, Framing, StreamKind } from './frame.ts'
import { acceptObfuscation, HEADER_BYTES, type Obfuscation } from './obfuscation.ts'

/** Options of a server's connection. */
export interface ServerFramingSetup {
  readonly random: Random
  readonly maxFrameBytes?: number
  /**
   * `detect` (the default): whatever the first bytes show. `obfuscated`: a WebSocket's stream, which always is.
   * `bare`: HTTP's bodies.
   */
  readonly transport?: 'detect' | 'obfuscated' | 'bare' | undefined
  /** Clients may key obfuscated2 with one of these, 16 bytes each, or with none. */
  readonly proxySecrets?: readonly Uint8Array[]
}

type State =
  /** The client has not shown what it speaks: at most a header's length. */
  | { readonly at: 'head'; readonly head: Uint8Array; held: number }
  | {
      readonly at: 'open'
      readonly kind: StreamKind
      readonly codec: FrameCodec
      readonly cutter: FrameCutter
      readonly obfuscation: Obfuscation | undefined
      readonly namedDc: number | undefined
    }
  | { readonly at: 'failed' }

/** A server's end of a new connection: speaks what the client turns out to speak. */
export function makeServerFraming(setup: ServerFramingSetup): Framing {
  if (setup.transport === 'bare') return makeBareFraming(setup.maxFrameBytes ?? MAX_FRAME_BYTES)
  return new ServerFraming(setup)
}

class ServerFraming implements Framing {
  readonly #setup: ServerFramingSetup
  /** Deciphered bytes with frames that the caller may look at until they are released, or the next push. */
  #lent: Uint8Array | undefined
  #state: State = { at: 'head', head: new Uint8Array(HEADER_BYTES), held: 0 }

  constructor(setup: ServerFramingSetup) {
    this.#setup = setup
  }

  get kind(): StreamKind | undefined {
    return this.#state.at === 'open' ? this.#state.kind : undefined
  }

  get namedDc(): number | undefined {
    return this.#state.at === 'open' ? this.#state.namedDc : undefined
  }

  get heldBytes(): number {
    return this.#state.at === 'open' ? this.#state.cutter.heldBytes : 0
  }

  drop(): void {
    if (this.#state.at === 'open') this.#state.cutter.drop()
    this.#state = { at: 'failed' }
  }

  release(): void {
    if (this.#lent) freeBytes(this.#lent)
    this.#lent = undefined
    if (this.#state.at === 'open') this.#state.cutter.release()
  }

  push(chunk: Uint8Array): Frame[] {
    const state = this.#state
    if (state.at === 'failed') return []
    if (state.at === 'head') return this.#onHead(state, chunk)
    if (!state.obfuscation) return state.cutter.push(chunk)
    this.release()
    const clear = state.obfuscation.decrypt(chunk)
    const frames = state.cutter.push(clear)
    this.#lent = frames.length === 0 ? undefined : clear
    // Without a frame, all of it has been copied.
    if (frames.length === 0) freeBytes(clear)
    return frames
  }

  encodeFrame(payload: Uint8Array): Uint8Array {
    const state = this.#state
    return state.at === 'open' ? seal(state, state.codec.encode(payload, false)) : new Uint8Array(0)
  }

  encodeQuickAck(token: number): Uint8Array {
    const state = this.#state
    return state.at === 'open' ? seal(state, state.codec.encodeQuickAck(token)) : new Uint8Array(0)
  }

  #onHead(start: State & { at: 'head' }, chunk: Uint8Array): Frame[] {
    const before = start.held
    const taken = Math.min(chunk.length, HEADER_BYTES - before)
    start.head.set(chunk.subarray(0, taken), before)
    start.held += taken
    const first = start.head.subarray(0, start.held)
    const kind = this.#setup.transport === 'obfuscated' ? 'obfuscated' : detectTransport(first)
    if (kind === undefined) return []
    if (kind === 'http') return this.#fail('TRANSPORT_UNSUPPORTED', 'HTTP does not belong on this connection')
    if (kind === 'obfuscated') {
      return first.length < HEADER_BYTES ? [] : this.#onHeader(first, chunk.subarray(taken))
    }
    const cutter = this.#open(kind)
    const tagBytes = TRANSPORT_TAGS[kind].length
    // Frames of this chunk are cut in place. Of earlier chunks, only the start of a frame can be left.
    const broken = cutter.push(first.subarray(tagBytes, Math.max(tagBytes, before)))
    const frames = cutter.push(chunk.subarray(Math.max(tagBytes - before, 0)))
    return broken.length > 0 ? broken : frames
  }

  #onHeader(header: Uint8Array, rest: Uint8Array): Frame[] {
    const accepted = acceptObfuscation(header, this.#setup.proxySecrets ?? [])
    // Without an answer: to those who do not know the secret, it looks as if nobody was there.
    if (!accepted) {
      return this.#fail('TRANSPORT_UNKNOWN', 'the first bytes of a connection begin no transport')
    }
    return this.#open(accepted.kind, accepted, accepted.namedDc).push(accepted.decrypt(rest))
  }

  #open(kind: StreamKind, obfuscation?: Obfuscation, namedDc?: number): FrameCutter {
    const { random, maxFrameBytes = MAX_FRAME_BYTES } = this.#setup
    const codec = makeCodec(kind, 'server', random)
    const cutter = new FrameCutter(codec, maxFrameBytes)
    this.#state = { at: 'open', kind, codec, cutter, obfuscation, namedDc }
    return cutter
  }

  #fail(code: string, message: string): Frame[] {
    this.#state = { at: 'failed' }
    return [{ kind: 'failed', error: new ProtocolError(code, message) }]
  }
}

function seal({ obfuscation }: State & { at: 'open' }, clear: Uint8Array): Uint8Array {
  if (!obfuscation) return clear
  const sealed = obfuscation.encrypt(clear)
  freeBytes(clear)
  return sealed
}
