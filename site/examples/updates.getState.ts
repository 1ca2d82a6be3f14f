import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('updates.getState', {
  given: 'messageSaved',
  params: {},
  as: 'state',
  shows: { _: 'updates.state', pts: 2, unreadCount: 0 },
})
