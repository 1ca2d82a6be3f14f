/** Pages of loopback in the Chromium of the machine. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** The path in Debian. */
export const CHROMIUM = '/usr/bin/chromium'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** A web server for one folder. */
export interface FolderServer {
  readonly origin: string
  [Symbol.dispose](): void
}

/** Serves the files of a folder on a port of its own. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const server = createServer(({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://here').pathname)
    const file = join(folder, path === '/' ? 'index.html' : path)
    // Browsers ask for it by themselves.
    if (path === '/favicon.ico') response.writeHead(204).end()
    else if (!existsSync(file)) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' })
        .end(readFileSync(file))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.dispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A browser that reaches nothing but this machine. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    chromiumSandbox: process.getuid?.() !== 0,
  })
}
