import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('users.getRequirementsToContact', {
  given: 'signedIn',
  params: { id: [{ _: 'inputUserSelf' }] },
  as: 'requirements',
  shows: { '0._': 'requirementToContactEmpty' },
})
