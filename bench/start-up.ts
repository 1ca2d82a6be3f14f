/**
 * Measures the cost of starting: importing the client (beside mtcute and GramJS), importing the server,
 * starting it in memory, and its memory when idle. Each figure is the median of fresh processes on the
 * built packages: inside the repository every import strips TypeScript, which users do not pay for.
 */
import { fileURLToPath } from 'node:url'
import { buildPackages } from './build-packages.ts'
import { importing, type Sample, sample } from './fresh-process.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const built = buildPackages()

const client = sample(built, importing('@cablegram/client'))
for (const [name, folder, module] of [
  ['mtcute', here, '@mtcute/node'],
  ['GramJS', here, 'telegram'],
] as const) {
  const peer = sample(folder, importing(module))
  console.log(
    `import the client: cablegram ${text(client)}, ${name} ${text(peer)}: ${(peer.ms / client.ms).toFixed(2)}×`,
  )
}
console.log(`import the server: cablegram ${text(sample(built, importing('@cablegram/server')))}`)
console.log(`start a memory server, once imported: cablegram ${text(sample(built, starting()))}`)
console.log(`a bare Node: cablegram ${text(sample(built, importing('node:events')))}`)

function starting(): string {
  return `const { startServer } = await import('@cablegram/server')
    const started = performance.now()
    const server = await startServer({ store: 'memory' })
    const ms = performance.now() - started
    // What starting has left behind is not what the server holds.
    await new Promise((resolve) => setTimeout(resolve, 300))
    gc()
    report(ms)
    await server.close()`
}

function text({ ms, mb }: Sample): string {
  return `${ms.toFixed(0)} ms ${mb.toFixed(0)} MB`
}
