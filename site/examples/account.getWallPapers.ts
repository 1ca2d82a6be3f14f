import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.getWallPapers', {
  given: 'signedIn',
  params: { hash: 0n },
  answer: 'account.wallPapers',
  shows: { 'wallpapers.length': 0 },
})
