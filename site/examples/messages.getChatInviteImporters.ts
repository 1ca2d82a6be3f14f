import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.getChatInviteImporters', {
  given: 'groupLink',
  params: ({ group, invite }) => ({
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    link: invite.link,
    offsetDate: 0,
    offsetUser: { _: 'inputUserEmpty' },
    limit: 20,
  }),
  as: 'list',
  shows: { count: 0 },
})
