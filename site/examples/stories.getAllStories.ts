import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('stories.getAllStories', {
  given: 'signedIn',
  params: {},
  answer: 'stories.allStories',
  shows: { count: 0 },
})
