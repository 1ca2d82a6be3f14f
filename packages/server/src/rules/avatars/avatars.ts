import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { findBot } from '../bots/decide-bot.ts'
import { findPhoto } from '../files/decide-media.ts'
import type { Asked } from '../files/file-parts.ts'
import { isAvatarSize, makeAvatar, type SentAvatar } from '../files/make-avatar.ts'
import { makeMedia } from '../files/make-media.ts'
import { hasOwnHash, type MediaClaim } from '../files/media-access.ts'
import { type FileHash, type FilePieces, hashPhoto, readPhotoPieces } from '../files/read-file.ts'
import { findSeenGroups } from '../groups/decide-group.ts'
import type { Photo } from '../messages/words.ts'
import { changerOf } from '../people/profiles.ts'
import { accepted, refusal } from '../refusal.ts'
import {
  findProfilePhotos,
  findTooMany,
  isAvatarOf,
  listAvatars,
  type PhotoPage,
  type PhotosAsked,
  type ProfilePhotos,
  putAvatar,
  removeAvatars,
  removeShown,
} from './decide-avatars.ts'

/** The account that shows a photo, and to whom. */
export interface AvatarUse {
  /** A bot of the caller's; undefined: the caller. */
  readonly botId: bigint | undefined
  /** To those who may not see the others. */
  readonly isFallback: boolean
}

/** Photos that one call names, or gets. */
const MAX_AT_ONCE = 100

/**
 * Shows a photo that the caller has sent before the others of the account.
 *
 * @throws {RpcError} BOT_INVALID, ALBUM_PHOTOS_TOO_MANY, and those of {@link makeAvatar}
 */
export async function uploadAvatar(
  on: Ground,
  caller: Caller,
  sent: SentAvatar,
  { botId, isFallback }: AvatarUse,
): Promise<Photo> {
  const by = changerOf(on, caller, await accountOf(on, caller, botId))
  accepted(await on.store.look(() => findTooMany(by.userId, isFallback)))
  const photo = await makeAvatar(on, caller, sent)
  accepted(await on.store.decide(() => putAvatar(by, photo, isFallback)))
  return photo
}

/**
 * Shows a photo that the caller knows before the others of the account; without one, removes the photo that is shown.
 *
 * @throws {RpcError} BOT_INVALID, ALBUM_PHOTOS_TOO_MANY, and those of {@link knownPhoto}
 */
export async function showAvatar(
  on: Ground,
  caller: Caller,
  claim: MediaClaim | undefined,
  { botId, isFallback }: AvatarUse,
): Promise<Photo | undefined> {
  const by = changerOf(on, caller, await accountOf(on, caller, botId))
  if (claim === undefined) {
    await on.store.decide(() => removeShown(by, isFallback))
    return undefined
  }
  const photo = await knownPhoto(on, caller, claim)
  accepted(await on.store.decide(() => putAvatar(by, photo, isFallback)))
  return photo
}

/** The account whose photo changes: the caller's own, or that of a bot of the caller's. @throws {RpcError} BOT_INVALID */
async function accountOf({ store }: Ground, { state }: Caller, botId: bigint | undefined): Promise<bigint> {
  const userId = requireUserId(state)
  const isSelf = botId === userId && state.at === 'authorized' && state.isBot
  if (botId === undefined || isSelf) return userId
  const bot = await store.look(() => findBot(botId))
  if (bot?.ownerId !== userId) throw refusal('BOT_INVALID')
  return botId
}

/** The photo that a claim names. @throws {RpcError} PHOTO_ID_INVALID, PHOTO_CROP_SIZE_SMALL, and those of references */
export async function knownPhoto(on: Ground, caller: Caller, claim: MediaClaim): Promise<Photo> {
  const viewer = { viewerId: requireUserId(caller.state), isBot: false }
  if (!hasOwnHash(on, viewer, claim)) throw refusal('PHOTO_ID_INVALID')
  const media = await makeMedia(on, caller, { kind: 'known', of: 'photo', ...claim })
  if (media.kind !== 'photo') throw refusal('PHOTO_ID_INVALID')
  // A photo of a message may be smaller.
  if (!media.sizes.some(isAvatarSize)) throw refusal('PHOTO_CROP_SIZE_SMALL')
  return media
}

/** Removes photos of the caller. @returns the ids of those that there were */
export async function deleteAvatars(
  on: Ground,
  caller: Caller,
  claims: readonly MediaClaim[],
): Promise<bigint[]> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  const own = claims.slice(0, MAX_AT_ONCE).filter((claim) => hasOwnHash(on, viewerFor(by.userId), claim))
  const photoIds = own.map(({ mediaId }) => mediaId)
  return photoIds.length === 0 ? [] : await on.store.decide(() => removeAvatars(by, photoIds))
}

function viewerFor(viewerId: bigint) {
  return { viewerId, isBot: false }
}

/** The photos of somebody, as the caller may see them. */
export async function avatarsOf(
  { store }: Ground,
  { state }: Caller,
  userId: bigint,
  asked: PhotosAsked,
): Promise<PhotoPage> {
  const viewerId = requireUserId(state)
  const limit = Math.min(Math.max(asked.limit, 0), MAX_AT_ONCE)
  return await store.look(() => listAvatars(store.secret, { viewerId, userId }, { ...asked, limit }))
}

/** The photos of a profile, as the caller may see them. */
export async function profilePhotosOf(
  { store }: Ground,
  { state }: Caller,
  userId: bigint,
): Promise<ProfilePhotos> {
  const viewerId = requireUserId(state)
  return await store.look(() => findProfilePhotos(store.secret, viewerId, userId))
}

/** The photo of a group that the caller is in, or was. */
export async function photoOfGroup(
  { store }: Ground,
  { state }: Caller,
  chatId: bigint,
): Promise<Photo | undefined> {
  const viewerId = requireUserId(state)
  return await store.look(function* () {
    const [group] = yield* findSeenGroups(viewerId, [chatId])
    const avatar = group?.kind === 'group' ? group.avatar : undefined
    return avatar && (yield* findPhoto(store.secret, avatar.photoId))?.media
  })
}

/** The place of a photo of a person or a group. */
export interface AvatarPlace {
  readonly peerId: bigint
  readonly photoId: bigint
  /** Of the size. */
  readonly letter: string
}

/**
 * Reads a part of the photo of a person or a group, for which no reference is needed.
 *
 * @throws {RpcError} LIMIT_INVALID, OFFSET_INVALID, LOCATION_INVALID, FILE_MIGRATE_X
 */
export async function readAvatar(
  on: Ground,
  caller: Caller,
  avatar: AvatarPlace,
  asked: Asked,
): Promise<FilePieces> {
  await checkSight(on, caller, avatar)
  return await readPhotoPieces(on, caller, avatar, asked)
}

/** Hashes of the photo of a person or a group. @throws {RpcError} LOCATION_INVALID, OFFSET_INVALID, FILE_MIGRATE_X */
export async function hashAvatar(
  on: Ground,
  caller: Caller,
  avatar: AvatarPlace,
  asked: bigint,
): Promise<FileHash[]> {
  await checkSight(on, caller, avatar)
  return await hashPhoto(on, caller, avatar, asked)
}

/** @throws {RpcError} LOCATION_INVALID if the caller may not see the photo */
async function checkSight({ store }: Ground, { state }: Caller, { peerId, photoId }: AvatarPlace) {
  const viewerId = requireUserId(state)
  const maySee = await store.look(function* () {
    if (peerId > 0n) return yield* isAvatarOf(viewerId, peerId, photoId)
    const [group] = yield* findSeenGroups(viewerId, [-peerId])
    return group?.kind === 'group' && group.avatar?.photoId === photoId
  })
  if (!maySee) throw refusal('LOCATION_INVALID')
}
