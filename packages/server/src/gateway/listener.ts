import { createServer, type Server, type Socket } from 'node:net'

/** Limits of a TCP listener. */
export interface ListenerOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly maxConnections: number
}

/** Something that listens. */
export interface Listener {
  readonly port: number
  /** Takes no more connections; those there are stay. */
  stop(): void
  /** Resolves when the listener and every connection are closed. */
  readonly closed: Promise<void>
}

/**
 * Listens for MTProto clients.
 * @param onSocket gets each connection
 * @param onError gets what goes wrong later, such as running out of file descriptors; the listener goes on
 */
export function listen(
  options: ListenerOptions,
  onSocket: (socket: Socket) => void,
  onError: (error: Error) => void,
): Promise<Listener> {
  const server: Server = createServer({ noDelay: true, keepAlive: true }, onSocket)
  server.maxConnections = options.maxConnections
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', reject)
      server.on('error', onError)
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : options.port
      resolve({ port, stop: () => server.close(), closed })
    })
  })
}
