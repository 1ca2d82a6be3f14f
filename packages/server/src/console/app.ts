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
import { readJson } from './read-json.ts'
import type { Route } from './route.ts'
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
  for (const route of ROUTES) addRoute(console, route, options.on)
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

function addRoute(console: Hono, route: Route, on: OnConsole): void {
  console.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
    const reply = await route.run({
      params: context.req.param(),
      query: context.req.query(),
      body: route.body === undefined ? undefined : await readJson(context.req.raw.body),
      signal: context.req.raw.signal,
      on,
    })
    if (route.method !== 'GET') noteOperator(on, `${route.method} ${context.req.path}`)
    return reply.status === 204 ? context.body(null, 204) : context.json(reply.body ?? null, reply.status)
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
