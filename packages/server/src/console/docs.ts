import { UsageError } from '@cablegram/tl'
import type { Context, Hono } from 'hono'
import type { Logger } from 'pino'
import {
  compressed,
  type LazyReference,
  type OwnValues,
  TRY_IT_PATH,
  withOwnValues,
} from '../reference/index.ts'
import { ConsoleError } from './error.ts'
import type { ServerInfo } from './words.ts'

/** Everything that the pages of the reference depend on. */
export interface DocsOptions {
  readonly reference: LazyReference
  /** The app that the code of the pages has. */
  readonly testApp: Omit<OwnValues, 'console'>
  readonly info: () => Promise<ServerInfo>
  readonly logger: Logger
  /** Tells whether a caller may see the server's own values. */
  readonly isTrusted: (context: Context) => boolean
}

/** The reference of a console is below this path. */
export const DOCS_PATH = '/docs'

/** The place on a method's page that loads the form that calls this server. */
const HOOK = /(<section id="try-it" data-method="[\w.]+")>/

/** Adds the reference to a console. */
export function addDocs(console: Hono, options: DocsOptions): void {
  console.get(DOCS_PATH, (context) => context.redirect(`${DOCS_PATH}/`, 301))
  console.get(`${DOCS_PATH}/*`, (context) => answer(context, options))
}

/** Says why a console has no reference. */
export function addNoDocs(console: Hono): void {
  const refuse = () => {
    const next = 'Start it with npx cablegram serve, or give startServer the option reference.'
    throw new ConsoleError(404, 'NOT_FOUND', 'This server was started without the reference.', next)
  }
  console.get(DOCS_PATH, refuse)
  console.get(`${DOCS_PATH}/*`, refuse)
}

async function answer(context: Context, options: DocsOptions): Promise<Response> {
  const { reference, testApp, info, logger, isTrusted } = options
  const state = await reference.state()
  if (state.at === 'making') return message(context, 'The reference is being made', `Now: ${state.doing}`, 1)
  const cannot = (error: Error) => {
    logger.warn({ err: error }, 'the reference cannot be shown')
    return message(context, 'The reference cannot be shown', error.message)
  }
  if (state.at === 'failed') return cannot(state.error)
  const path = decodeURIComponent(new URL(context.req.url).pathname).slice(DOCS_PATH.length)
  const page = await state.reference.page(path, DOCS_PATH).catch((error: unknown) => {
    if (error instanceof UsageError) return error
    throw error
  })
  if (page instanceof UsageError) return cannot(page)
  const { status, headers, body } = page
  const server = await info()
  const text =
    status === 200 && isTrusted(context) ? withOwnValues(body, ownValues(server, testApp), testApp) : body
  const whole = state.reference.has(TRY_IT_PATH)
    ? text.replace(HOOK, `$1 data-script="${DOCS_PATH}${TRY_IT_PATH}">`)
    : text
  const packed = await compressed(whole, context.req.header('accept-encoding'))
  context.header('Content-Security-Policy', policy(server))
  for (const [name, value] of Object.entries({ ...headers, ...packed.headers })) context.header(name, value)
  return context.body(packed.body, status)
}

function ownValues({ console, apps: [app] }: ServerInfo, testApp: DocsOptions['testApp']): OwnValues {
  const { apiId, apiHash } = app ?? testApp
  return { console, apiId, apiHash }
}

/** The pages and their scripts come from here; "try it" opens a WebSocket to the data centres. */
function policy({ dcs }: ServerInfo): string {
  const sockets = [...new Set(dcs.map(({ wsUrl }) => new URL(wsUrl).origin))]
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${sockets.join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** A page that says what is going on; it looks again after some seconds. */
function message(context: Context, title: string, text: string, againAfterS?: number): Response {
  const refresh = againAfterS === undefined ? '' : `<meta http-equiv="refresh" content="${againAfterS}">`
  context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  return context.html(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">${refresh}<title>${escaped(title)}</title></head><body><main><h1>${escaped(title)}</h1><p role="status">${escaped(text)}</p><p><a href="/">Back to the console</a></p></main></body></html>\n`,
    503,
  )
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
