import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { extname } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** A folder that is served. */
export interface ServedFolder {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves a folder on this machine as a static host does: `/methods/auth.sendCode` is the file with `.html`.
 * @throws {Error} where the port is taken: one sentence with the next step
 */
export async function serveFolder(folder: string, port: number): Promise<ServedFolder> {
  const server = createServer((request, response) => {
    answer(folder, request.url ?? '/', response).catch((error: Error) => {
      response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`)
    })
  })
  const taken = await listen(server, port)
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `port ${port} is taken: give another one, such as \`npm run docs -- --port ${port + 1}\`.`,
            )
          : error,
      ),
    )
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function answer(folder: string, url: string, response: ServerResponse): Promise<void> {
  for (const file of filesOf(url)) {
    const body = await contentOf(`${folder}${file}`)
    if (body !== undefined) return send(response, 200, file, body)
  }
  const body = await contentOf(`${folder}404.html`)
  send(response, 404, '404.html', body ?? Buffer.from('Not found.\n'))
}

/** The files that may be meant by an address; none for one that leads out of the folder. */
export function filesOf(url: string): string[] {
  const path = decoded(url.split(/[?#]/)[0] ?? '')
  if (path === undefined || !/^\/[\w.@ /-]*$/.test(path) || path.split('/').includes('..')) return []
  if (path === '/') return ['index.html']
  const name = path.slice(1).replace(/\/$/, '')
  return TYPES[extname(name)] === undefined ? [`${name}.html`] : [name, `${name}.html`]
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(code)) return undefined
    throw error
  }
}

function send(response: ServerResponse, status: number, file: string, body: Buffer): void {
  response.writeHead(status, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
  })
  response.end(body)
}
