import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.resolveUsername', {
  given: 'withGrace',
  params: { username: 'grace_h' },
  as: 'found',
  shows: { 'peer._': 'peerUser', 'users.0.firstName': 'Grace' },
})
