/** Ports for servers that GramJS is to remember: it keeps one as a signed 16-bit number, and throws above that. */
import { createServer } from 'node:net'

const LOWEST = 12_000
const HIGHEST = 32_000
/** A server with several data centres takes the ones after it too. */
const APART = 4

let next = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))

/** A port that nobody listens on, and none of the next few either, as far as can be known. */
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
