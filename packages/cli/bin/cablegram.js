#!/usr/bin/env node
// Plain JavaScript, so that a Node too old to run the rest can still say so.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `cablegram: needs Node 22.18 or later; this is ${process.versions.node}. Install Node 24 from https://nodejs.org.\n`,
  )
  process.exit(1)
}
const { main } = await import('../src/main.ts')
process.exitCode = await main(process.argv.slice(2))
