/** Updates about lists of chats, which have no pts: each tells of the tables as they are now. */
import type { DialogPeer, Update } from '@cablegram/tl/api'
import { notifyKindOf } from '../rules/dialogs/decide-notify.ts'
import { dialogPlace, pinnedDialogIds } from '../rules/dialogs/dialog-pins.ts'
import { draftIn } from '../rules/dialogs/drafts.ts'
import { filterOf, filtersOf } from '../rules/dialogs/filters.ts'
import { isMarkedUnread } from '../rules/dialogs/marks.ts'
import { notifySettingsOf } from '../rules/dialogs/notify.ts'
import { savedPinsOf } from '../rules/dialogs/saved-dialogs.ts'
import type { NotifyScope } from '../rules/dialogs/words.ts'
import type { PeerId, SideNews } from '../rules/messages/words.ts'
import { tlPeer } from './peers.ts'
import type { SideUpdate, SideView } from './side-view.ts'
import { draftUpdate } from './tl-drafts.ts'
import { peersInFilter, tlFilter } from './tl-filters.ts'
import { notifyUpdate } from './tl-notify.ts'

/** The updates of this file, by the kind of change. */
export const DIALOG_SIDE_UPDATES: Readonly<
  Record<
    | 'draft'
    | 'dialogPinned'
    | 'pinnedDialogs'
    | 'savedDialogPinned'
    | 'pinnedSavedDialogs'
    | 'dialogUnreadMark'
    | 'notifySettings'
    | 'notifyKind'
    | 'dialogFilter'
    | 'dialogFilterOrder',
    SideUpdate
  >
> = {
  draft,
  dialogPinned,
  pinnedDialogs,
  savedDialogPinned,
  pinnedSavedDialogs,
  dialogUnreadMark,
  notifySettings,
  notifyKind,
  dialogFilter,
  dialogFilterOrder,
}

/** A chat of a list, in TL. */
export function tlDialogPeer(peerId: PeerId): DialogPeer {
  return { _: 'dialogPeer', peer: tlPeer(peerId) }
}

async function draft({ subject: peerId, atS }: SideNews, view: SideView): Promise<Update[]> {
  const kept = await draftIn(view.on, view.viewerId, peerId)
  return [draftUpdate(peerId, kept ?? { clearedAtS: Math.min(atS, view.nowS) }, view.book)]
}

async function dialogPinned({ subject: peerId }: SideNews, view: SideView): Promise<Update[]> {
  const place = await dialogPlace(view.on, view.viewerId, peerId)
  view.book.add(peerId)
  return [
    {
      _: 'updateDialogPinned',
      ...(place?.isPinned && { pinned: true }),
      ...(place?.folderId === 1 && { folderId: 1 }),
      peer: tlDialogPeer(peerId),
    },
  ]
}

async function pinnedDialogs({ subject }: SideNews, view: SideView): Promise<Update[]> {
  const folderId = subject === 1n ? 1 : 0
  const peerIds = await pinnedDialogIds(view.on, view.viewerId, folderId)
  view.book.add(...peerIds)
  const order = peerIds.map(tlDialogPeer)
  return [{ _: 'updatePinnedDialogs', ...(folderId === 1 && { folderId }), order }]
}

async function savedDialogPinned({ subject: peerId }: SideNews, view: SideView): Promise<Update[]> {
  const isPinned = (await savedPinsOf(view.on, view.viewerId)).includes(peerId)
  view.book.add(peerId)
  return [{ _: 'updateSavedDialogPinned', ...(isPinned && { pinned: true }), peer: tlDialogPeer(peerId) }]
}

async function pinnedSavedDialogs(_: SideNews, view: SideView): Promise<Update[]> {
  const peerIds = await savedPinsOf(view.on, view.viewerId)
  view.book.add(...peerIds)
  return [{ _: 'updatePinnedSavedDialogs', order: peerIds.map(tlDialogPeer) }]
}

async function dialogUnreadMark({ subject: peerId }: SideNews, view: SideView): Promise<Update[]> {
  const isUnread = await isMarkedUnread(view.on, view.viewerId, peerId)
  view.book.add(peerId)
  return [{ _: 'updateDialogUnreadMark', ...(isUnread && { unread: true }), peer: tlDialogPeer(peerId) }]
}

function notifySettings({ subject: peerId }: SideNews, view: SideView): Promise<Update[]> {
  return notified({ kind: 'peer', peerId }, view)
}

async function notifyKind({ subject }: SideNews, view: SideView): Promise<Update[]> {
  const kind = notifyKindOf(subject)
  return kind === undefined ? [] : await notified({ kind }, view)
}

async function notified(scope: NotifyScope, view: SideView): Promise<Update[]> {
  if (scope.kind === 'peer') view.book.add(scope.peerId)
  return [notifyUpdate(scope, await notifySettingsOf(view.on, view.viewerId, scope))]
}

async function dialogFilter({ subject }: SideNews, view: SideView): Promise<Update[]> {
  const id = Number(subject)
  const filter = await filterOf(view.on, view.viewerId, id)
  if (filter === undefined) return [{ _: 'updateDialogFilter', id }]
  view.book.add(...peersInFilter(filter))
  return [{ _: 'updateDialogFilter', id, filter: tlFilter(filter, view.on, view.viewerId) }]
}

/** 0 is the list of all chats, which is the first. */
async function dialogFilterOrder(_: SideNews, view: SideView): Promise<Update[]> {
  const filters = await filtersOf(view.on, view.viewerId)
  return [{ _: 'updateDialogFilterOrder', order: [0, ...filters.map(({ id }) => id)] }]
}
