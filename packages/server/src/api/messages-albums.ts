import type { InputSingleMedia } from '@cablegram/tl/api'
import { type AlbumItem, sendAlbum } from '../rules/chats/albums.ts'
import { scheduleAlbum } from '../rules/chats/scheduled/schedule.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { peerOf } from './peers.ts'
import { scheduledUpdates } from './scheduled-updates.ts'
import { sentUpdates } from './sent-updates.ts'
import { mediaOf } from './tl-media.ts'
import { entitiesOf, refuseMore, replyOf } from './writing.ts'

/** Sends photos and documents together. */
export const sendMultiMedia: Handler<'messages.sendMultiMedia'> = async (request, context) => {
  refuseMore(request, context)
  const { on, caller } = context
  const { multiMedia, silent, noforwards, clearDraft, scheduleDate } = request
  const peerId = await peerOf(request.peer, context)
  const items: AlbumItem[] = []
  for (const single of multiMedia) items.push(await itemOf(single, context))
  const album = {
    peerId,
    items,
    replyTo: await replyOf(request.replyTo, peerId, context),
    shared: { ...(silent && { isSilent: true }), ...(noforwards && { isProtected: true }) },
    clearsDraft: clearDraft === true,
  }
  if (scheduleDate !== undefined) {
    return await scheduledUpdates(context, await scheduleAlbum(on, caller, album, scheduleDate))
  }
  const { events } = await sendAlbum(on, caller, album)
  return await sentUpdates(context, events)
}

async function itemOf(single: InputSingleMedia, context: HandlerContext): Promise<AlbumItem> {
  const { message: text, randomId } = single
  const media = await mediaOf(single.media, (entities) => entitiesOf(entities, context))
  return { text, entities: await entitiesOf(single.entities, context), randomId, media }
}
