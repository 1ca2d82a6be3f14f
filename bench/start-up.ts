/**
 * Measures the cost of starting: importing the client (beside mtcute and GramJS), importing the server,
 * starting it in memory, and its memory when idle. Each figure is the median of fresh processes on the
 * built packages: inside the repository every import strips TypeScript, which users do not pay for.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildPackages } from './build-packages.ts'
import { median } from './measure.ts'

const PROCESSES = 7

interface Sample {
  readonly ms: number
  readonly mb: number
}

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

function importing(module: string): string {
  return `const started = performance.now()
    await import('${module}')
    report(performance.now() - started)`
}

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

/** Runs `code` in fresh processes, one at a time, and returns the medians of what it reports. */
function sample(folder: string, code: string): Sample {
  const report = `function report(ms) {
    console.log(JSON.stringify({ ms, mb: process.memoryUsage().rss / 1e6 }))
  }`
  const samples = Array.from({ length: PROCESSES }, (): Sample => {
    const args = ['--expose-gc', '--input-type=module', '--eval', `${report}\n${code}`]
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }))
  })
  return { ms: median(samples.map(({ ms }) => ms)), mb: median(samples.map(({ mb }) => mb)) }
}

function text({ ms, mb }: Sample): string {
  return `${ms.toFixed(0)} ms ${mb.toFixed(0)} MB`
}
