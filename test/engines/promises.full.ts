/** The full form of the promises: `npm run test:promises`. It takes about half an hour, and writes `docs/promises.md`. */
process.env['CABLEGRAM_LONG'] = '1'
await import('./promises.test.ts')
