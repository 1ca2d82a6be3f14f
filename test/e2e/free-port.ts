/**
 * Ports below those that the system gives away. While a server is down that comes back to its port, other tests ask for any port,
 * and must not be given that one. GramJS cannot remember higher ones either: it stores a port as a signed 16-bit number.
 */
import { createServer } from 'node:net'

const LOWEST = 12_000
const HIGHEST = 32_000
/** A server with several data centres also takes the following ports. */
const APART = 4

let next = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))

/** Finds a port that nobody listens on, and whose next few are free, as far as can be known. */
export async function freePort(): Promise<number> {
  for (;;) {
    next = next + APART > HIGHEST ? LOWEST : next + APART
    const ports = Array.from({ length: APART }, (_, index) => next + index)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return ports[0] ?? 0
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
