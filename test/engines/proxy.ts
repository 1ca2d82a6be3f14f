/** A TCP proxy that can cut, delay and swallow what passes through it. */
import { connect, createServer, type Socket } from 'node:net'

/** Bytes on their way through the proxy. */
export interface Passing {
  /** `up`: from the client to the target. */
  readonly direction: 'up' | 'down'
  readonly chunk: Buffer
  /** The connection's number, from 1. */
  readonly connection: number
}

/** Decides about bytes: let them pass, swallow them, or cut the connection before or after they have passed. */
export type Verdict = 'pass' | 'swallow' | 'cut' | 'passThenCut'

/** A TCP proxy on 127.0.0.1. */
export interface Proxy {
  readonly port: number
  /** The number of connections that are open now. */
  readonly connections: number
  /** Ends all connections with a reset. New ones are accepted. */
  cut(): void
  /** Refuses new connections with a reset, and ends those that are open, until {@link restore}. */
  refuse(): void
  /** Swallows all bytes; connections stay open, and new ones are accepted, until {@link restore}. */
  blackhole(): void
  /** Holds all bytes back for this long, in each direction. */
  delay(delayMs: number): void
  /** Asks about every chunk until {@link restore}. */
  watch(decide: (passing: Passing) => Verdict): void
  /** Lets everything pass again. What was swallowed is gone: those connections are ended. */
  restore(): void
  close(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly target: Socket
  hasLost: boolean
}

/** Starts a proxy before a port of 127.0.0.1. */
export async function startProxy(target: { readonly port: number }): Promise<Proxy> {
  const pairs = new Set<Pair>()
  let isRefusing = false
  let isBlackhole = false
  let delayMs = 0
  let decide: ((passing: Passing) => Verdict) | undefined
  let opened = 0

  function end(pair: Pair): void {
    pairs.delete(pair)
    reset(pair.client)
    reset(pair.target)
  }

  function passOn(pair: Pair, to: Socket, passing: Passing): void {
    const verdict = isBlackhole ? 'swallow' : (decide?.(passing) ?? 'pass')
    if (verdict === 'cut') end(pair)
    else if (verdict === 'swallow') pair.hasLost = true
    else if (verdict === 'passThenCut') to.write(passing.chunk, () => setImmediate(() => end(pair)))
    else if (delayMs > 0) setTimeout(() => to.writable && to.write(passing.chunk), delayMs)
    else to.write(passing.chunk)
  }

  /** Also those of connections that have been cut: one may take its time to end. */
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    track(client)
    if (isRefusing) {
      reset(client)
      return
    }
    opened += 1
    const connection = opened
    const pair: Pair = { client, target: connect(target.port, '127.0.0.1'), hasLost: false }
    pairs.add(pair)
    track(pair.target)
    for (const [from, to, direction] of [
      [client, pair.target, 'up'],
      [pair.target, client, 'down'],
    ] as const) {
      from.setNoDelay(true)
      from.on('data', (chunk) => passOn(pair, to, { direction, chunk, connection }))
      from.on('error', () => end(pair))
      from.on('end', () => {
        if (!isBlackhole) to.end()
      })
      from.on('close', () => {
        if (!isBlackhole) to.destroySoon()
        if (to.closed) pairs.delete(pair)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a port is a number')

  const cut = (): void => [...pairs].forEach(end)
  return {
    port: address.port,
    get connections() {
      return pairs.size
    },
    cut,
    refuse() {
      isRefusing = true
      cut()
    },
    blackhole() {
      isBlackhole = true
    },
    delay(forMs) {
      delayMs = forMs
    },
    watch(decideNow) {
      decide = decideNow
    },
    restore() {
      isRefusing = false
      isBlackhole = false
      delayMs = 0
      decide = undefined
      for (const pair of [...pairs]) if (pair.hasLost) end(pair)
    },
    async close() {
      cut()
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Node never ends if a socket is reset whose own end is still under way: such a socket is only closed. */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
