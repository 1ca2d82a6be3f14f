import type { Context } from 'hono'

/** Headers that allow a page of another origin the methods and headers of the API. */
const ALLOWED = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'authorization, content-type',
  'Access-Control-Max-Age': '600',
} as const

/** Tells whether a browser asks if it may send a request from a page of another origin. */
export function isPreflight(context: Context): boolean {
  return context.req.method === 'OPTIONS' && context.req.header('access-control-request-method') !== undefined
}

/** Says to the browser that pages of this origin may call the console and read its answers. */
export function allowOrigin(context: Context, origin: string): void {
  context.header('Access-Control-Allow-Origin', origin)
  context.header('Vary', 'Origin')
}

/** The answer to a preflight of an origin that may call the console. */
export function answerPreflight(context: Context): Response {
  for (const [name, value] of Object.entries(ALLOWED)) context.header(name, value)
  // Chrome asks so before a page of the internet calls an address of this machine or its network.
  if (context.req.header('access-control-request-private-network') === 'true') {
    context.header('Access-Control-Allow-Private-Network', 'true')
  }
  return context.body(null, 204)
}
