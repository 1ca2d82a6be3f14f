import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('contacts.importContacts', {
  given: 'withGrace',
  params: {
    contacts: [
      { _: 'inputPhoneContact', clientId: 1n, phone: '+9996625678', firstName: 'Grace', lastName: 'Hopper' },
    ],
  },
  as: 'found',
  shows: { 'users.0.lastName': 'Hopper', 'users.0.contact': true },
})
