#!/usr/bin/env node
// Plain JavaScript, so that a Node too old to run the rest can still say so.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `cablegram: needs Node 22.18 or later; this is ${process.versions.node}. Install Node 24 from https://nodejs.org.\n`,
  )
  process.exit(1)
}
// The first process of a container gets only the signals that it has handlers for. A command that cleans up has its own.
for (const [signal, status] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
]) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(status)
  })
}
if (process.env['CABLEGRAM_ENDS_WITH_PARENT'] !== undefined) {
  delete process.env['CABLEGRAM_ENDS_WITH_PARENT']
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // The listener would keep a command alive that has nothing left to do.
  process.channel?.unref()
}
const { main } = await import('../src/main.ts')
process.exitCode = await main(process.argv.slice(2))
