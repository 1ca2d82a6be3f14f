import type http from 'node:http'
import type https from 'node:https'

/**
 * Node's own HTTP client for a URL's protocol, loaded when it is first asked for. It is not imported: `import 'node:http'`
 * makes Node load its `fetch` and HTTP/2 too, 80 ms of processor time and 17 MB, because that module exports their names.
 */
export function nodeHttp(protocol: string): typeof http | typeof https {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
}
