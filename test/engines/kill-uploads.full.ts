/** The full form of the kills in mid-upload: a part of `npm run test:kills`. It takes some minutes, and writes into `docs/promises.md`. */
process.env['CABLEGRAM_LONG'] = '1'
await import('./kill-uploads.test.ts')
