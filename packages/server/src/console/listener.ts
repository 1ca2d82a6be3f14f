import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type ConsoleOptions, createConsole } from './app.ts'

/** A console that listens. */
export interface ConsoleListener {
  readonly port: number
  /** Where browsers reach it: `port`, or a second one where they refuse that. */
  readonly pagePort: number
  /** Ends waiting requests and closes; afterwards the port is free. */
  close(): Promise<void>
}

/** Ports that browsers and `fetch` refuse whatever is behind them; our own default, 10080, is one. */
const REFUSED_BY_BROWSERS: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
])

/** Serves the console over HTTP; `port` 0 takes any free one. */
export async function listenConsole(options: ConsoleOptions & { port: number }): Promise<ConsoleListener> {
  const handle = getRequestListener(createConsole(options).fetch, { overrideGlobalObjects: false })
  const server = createConsoleServer(handle)
  const port = await listen(server, options)
  if (!REFUSED_BY_BROWSERS.has(port)) return { port, pagePort: port, close: () => close(server) }
  const pageServer = createConsoleServer(handle)
  try {
    const pagePort = await listenNear(pageServer, { ...options, port: port + 1 })
    return { port, pagePort, close: async () => void (await Promise.all([server, pageServer].map(close))) }
  } catch (error) {
    await close(server)
    throw error
  }
}

function createConsoleServer(
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
): Server {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
    (request, response) => void handle(request, response),
  )
  server.maxConnections = 1024
  return server
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Any free port will do for the page where this one is taken. */
async function listenNear(server: Server, options: ConsoleOptions & { port: number }): Promise<number> {
  try {
    return await listen(server, options)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return await listen(server, { ...options, port: 0 })
  }
}

function listen(server: Server, { host, port, logger }: ConsoleOptions & { port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      server.on('error', (error) => logger.error({ err: error }, 'console connection not accepted'))
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
