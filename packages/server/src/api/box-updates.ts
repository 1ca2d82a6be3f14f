import type { Updates } from '@cablegram/tl/api'
import type { BoxEvent, SideNews } from '../rules/messages/words.ts'
import { PeerBook } from './peer-book.ts'
import { shortened } from './short-updates.ts'
import { type BoxViewer, sideUpdates } from './side-updates.ts'
import { tlBoxEvent } from './tl-messages.ts'

/** News of a box, in the order in which its owner is told of it. */
export interface BoxNews {
  readonly events: readonly BoxEvent[]
  readonly sideEvents: readonly (SideNews & { readonly kind: string })[]
}

/** Updates with every user and chat that they name. Events counted by pts need no seq. */
export async function boxUpdates(
  { events, sideEvents }: BoxNews,
  viewer: BoxViewer,
): Promise<Extract<Updates, { _: 'updates' }>> {
  const { on, viewerId, nowS } = viewer
  const book = new PeerBook(on, viewerId, nowS)
  addEvents(book, events)
  const updates = events.map((event) => tlBoxEvent(event, viewer))
  updates.push(...(await sideUpdates(sideEvents, { ...viewer, book })))
  return { _: 'updates', updates, ...(await book.lists()), date: nowS, seq: 0 }
}

/** Updates in the form in which sessions are told of them. */
export async function boxPush(news: BoxNews, viewer: BoxViewer): Promise<Updates> {
  const updates = await boxUpdates(news, viewer)
  return viewer.on.settings.shortUpdates === 'never' ? updates : shortened(updates)
}

/** Notes every peer that events name. */
export function addEvents(book: PeerBook, events: readonly BoxEvent[]): void {
  for (const event of events) {
    if ('message' in event) book.addMessages([event.message])
    else if ('peerId' in event) book.add(event.peerId)
  }
}
