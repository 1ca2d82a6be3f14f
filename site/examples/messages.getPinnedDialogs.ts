import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getPinnedDialogs', {
  given: 'signedIn',
  params: { folderId: 0 },
  as: 'pinned',
  shows: { _: 'messages.peerDialogs', 'dialogs.length': 0, 'state.pts': 1 },
})
