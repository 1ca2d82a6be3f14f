/** `npm run docs [-- --port N] [--build-only]`: builds the reference in site/dist and serves it on this machine. */
import { parseArgs } from 'node:util'
import { installPackages } from './install.ts'
import { paths } from './paths.ts'

const DEFAULT_PORT = 10080

try {
  await main()
} catch (error) {
  process.stderr.write(`docs: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, 'build-only': { type: 'boolean' } },
  })
  const port = portOf(values.port)
  installPackages({ everything: true }, say)
  const { buildSite } = await import('./build/build-site.ts')
  const { buildReport } = await import('./build/report.ts')
  const onProgress = progress('pages')
  const built = await buildSite({ folder: paths.dist, borrow: true, onProgress })
  say(buildReport(built.model, built.figures, paths.dist))
  if (values['build-only']) return
  const { serveFolder } = await import('./serve-folder.ts')
  const { url } = await serveFolder(paths.dist, port)
  say(`The reference: ${url}   (Ctrl-C stops it)`)
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`--port is a number from 0 to 65535; it cannot be "${text}".`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** A line on a terminal that changes, or a line now and then in a log. */
function progress(what: string): (made: number, of: number) => void {
  const { isTTY } = process.stdout
  let shown = -1
  return (made, of) => {
    const percent = Math.floor((100 * made) / of)
    if (percent === shown || (!isTTY && percent % 25 !== 0)) return
    shown = percent
    const text = `${made} of ${of} ${what}`
    process.stdout.write(isTTY ? `\r${text}${made === of ? '\n' : ''}` : `${text}\n`)
  }
}
