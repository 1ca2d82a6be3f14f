import { timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../database/secret.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Refusal } from '../refusal.ts'

/** The parts that access hashes and file references are made with. */
export type AccessGround = Pick<Ground, 'store' | 'clock' | 'settings' | 'referenceRound'>

/** The object that has a photo or document, which clients ask for again once a reference has ended. */
export interface MediaSource {
  /** 0: none, as after an upload; 1: a message of the viewer's box, by its id; 2: the photos of a user. */
  readonly kind: 0 | 1 | 2
  readonly id: bigint
}

/** The source of media that nothing has yet. */
export const NO_SOURCE: MediaSource = { kind: 0, id: 0n }

/**
 * A file reference: what ends when, and a MAC over it, the media and the viewer.
 *
 *     version (1) | ends at, in seconds (4) | source: kind (1), id (8) | round (4) | MAC (16)
 *
 * The round is another one once a test has had all references of the viewer expire.
 */
const VERSION = 2
const SIGNED_BYTES = 18
const ROUND_AT = 14
const MAC_BYTES = 16
/** The length of every reference. */
export const REFERENCE_BYTES: number = SIGNED_BYTES + MAC_BYTES
const HOUR_S = 3600

/** The number by which a viewer shows that the server has told them of a photo or document. Nobody else can use it. */
export function mediaHashOf({ store }: Pick<Ground, 'store'>, viewerId: bigint, mediaId: bigint): bigint {
  const name = `${viewerId} ${mediaId}`
  return rememberedMac(store, name, () =>
    store.secret.startMac('access hashes of media').update(name).digest(),
  ).readBigInt64BE()
}

/** Makes a reference for a viewer. It ends on a full hour, so that an answer that is asked for again is the same. */
export function mediaReference(
  on: AccessGround,
  viewerId: bigint,
  mediaId: bigint,
  source: MediaSource,
): Uint8Array {
  const nowS = Math.floor(on.clock.nowMs() / 1000)
  const endsAtS = Math.ceil((nowS + on.settings.files.referenceLifetimeS) / HOUR_S) * HOUR_S
  const signed = Buffer.alloc(SIGNED_BYTES)
  signed.writeUInt8(VERSION, 0)
  signed.writeUInt32BE(endsAtS, 1)
  signed.writeUInt8(source.kind, 5)
  signed.writeBigInt64BE(source.id, 6)
  signed.writeUInt32BE(on.referenceRound?.(viewerId) ?? 0, ROUND_AT)
  return Uint8Array.from(Buffer.concat([signed, macOf(on, viewerId, mediaId, signed)]))
}

/** The claim of a client on a photo or document. */
export interface MediaClaim {
  readonly mediaId: bigint
  readonly accessHash: bigint
  readonly reference: Uint8Array
}

/** A viewer, for whom references end unless it is a bot. */
export interface Viewer {
  readonly viewerId: bigint
  readonly isBot: boolean
}

/** Tells whether a claim has the viewer's own access hash. */
export function hasOwnHash(on: Pick<Ground, 'store'>, { viewerId }: Viewer, claim: MediaClaim): boolean {
  return mediaHashOf(on, viewerId, claim.mediaId) === claim.accessHash
}

/** Judges the reference of a claim. Bots may have none: their file ids of the Bot API are older than references. @returns the error */
export function checkReference(
  on: AccessGround,
  { viewerId, isBot }: Viewer,
  { mediaId, reference }: MediaClaim,
): Refusal | undefined {
  if (reference.length === 0) return isBot ? undefined : 'FILE_REFERENCE_EMPTY'
  const signed = Buffer.from(reference.subarray(0, SIGNED_BYTES))
  const mac = reference.subarray(SIGNED_BYTES)
  if (mac.length !== MAC_BYTES || signed.readUInt8(0) !== VERSION) return 'FILE_REFERENCE_INVALID'
  if (!timingSafeEqual(mac, macOf(on, viewerId, mediaId, signed))) return 'FILE_REFERENCE_INVALID'
  const isOver = on.clock.nowMs() >= signed.readUInt32BE(1) * 1000
  const isExpired = (isOver && !isBot) || isOfFormerRound(on, viewerId, signed)
  return isExpired ? 'FILE_REFERENCE_EXPIRED' : undefined
}

/** Once no fault says so any more, references of all rounds are good. */
function isOfFormerRound({ referenceRound }: AccessGround, viewerId: bigint, signed: Buffer): boolean {
  const round = referenceRound?.(viewerId) ?? 0
  return round !== 0 && signed.readUInt32BE(ROUND_AT) !== round
}

function macOf({ store }: Pick<Ground, 'store'>, viewerId: bigint, mediaId: bigint, signed: Buffer): Buffer {
  const name = `${viewerId} ${mediaId} `
  return rememberedMac(store, name + signed.toString('latin1'), () => {
    const hmac = store.secret.startMac('file references')
    return hmac.update(name).update(signed).digest().subarray(0, MAC_BYTES)
  })
}

const MAX_MACS = 1024
const macs = new WeakMap<Secret, Map<string, Buffer>>()

/** Remembers the MACs that were made last: clients ask for a file part by part, each time with the same claim. */
function rememberedMac({ secret }: Ground['store'], name: string, make: () => Buffer): Buffer {
  const known = macs.get(secret) ?? new Map<string, Buffer>()
  macs.set(secret, known)
  const found = known.get(name)
  if (found !== undefined) return found
  const mac = make()
  known.set(name, mac)
  const [oldest] = known.keys()
  if (oldest !== undefined && known.size > MAX_MACS) known.delete(oldest)
  return mac
}
