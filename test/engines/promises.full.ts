/** The full form of the promises: `npm run test:promises`. It takes half an hour on an idle machine, and writes `docs/promises.md`. */
process.env['CABLEGRAM_LONG'] = '1'
await import('./promises.test.ts')
