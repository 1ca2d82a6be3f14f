import { createServer, type Server, type Socket } from 'node:net'

/**
 * Connections that the system keeps until they are accepted; it may allow fewer. With Node's default of 511, a burst makes
 * it drop others, which then try again only after a second.
 */
const BACKLOG = 4096

/** Limits of a TCP listener. */
export interface ListenerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly maxConnections: number
  /** Closes some connection to make room for a new one. Returns false if all have to stay. Default: all stay. */
  readonly makeRoom?: () => boolean
}

/** A listening port. */
export interface Listener {
  readonly port: number
  /** Takes no more connections. Open ones stay. */
  stop(): void
  /** Resolves when the listener and every connection are closed. */
  readonly closed: Promise<void>
}

/**
 * Listens for MTProto clients.
 * @param onSocket gets each connection
 * @param onError gets later errors, such as running out of file descriptors; the listener goes on
 */
export function listen(
  options: ListenerOptions,
  onSocket: (socket: Socket) => void,
  onError: (error: Error) => void,
): Promise<Listener> {
  const { maxConnections, makeRoom = () => false } = options
  let open = 0
  const server: Server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    open += 1
    socket.on('close', () => {
      open -= 1
    })
    if (open <= maxConnections || makeRoom()) onSocket(socket)
    else socket.destroy()
  })
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, () => {
      server.off('error', reject)
      server.on('error', onError)
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : options.port
      resolve({ port, stop: () => server.close(), closed })
    })
  })
}
