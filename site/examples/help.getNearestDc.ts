import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getNearestDc', {
  given: 'anonymous',
  params: {},
  shows: { _: 'nearestDc', thisDc: 2, nearestDc: 2 },
})
