import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { closeNames, compressed, findNames, openReference, type Reference } from '@cablegram/server/reference'
import type { Arguments, Command } from '../command.ts'
import { CommandError, CommandLineError } from '../errors.ts'
import { plainPage } from '../plain-page.ts'
import { referenceSource } from './reference.ts'

const DEFAULT_PORT = 10082

/** `cablegram docs`: the reference, in the browser or in the terminal. */
export const docsCommand: Command = {
  name: 'docs',
  summary: 'Show the reference of every method, type and error, without the internet.',
  positionals: [
    {
      name: 'NAME',
      help: 'print this page: a method, constructor, type, error or guide (default: serve all pages)',
    },
  ],
  options: {
    port: { value: 'N', help: `port to serve the pages on; 0: any free port (default: ${DEFAULT_PORT})` },
    open: { help: 'open the page in a browser' },
    markdown: { help: 'with NAME: print the page as Markdown' },
  },
  notes: [
    'A running server has the same pages on its console, at /docs, with its own api_id and api_hash in the examples.',
  ],
  examples: [
    ['npx cablegram docs', 'serve the reference and print its address'],
    ['npx cablegram docs auth.sendCode', 'print the page of a method'],
    ['npx cablegram docs FLOOD_WAIT_30', 'print the page of an error'],
  ],
  async run(args) {
    const [name] = args.positionals
    if (args.flag('markdown') && name === undefined) throw new CommandLineError('--markdown needs a NAME.')
    const port = args.number('port') ?? DEFAULT_PORT
    if (port > 65_535)
      throw new CommandLineError(`--port is a number from 0 to 65535; it cannot be "${port}".`)
    const reference = await open()
    try {
      if (name === undefined) return await serve(reference, port, '/', args)
      const path = pathOf(reference, name)
      if (args.flag('open') || args.text('port') !== undefined)
        return await serve(reference, port, path, args)
      await print(reference, path, args)
      return 0
    } finally {
      await reference.close()
    }
  },
}

/** Opens the reference; in a clone it is made first, if necessary. */
async function open(): Promise<Reference> {
  const { file, make, isOutdated } = referenceSource()
  if (make !== undefined && isOutdated?.() !== false) {
    await make((line) => process.stderr.write(`cablegram: ${line}\n`))
  }
  return await openReference(file)
}

function pathOf(reference: Reference, name: string): string {
  const [path] = findNames(reference, name)
  if (path !== undefined) return path
  const names = closeNames(reference, name)
  const next =
    names.length > 0 ? `Did you mean ${names.join(' or ')}?` : '`npx cablegram docs` lists all pages.'
  throw new CommandLineError(`there is no page for "${name.slice(0, MAX_SHOWN)}". ${next}`)
}

const MAX_SHOWN = 80

async function print(reference: Reference, path: string, args: Arguments): Promise<void> {
  const { body } = await reference.page(`${path}.md`)
  process.stdout.write(args.flag('markdown') ? body : plainPage(body, widthOf(process.stdout.columns)))
}

const MIN_WIDTH = 40
const MAX_WIDTH = 100

function widthOf(columns: number | undefined): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns ?? 80))
}

async function serve(reference: Reference, port: number, path: string, args: Arguments): Promise<number> {
  const server = createServer((request, response) => {
    answer(reference, request, response).catch((error: Error) => fail(response, error))
  })
  const url = `http://127.0.0.1:${await listen(server, port)}${path}`
  process.stdout.write(`The reference of layer ${reference.layer}: ${url}\nCtrl-C stops it.\n`)
  if (args.flag('open')) openBrowser(url)
  await nextSignal()
  server.close()
  server.closeAllConnections()
  return 0
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new CommandError(
          code === 'EADDRINUSE'
            ? `port ${port} is taken. Give another one with --port; --port 0 takes any free one.`
            : `cannot listen on port ${port}: ${message}`,
        ),
      ),
    )
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function answer(
  reference: Reference,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isOwnHost(request.headers.host ?? ''))
    return send(response, 403, 'The Host header names another host.\n')
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, 'Only GET is answered.\n')
  const path = decoded(request.url ?? '/')
  if (path === undefined) return send(response, 400, 'The address has a percent sign that encodes nothing.\n')
  const { status, headers, body } = await reference.page(path)
  const packed = await compressed(body, String(request.headers['accept-encoding'] ?? ''))
  response.writeHead(status, { ...headers, ...packed.headers, ...SAFE })
  response.end(request.method === 'HEAD' ? undefined : packed.body)
}

/** A page of another origin can point its name at this machine. */
function isOwnHost(host: string): boolean {
  return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)
}

const SAFE = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}

function decoded(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split(/[?#]/)[0] ?? '')
  } catch {
    return undefined
  }
}

function fail(response: ServerResponse, error: Error): void {
  process.stderr.write(`cablegram: ${error.message}\n`)
  send(response, 500, `${error.message}\n`)
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...SAFE }).end(text)
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

function openBrowser(url: string): void {
  const [command = 'xdg-open', ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () =>
    process.stderr.write('cablegram: no browser could be opened; open the address yourself.\n'),
  )
  child.unref()
}
