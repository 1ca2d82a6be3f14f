import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.createChat', {
  given: 'graceKnown',
  params: ({ grace }) => ({
    users: [{ _: 'inputUser', userId: grace.id, accessHash: grace.accessHash }],
    title: 'Chess club',
  }),
  as: 'made',
  shows: {
    'updates._': 'updates',
    'updates.chats.0._': 'chat',
    'updates.chats.0.title': 'Chess club',
    'missingInvitees.length': 0,
  },
})
