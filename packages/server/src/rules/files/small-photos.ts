import type { Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Photo } from '../messages/words.ts'
import { findPhotos } from './decide-media.ts'

/** The newest of these are kept. */
const MAX_PHOTOS = 4_096

/** A photo as clients show it before they load any of it. */
export interface SmallPhoto {
  /** The smallest size, without what clients add to it: in base64. */
  readonly stripped?: string
  /** Clients show a film or an emoji in its place. */
  readonly isMoving?: true
}

/** Photos that were found lately. They never change, and an id is never given twice. */
const found = new WeakMap<Secret, Map<bigint, SmallPhoto>>()

/** Photos by their ids, in small. One that is gone is missing. */
export function* findSmallPhotos(
  secret: Secret,
  photoIds: readonly bigint[],
): Decision<ReadonlyMap<bigint, SmallPhoto>> {
  const known = found.get(secret) ?? new Map<bigint, SmallPhoto>()
  found.set(secret, known)
  const ids = [...new Set(photoIds)]
  const small = new Map(ids.flatMap((id) => entryOf(id, known.get(id))))
  const unknown = ids.filter((id) => !small.has(id))
  if (unknown.length === 0) return small
  for (const photo of yield* findPhotos(secret, unknown)) {
    const shown = smallOf(photo)
    small.set(photo.photoId, shown)
    known.set(photo.photoId, shown)
    const [oldest] = known.size > MAX_PHOTOS ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
  }
  return small
}

function entryOf(id: bigint, photo: SmallPhoto | undefined): readonly [bigint, SmallPhoto][] {
  return photo === undefined ? [] : [[id, photo]]
}

function smallOf({ stripped, film, emoji }: Photo): SmallPhoto {
  return {
    ...(stripped !== undefined && { stripped }),
    ...((film !== undefined || emoji !== undefined) && { isMoving: true }),
  }
}
