import type { Dialog as TlDialog } from '@cablegram/tl/api'
import type { Archive } from '../rules/dialogs/words.ts'
import { tlPeer } from './peers.ts'

/** The archive as one entry of the list of chats. */
export function tlArchive(archive: Archive): TlDialog {
  return {
    _: 'dialogFolder',
    pinned: true,
    folder: { _: 'folder', id: 1, title: 'Archived Chats' },
    peer: tlPeer(archive.topPeerId),
    topMessage: archive.topId,
    unreadMutedPeersCount: archive.mutedChats,
    unreadUnmutedPeersCount: archive.heardChats,
    unreadMutedMessagesCount: archive.mutedMessages,
    unreadUnmutedMessagesCount: archive.heardMessages,
  }
}
