import type { Handler } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { userIdOf } from './peers.ts'

/** Lists a user's photos: always empty, because this server keeps no photos of users. */
export const getUserPhotos: Handler<'photos.getUserPhotos'> = async ({ userId: user }, context) => {
  const userId = await userIdOf(user, context)
  return { _: 'photos.photos', photos: [], users: await seenUsers([userId], context) }
}
