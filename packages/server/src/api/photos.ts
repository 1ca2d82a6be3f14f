import type { InputUser, photos } from '@cablegram/tl/api'
import { avatarsOf, deleteAvatars, showAvatar, uploadAvatar } from '../rules/avatars/avatars.ts'
import type { Photo } from '../rules/messages/words.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { userIdOf } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { claimOf, photosOf, sentAvatarOf, tlPhoto } from './tl-files.ts'

/** Shows a photo that the client has sent. */
export const uploadProfilePhoto: Handler<'photos.uploadProfilePhoto'> = async (request, context) => {
  const botId = await botIdOf(request.bot, context)
  const use = { botId, isFallback: request.fallback === true }
  return await answer(
    await uploadAvatar(context.on, context.caller, sentAvatarOf(request), use),
    botId,
    context,
  )
}

/** Shows a photo that the client knows, or the one before. */
export const updateProfilePhoto: Handler<'photos.updateProfilePhoto'> = async (request, context) => {
  const botId = await botIdOf(request.bot, context)
  const use = { botId, isFallback: request.fallback === true }
  return await answer(await showAvatar(context.on, context.caller, claimOf(request.id), use), botId, context)
}

/** Removes photos of the caller. */
export const deletePhotos: Handler<'photos.deletePhotos'> = async ({ id }, context) => {
  const claims = id.flatMap((each) => claimOf(each) ?? [])
  return await deleteAvatars(context.on, context.caller, claims)
}

/** Lists a user's photos, the newest first. */
export const getUserPhotos: Handler<'photos.getUserPhotos'> = async (request, context) => {
  const userId = await userIdOf(request.userId, context)
  const { count, photos } = await avatarsOf(context.on, context.caller, userId, request)
  const users = await seenUsers([userId], context)
  const shown = photos.map((photo) => tlPhoto(photo, viewerIn(context), photosOf(userId)))
  if (shown.length === count) return { _: 'photos.photos', photos: shown, users }
  return { _: 'photos.photosSlice', count, photos: shown, users }
}

async function botIdOf(bot: InputUser | undefined, context: HandlerContext): Promise<bigint | undefined> {
  return bot && (await userIdOf(bot, context, 'BOT_INVALID'))
}

async function answer(
  photo: Photo | undefined,
  botId: bigint | undefined,
  context: HandlerContext,
): Promise<photos.Photo> {
  const viewer = viewerIn(context)
  const userId = botId ?? viewer.viewerId
  const users = await seenUsers([userId], context)
  const shown = photo && tlPhoto(photo, viewer, photosOf(userId))
  return { _: 'photos.photo', photo: shown ?? { _: 'photoEmpty', id: 0n }, users }
}
