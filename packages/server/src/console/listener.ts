import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type ConsoleOptions, createConsole } from './app.ts'

/** A console that listens. */
export interface ConsoleListener {
  readonly port: number
  /** Ends waiting requests and closes; afterwards the port is free. */
  close(): Promise<void>
}

/** The time that parts of a request may take. */
export interface ConsoleTimeouts {
  readonly headMs: number
  readonly requestMs: number
  /** The interval at which Node looks for requests that are late: it adds to the two above. */
  readonly checkMs: number
}

const TIMEOUTS: ConsoleTimeouts = { headMs: 10_000, requestMs: 30_000, checkMs: 1_000 }

/** Serves the console over HTTP; `port` 0 takes any free one. */
export async function listenConsole(
  options: ConsoleOptions & { port: number; timeouts?: ConsoleTimeouts },
): Promise<ConsoleListener> {
  const handle = getRequestListener(createConsole(options).fetch, { overrideGlobalObjects: false })
  const server = createConsoleServer(handle, options.timeouts ?? TIMEOUTS)
  const port = await listen(server, options)
  return { port, close: () => close(server) }
}

function createConsoleServer(
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
  { headMs, requestMs, checkMs }: ConsoleTimeouts,
): Server {
  const server = createServer(
    {
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: 16 * 1024,
    },
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
