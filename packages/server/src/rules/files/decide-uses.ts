import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import type { Refused } from '../refusal.ts'
import { charge, uncharge } from './decide-totals.ts'
import type { Blob } from './words.ts'

const use = sql`
  INSERT INTO file_uses (owner_id, digest, uses) VALUES (:ownerId, :digest, 1)
  ON CONFLICT (owner_id, digest) DO UPDATE SET uses = file_uses.uses + 1 RETURNING uses`
const unuse = sql`
  UPDATE file_uses SET uses = uses - 1 WHERE owner_id = :ownerId AND digest = :digest RETURNING uses`
const drop = sql`DELETE FROM file_uses WHERE owner_id = :ownerId AND digest = :digest AND uses <= 0`
const forgetWhole = sql`
  DELETE FROM uploads WHERE digest IS NOT NULL AND digest = :digest AND owner_id = :ownerId AND is_whole = 1`
const forgetBefore = sql`
  UPDATE uploads SET digest = NULL WHERE digest IS NOT NULL AND digest = :digest AND owner_id = :ownerId`
const sizeOf = sql`SELECT size FROM blobs WHERE digest = :digest`

/**
 * Counts blobs that a photo or document of an account has. The account pays for the same bytes once, however often they are
 * sent.
 *
 * @returns the refusal of bytes that the account has no room for
 */
export function* useBlobs(
  { files }: Settings,
  ownerId: bigint,
  blobs: readonly Blob[],
): Decision<Refused | undefined> {
  let newBytes = 0
  for (const { digest, size } of blobs) {
    const row = (yield* use.row({ ownerId, digest })) ?? {}
    if (int(row, 'uses') === 1) newBytes += size
  }
  return newBytes > 0 ? yield* charge(ownerId, newBytes, files.accountMib) : undefined
}

/** A blob that a photo or document had, which is gone. */
export interface GoneUse {
  readonly ownerId: bigint
  readonly digest: Uint8Array
}

/**
 * Takes the blobs of photos and documents that are gone from what accounts pay for. Uploads of an account that no longer pays
 * forget the blob: else it would stay, and nobody would pay for it.
 */
export function* unuseBlobs(gone: readonly GoneUse[]): Decision<void> {
  const ownerIds = new Set(gone.map(({ ownerId }) => ownerId))
  // A call that makes another document of an upload either comes before, and is counted, or misses the upload.
  for (const ownerId of [...ownerIds].sort((one, other) => (one < other ? -1 : 1)))
    yield* alone('upload', ownerId)
  const freed = new Map<bigint, number>()
  for (const { ownerId, digest } of gone) {
    const row = yield* unuse.row({ ownerId, digest })
    if (row === undefined || long(row, 'uses') > 0n) continue
    yield* drop.send({ ownerId, digest })
    yield* forgetWhole.send({ ownerId, digest })
    yield* forgetBefore.send({ ownerId, digest })
    const blob = yield* sizeOf.row({ digest })
    freed.set(ownerId, (freed.get(ownerId) ?? 0) + (blob === undefined ? 0 : int(blob, 'size')))
  }
  for (const [ownerId, bytes] of [...freed].sort()) yield* uncharge(ownerId, bytes)
}
