import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.resolvePhone', {
  given: 'withGrace',
  params: { phone: '+9996625678' },
  as: 'found',
  shows: { 'users.0.firstName': 'Grace' },
})
