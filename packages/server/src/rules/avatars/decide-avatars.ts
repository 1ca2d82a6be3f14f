import { int, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { claimMedia, findPhoto } from '../files/decide-media.ts'
import type { Photo } from '../messages/words.ts'
import { findWhoHave } from '../people/decide-contacts.ts'
import { findAllows } from '../people/decide-people.ts'
import type { Changer } from '../people/decide-profiles.ts'
import { tellNear } from '../people/decide-told-people.ts'
import { type Refused, refused } from '../refusal.ts'

/** Photos that an account keeps. */
const MAX_PHOTOS = 100

const count = sql`SELECT count(*) AS n FROM profile_photos WHERE user_id = :userId AND is_fallback = :isFallback`
const insert = sql`
  INSERT INTO profile_photos (user_id, photo_id, dc_id, place, is_fallback)
  SELECT :userId, :photoId, :dcId, coalesce(max(place), 0) + 1, :isFallback FROM profile_photos WHERE user_id = :userId`
const remove = sql`DELETE FROM profile_photos WHERE user_id = :userId AND photo_id = :photoId RETURNING photo_id`
const find = sql`
  SELECT photo_id, dc_id FROM profile_photos WHERE user_id = :userId AND is_fallback = :isFallback
  ORDER BY place DESC LIMIT 1`
const show = sql`
  UPDATE users SET photo_id = :photoId, photo_dc_id = :dcId, fallback_photo_id = :fallbackId, fallback_dc_id = :fallbackDcId
  WHERE id = :userId`
const findPlace = sql`SELECT place FROM profile_photos WHERE user_id = :userId AND photo_id = :photoId`
const list = sql`
  SELECT photo_id FROM profile_photos WHERE user_id = :userId AND is_fallback = 0 AND place < :beforePlace
  ORDER BY place DESC LIMIT :limit OFFSET :skipped`
const isKept = sql`
  SELECT is_fallback FROM profile_photos WHERE user_id = :userId AND photo_id = :photoId`

/** The photo is shown now. */
export interface PhotoShown {
  readonly kind: 'shown'
}

/**
 * Shows a photo before the others of an account, new or old. Those near it are told.
 *
 * @param isFallback those see it who may not see the others
 */
export function* putAvatar(by: Changer, photo: Photo, isFallback: boolean): Decision<PhotoShown | Refused> {
  const { userId } = by
  const { photoId, dcId } = photo
  if ((yield* claimMedia(photo)) !== undefined) return refused('PHOTO_ID_INVALID')
  yield* tellChange(by)
  yield* remove.send({ userId, photoId })
  const full = yield* findTooMany(userId, isFallback)
  if (full !== undefined) return full
  yield* insert.send({ userId, photoId, dcId, isFallback: isFallback ? 1 : 0 })
  yield* showNewest(userId)
  return { kind: 'shown' }
}

/** The refusal of one more photo. */
export function* findTooMany(userId: bigint, isFallback: boolean): Decision<Refused | undefined> {
  const row = yield* count.row({ userId, isFallback: isFallback ? 1 : 0 })
  return row !== undefined && int(row, 'n') >= MAX_PHOTOS ? refused('ALBUM_PHOTOS_TOO_MANY') : undefined
}

/** Removes photos of an account. Those near it are told. @returns the ids of those that there were */
export function* removeAvatars(by: Changer, photoIds: readonly bigint[]): Decision<bigint[]> {
  const { userId } = by
  yield* tellChange(by)
  const removed: bigint[] = []
  for (const photoId of photoIds) {
    if ((yield* remove.row({ userId, photoId })) !== undefined) removed.push(photoId)
  }
  yield* showNewest(userId)
  return removed
}

/** Removes the photo that is shown, or the fallback; the one before it takes its place. */
export function* removeShown(by: Changer, isFallback: boolean): Decision<void> {
  const shown = yield* find.row({ userId: by.userId, isFallback: isFallback ? 1 : 0 })
  if (shown !== undefined) yield* removeAvatars(by, [long(shown, 'photo_id')])
}

/** The locks of the boxes that are told are those of the change, too. */
function* tellChange({ userId, authKeyId, nowS }: Changer): Decision<void> {
  yield* tellNear(userId, { kind: 'user', subject: userId, atS: nowS }, authKeyId)
}

function* showNewest(userId: bigint): Decision<void> {
  const shown = yield* find.row({ userId, isFallback: 0 })
  const fallback = yield* find.row({ userId, isFallback: 1 })
  yield* show.send({
    userId,
    photoId: shown ? long(shown, 'photo_id') : 0n,
    dcId: shown ? int(shown, 'dc_id') : 0,
    fallbackId: fallback ? long(fallback, 'photo_id') : 0n,
    fallbackDcId: fallback ? int(fallback, 'dc_id') : 0,
  })
}

/** Tells whether somebody may see the photos of an account, and not only the fallback. */
export function* maySee(viewerId: bigint, userId: bigint): Decision<boolean> {
  if (viewerId === userId) return true
  const isContact = (yield* findWhoHave(viewerId, [userId])).size > 0
  const allows = yield* findAllows([userId, viewerId])
  return allows('profilePhoto', userId, { userId: viewerId, isBot: false, isContact })
}

/** A page of the photos of an account. */
export interface PhotoPage {
  readonly count: number
  readonly photos: readonly Photo[]
}

/** The photos that a client asks for, the newest first. */
export interface PhotosAsked {
  readonly offset: number
  /** Only photos older than this one, if it is not 0. */
  readonly maxId: bigint
  readonly limit: number
}

/** The photos that a profile shows. */
export interface ProfilePhotos {
  readonly photo: Photo | undefined
  readonly fallback: Photo | undefined
}

/** The photos of a profile: the fallback is for its owner, and for those who may not see the other. */
export function* findProfilePhotos(
  secret: Secret,
  viewerId: bigint,
  userId: bigint,
): Decision<ProfilePhotos> {
  const isOpen = yield* maySee(viewerId, userId)
  const shown = isOpen ? yield* find.row({ userId, isFallback: 0 }) : undefined
  const needsFallback = !isOpen || viewerId === userId
  const fallback = needsFallback ? yield* find.row({ userId, isFallback: 1 }) : undefined
  return {
    photo: shown && (yield* findPhoto(secret, long(shown, 'photo_id')))?.media,
    fallback: fallback && (yield* findPhoto(secret, long(fallback, 'photo_id')))?.media,
  }
}

const NO_PHOTOS: PhotoPage = { count: 0, photos: [] }
const ALL_PLACES = 2n ** 62n

/** The photos of an account, the newest first, as somebody may see them. */
export function* listAvatars(
  secret: Secret,
  { viewerId, userId }: { readonly viewerId: bigint; readonly userId: bigint },
  { offset, maxId, limit }: PhotosAsked,
): Decision<PhotoPage> {
  if (!(yield* maySee(viewerId, userId))) return NO_PHOTOS
  const row = yield* count.row({ userId, isFallback: 0 })
  const last = maxId === 0n ? undefined : yield* findPlace.row({ userId, photoId: maxId })
  // From −1 on the photo itself is the first.
  const place = last === undefined ? ALL_PLACES : long(last, 'place') + (offset < 0 ? 1n : 0n)
  const rows = yield* list.rows({ userId, beforePlace: place, limit, skipped: Math.max(offset, 0) })
  const photos: Photo[] = []
  for (const each of rows) {
    const found = yield* findPhoto(secret, long(each, 'photo_id'))
    if (found !== undefined) photos.push(found.media)
  }
  return { count: row === undefined ? 0 : int(row, 'n'), photos }
}

/** Tells whether somebody may read a photo of an account by the id of the account alone. */
export function* isAvatarOf(viewerId: bigint, userId: bigint, photoId: bigint): Decision<boolean> {
  const row = yield* isKept.row({ userId, photoId })
  if (row === undefined) return false
  return int(row, 'is_fallback') === 1 || (yield* maySee(viewerId, userId))
}
