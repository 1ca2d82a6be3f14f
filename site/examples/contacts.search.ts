import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.search', {
  given: 'withGrace',
  params: { q: 'grace', limit: 10 },
  as: 'found',
  shows: { 'results.length': 1, 'users.0.username': 'grace_h' },
})
