import { moveToFolders } from '../rules/dialogs/folders.ts'
import { folderIdOf } from './folder-id.ts'
import type { Handler } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peerOf } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { tlBoxEvent } from './tl-messages.ts'

/** Moves chats to the archive, and back. */
export const editPeerFolders: Handler<'folders.editPeerFolders'> = async ({ folderPeers }, context) => {
  const moves = await Promise.all(
    folderPeers.map(async ({ peer, folderId }) => ({
      peerId: await peerOf(peer, context),
      folderId: folderIdOf(folderId),
    })),
  )
  const events = await moveToFolders(context.on, context.caller, moves)
  const book = peerBook(context)
  book.add(...moves.map(({ peerId }) => peerId))
  return {
    _: 'updates',
    updates: events.map((event) => tlBoxEvent(event, viewerIn(context))),
    ...(await book.lists()),
    date: context.nowS,
    seq: 0,
  }
}
