import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type ConsoleOptions, createConsole } from './app.ts'

/** A console that listens. */
export interface ConsoleListener {
  readonly port: number
  /** Ends waiting requests and closes; afterwards the port is free. */
  close(): Promise<void>
}

/** Serves the console over HTTP; `port` 0 takes any free one. */
export async function listenConsole(options: ConsoleOptions & { port: number }): Promise<ConsoleListener> {
  const handle = getRequestListener(createConsole(options).fetch, { overrideGlobalObjects: false })
  const server = createConsoleServer(handle)
  const port = await listen(server, options)
  return { port, close: () => close(server) }
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
