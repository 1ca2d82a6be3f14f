import { type Context, Hono } from 'hono'
import type { Logger } from 'pino'
import { noteOperator } from '../rules/accounts/audit.ts'
import { addDocs, addNoDocs, type DocsOptions } from './docs.ts'
import { ConsoleError } from './error.ts'
import { type GuardOptions, guard, mayAsk } from './guard.ts'
import { INBOX_PAGE, INBOX_PAGE_CSP } from './inbox-page.ts'
import type { OnConsole } from './on-console.ts'
import { openApi } from './openapi.ts'
import { PEOPLE_PAGE, PEOPLE_PAGE_CSP } from './people-page.ts'
import { FileBodies, withJson } from './read-json.ts'
import type { Reply, ReplyFile, Route } from './route.ts'
import { ROUTES } from './routes/index.ts'
import { storeTrouble } from './store-trouble.ts'

/** Everything that the console's HTTP application needs. */
export interface ConsoleOptions extends GuardOptions {
  readonly on: OnConsole
  readonly logger: Logger
  readonly version: string
  /** Undefined: the console has no reference. */
  readonly docs?: Pick<DocsOptions, 'reference' | 'testApp'> | undefined
}

const PROMETHEUS = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }

/** The console as an HTTP application without a listener: requests in, responses out. */
export function createConsole(options: ConsoleOptions): Hono {
  const console = new Hono()
  console.onError((error, context) => onError(error, context, options.logger))
  console.notFound(() => {
    throw new ConsoleError(404, 'NOT_FOUND', 'There is nothing at this path.', 'See /openapi.json.')
  })
  console.use(securityHeaders)
  console.use(guard(options))
  console.use(checkUrl)
  const fileBodies = new FileBodies()
  for (const route of ROUTES) addRoute(console, route, options.on, fileBodies)
  console.get('/metrics', async (context) => context.body(await options.on.metrics(), 200, PROMETHEUS))
  console.get('/openapi.json', (context) => context.json(openApi(ROUTES, options.version)))
  console.get('/', (context) => context.html(INBOX_PAGE, 200, { 'Content-Security-Policy': INBOX_PAGE_CSP }))
  console.get('/people', (context) =>
    context.html(PEOPLE_PAGE, 200, { 'Content-Security-Policy': PEOPLE_PAGE_CSP }),
  )
  addReference(console, options)
  return console
}

function addReference(console: Hono, options: ConsoleOptions): void {
  const { docs, on, logger } = options
  const isTrusted = (context: Context) => mayAsk(context, options)
  if (docs !== undefined) addDocs(console, { ...docs, info: () => on.info(), logger, isTrusted })
  else addNoDocs(console)
}

function addRoute(console: Hono, route: Route, on: OnConsole, fileBodies: FileBodies): void {
  console.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
    const run = async (body: unknown): Promise<Response> => {
      const [params, query, { signal }] = [context.req.param(), context.req.query(), context.req.raw]
      const reply = await route.run({ params, query, body, signal, on })
      if (route.method !== 'GET') noteOperator(on, `${route.method} ${context.req.path}`)
      return respond(context, reply)
    }
    if (route.body === undefined) return await run(undefined)
    const bodies = route.takesFiles ? fileBodies : undefined
    return await withJson(context.req.raw.body, run, bodies)
  })
}

function respond(context: Context, reply: Reply): Response {
  if ('file' in reply) return respondWithFile(context, reply.file)
  return reply.status === 204 ? context.body(null, 204) : context.json(reply.body ?? null, reply.status)
}

/** Never as the type that its sender gave it: a browser would run a page in the console's own origin. */
function respondWithFile(context: Context, { pieces, bytes, fileName = 'file' }: ReplyFile): Response {
  return context.body(streamOf(pieces), 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(bytes),
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName.toWellFormed())}`,
  })
}

/** Reads no further than the client takes. */
function streamOf(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

/** The router leaves percent signs that it cannot decode as they are, and their digits would count. */
async function checkUrl(context: Context, next: () => Promise<void>): Promise<void> {
  const { pathname, search } = new URL(context.req.url)
  if (!isDecodable(pathname) || !isDecodable(search)) {
    throw new ConsoleError(
      400,
      'REQUEST_INVALID',
      'The path or the query has a percent sign that does not begin an encoded character.',
      'Encode each value: %25 is a percent sign, %2B a plus.',
    )
  }
  await next()
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

async function securityHeaders(context: Context, next: () => Promise<void>): Promise<void> {
  await next()
  context.header('Cache-Control', 'no-store')
  context.header('X-Content-Type-Options', 'nosniff')
  context.header('X-Frame-Options', 'DENY')
  context.header('Referrer-Policy', 'no-referrer')
  context.header('Cross-Origin-Resource-Policy', 'same-origin')
}

function onError(error: Error, context: Context, logger: Logger): Response {
  if (error instanceof ConsoleError) {
    const { status, code, message, next } = error
    return context.json({ error: { code, message, next } }, status)
  }
  const trouble = storeTrouble(error)
  if (trouble !== undefined) return context.json({ error: trouble }, 503)
  logger.error({ err: error, path: context.req.path }, 'console request failed')
  const next = 'Look into the log of the server.'
  return context.json({ error: { code: 'INTERNAL', message: 'The server failed.', next } }, 500)
}
