import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('folders.editPeerFolders', {
  given: 'messageSaved',
  params: { folderPeers: [{ _: 'inputFolderPeer', peer: { _: 'inputPeerSelf' }, folderId: 1 }] },
  answer: 'updates',
  shows: { 'updates.0._': 'updateFolderPeers', 'updates.0.folderPeers.0.folderId': 1 },
})
