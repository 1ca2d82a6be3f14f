import type { ChatPhoto } from '@cablegram/tl/api'
import type { Avatar } from '../rules/people/words.ts'
import { fromBase64 } from './base64.ts'

/** The photo of a person or a group, as the fields that `userProfilePhoto` and `chatPhoto` share. */
export function tlAvatar({
  photoId,
  dcId,
  stripped,
  isMoving,
}: Avatar): Omit<Extract<ChatPhoto, { _: 'chatPhoto' }>, '_'> {
  return {
    ...(isMoving && { hasVideo: true }),
    photoId,
    ...(stripped !== undefined && { strippedThumb: fromBase64(stripped) }),
    dcId,
  }
}
