import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Settings } from '../../ground/settings.ts'
import { toLongs, withoutLongs } from '../messages/body-json.ts'
import type { Document, Media, Photo } from '../messages/words.ts'
import { type Refused, refused } from '../refusal.ts'
import { useBlobs } from './decide-uses.ts'
import type { Blob } from './words.ts'

const insert = sql`
  INSERT INTO media (media_id, kind, owner_id, digest, thumb_digest, size, sealed_media, at_s)
  VALUES (:mediaId, :kind, :ownerId, :digest, :thumbDigest, :size, :sealed, :nowS)`
const find = sql`
  SELECT m.media_id, m.sealed_media, b.name, b.size, t.name AS thumb_name, t.size AS thumb_size FROM media m
  JOIN blobs b ON b.digest = m.digest LEFT JOIN blobs t ON t.digest = m.thumb_digest
  WHERE m.media_id = :mediaId AND m.kind = :kind`

const listPhotos = sql`
  SELECT m.media_id, m.sealed_media FROM ${LISTED_IDS} l JOIN media m ON m.media_id = l.listed_id AND m.kind = 'photo'`
const claim = sql`UPDATE media SET unused_at_s = NULL WHERE media_id = :mediaId RETURNING media_id`

/** Documents, or messages of each, that a search by bytes looks at. A document that it misses is sent anew. */
const AT_ONCE = 100
/** Documents of some bytes that somebody has sent. */
const findOwn = sql`
  SELECT media_id, sealed_media FROM media
  WHERE owner_id = :viewerId AND digest = :digest AND kind = 'document' ORDER BY media_id LIMIT ${AT_ONCE}`
/** Documents of some bytes that somebody has in a message: some of them, where very many were sent. */
const findSeen = sql`
  SELECT m.media_id, m.sealed_media FROM (
    SELECT media_id, sealed_media FROM media WHERE digest = :digest AND kind = 'document'
    ORDER BY media_id LIMIT ${AT_ONCE}) AS m
  WHERE EXISTS (
    SELECT 1 FROM (SELECT body_id FROM bodies WHERE media_id <> 0 AND media_id = m.media_id LIMIT ${AT_ONCE}) AS b
    JOIN messages s ON s.body_id = b.body_id AND s.box_id = :viewerId)
  ORDER BY m.media_id`

/** A photo or document that never changes. */
export type KeptMedia = Photo | Document

/** Bytes in the store of files. */
export interface StoredBytes {
  readonly name: string
  readonly size: number
}

/** A photo or document with the places of its bytes. */
export interface FoundMedia<M extends KeptMedia = KeptMedia> {
  readonly media: M
  readonly file: StoredBytes
  readonly thumb: StoredBytes | undefined
}

/** A photo or document to keep. */
export interface NewMediaRow {
  readonly media: KeptMedia
  readonly ownerId: bigint
  readonly blob: Blob
  readonly thumb: Blob | undefined
}

/** The parts that decisions about photos and documents are made with. */
export interface MediaGround {
  readonly secret: Secret
  readonly settings: Settings
}

/** The id of a photo or document. */
export function idOf(media: KeptMedia): bigint {
  return media.kind === 'photo' ? media.photoId : media.documentId
}

/**
 * Keeps a photo or document whose blobs are kept.
 *
 * @returns the refusal of one that its owner has no room for
 */
export function* keepMedia(
  { secret, settings }: MediaGround,
  { media, ownerId, blob, thumb }: NewMediaRow,
): Decision<Refused | undefined> {
  const mediaId = idOf(media)
  const sealed = secret.seal(Buffer.from(withoutLongs(media)), sealedAs(mediaId))
  const size = blob.size + (thumb?.size ?? 0)
  yield* insert.send({
    mediaId,
    kind: media.kind,
    ownerId,
    digest: blob.digest,
    thumbDigest: thumb?.digest ?? null,
    size,
    sealed,
    nowS: media.madeAtS,
  })
  return yield* useBlobs(settings, ownerId, thumb === undefined ? [blob] : [blob, thumb])
}

/**
 * Holds the photo or document that a message is to have until the decision that writes it is committed: the sweep leaves it.
 *
 * @returns the refusal of one that the sweep has deleted
 */
export function* claimMedia(media: Media | undefined): Decision<Refused | undefined> {
  if (media?.kind !== 'photo' && media?.kind !== 'document') return undefined
  const mediaId = idOf(media)
  yield* alone('media', mediaId)
  return (yield* claim.row({ mediaId })) === undefined ? refused('MEDIA_EMPTY') : undefined
}

/** Holds the photos and documents of several messages, in the order that all such decisions have. */
export function* claimAllMedia(media: readonly (Media | undefined)[]): Decision<Refused | undefined> {
  const kept = media.filter((each) => each?.kind === 'photo' || each?.kind === 'document')
  const byId = new Map(kept.map((each) => [idOf(each), each]))
  for (const [, each] of [...byId].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const gone = yield* claimMedia(each)
    if (gone !== undefined) return gone
  }
  return undefined
}

/** A document by its id. */
export function* findDocument(secret: Secret, mediaId: bigint): Decision<FoundMedia<Document> | undefined> {
  const row = yield* find.row({ mediaId, kind: 'document' })
  return row && toFound<Document>(secret, row)
}

/** A photo by its id. */
export function* findPhoto(secret: Secret, mediaId: bigint): Decision<FoundMedia<Photo> | undefined> {
  const row = yield* find.row({ mediaId, kind: 'photo' })
  return row && toFound<Photo>(secret, row)
}

/** Photos by their ids, in any order; those that are gone are missing. */
export function* findPhotos(secret: Secret, photoIds: readonly bigint[]): Decision<Photo[]> {
  const rows = yield* listPhotos.rows({ ids: idList(photoIds) })
  return rows.map((row) => mediaIn<Photo>(secret, row))
}

/** Documents of these bytes that somebody may see, first those of their own. @param digest of the bytes */
export function* findSeenDocuments(
  secret: Secret,
  digest: Uint8Array,
  viewerId: bigint,
): Decision<Document[]> {
  const own = yield* findOwn.rows({ digest, viewerId })
  const seen = yield* findSeen.rows({ digest, viewerId })
  return [...own, ...seen].map((row) => mediaIn<Document>(secret, row))
}

function mediaIn<M extends KeptMedia>(secret: Secret, row: Row): M {
  const plain = unseal(secret, bytes(row, 'sealed_media'), sealedAs(long(row, 'media_id')))
  return JSON.parse(Buffer.from(plain).toString(), toLongs)
}

function toFound<M extends KeptMedia>(secret: Secret, row: Row): FoundMedia<M> {
  return {
    media: mediaIn(secret, row),
    file: { name: text(row, 'name'), size: int(row, 'size') },
    thumb: isNull(row, 'thumb_name')
      ? undefined
      : { name: text(row, 'thumb_name'), size: int(row, 'thumb_size') },
  }
}

function sealedAs(mediaId: bigint): string {
  return `media ${mediaId}`
}
