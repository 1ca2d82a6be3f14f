import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.deleteByPhones', {
  given: 'withGrace',
  params: { phones: ['+9996625678'] },
  shows: { '': true },
})
