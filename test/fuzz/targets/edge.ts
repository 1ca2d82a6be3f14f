import { ok } from 'node:assert'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import type { Channel } from '../../../packages/server/src/gateway/channel.ts'
import { Entrance } from '../../../packages/server/src/gateway/entrance.ts'
import { Strangers } from '../../../packages/server/src/gateway/strangers.ts'
import type { Rng } from '../../simulation/rng.ts'
import { Bytes, join, pick, type Target } from '../target.ts'

const encoder = new TextEncoder()
const LINES = [
  'POST /api HTTP/1.1',
  'POST /apiw1 HTTP/1.1',
  'OPTIONS /apiw HTTP/1.1',
  'HEAD / HTTP/1.0',
  'GET /apiws HTTP/1.1',
  'GET http://a/apiws?x HTTP/1.1',
  'Host: a',
  'Content-Length: 4',
  'Content-Length: 99999999',
  'Transfer-Encoding: chunked',
  'Connection: Upgrade',
  'Connection: close',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: binary',
  'Expect: 100-continue',
].map((line) => encoder.encode(`${line}\r\n`))
const UPGRADE = join(...[4, 6, 10, 12, 13, 14, 15].flatMap((i) => LINES[i] ?? []), encoder.encode('\r\n'))
const POST = join(...[0, 6, 7].flatMap((i) => LINES[i] ?? []), encoder.encode('\r\nabcd'))
const MAX_TURNS = 40

/**
 * A new connection of the server: with or without a PROXY header, HTTP, WebSocket or MTProto, in chunks of
 * any size.
 */
export const edge: Target = {
  name: 'edge',
  words: [
    ...LINES,
    UPGRADE,
    POST,
    Uint8Array.of(0x82, 0x84),
    Uint8Array.of(0x88, 0x80),
    Uint8Array.of(0x89, 0x80),
    encoder.encode('\r\n'),
    encoder.encode('5\r\n'),
  ],
  make(rng: Rng) {
    const masked = join(Uint8Array.of(0x80 | pick(rng, [0, 1, 2, 8, 9, 10]), 0x84), rng.bytes(8))
    const lines = Array.from({ length: rng.between(1, 6) }, () => pick(rng, LINES))
    const request = pick(rng, [POST, UPGRADE, join(...lines, encoder.encode('\r\n'))])
    return join(
      Uint8Array.of(rng.between(0, 1), rng.between(0, 255)),
      request,
      masked,
      rng.chance(0.5) ? POST : masked,
    )
  },
  async run(input) {
    const bytes = new Bytes(input)
    const proxyProtocol = bytes.byte() % 4 === 3
    const chunkBytes = Math.max(bytes.byte(), 8) * 4
    const wire = new Wire()
    const entrance = new Entrance({
      onChannel,
      hint: () => 'Nothing.',
      tls: undefined,
      proxyProtocol,
      strangers: new Strangers({ maxPerAddress: 1, limitsLoopback: true, nowMs: () => 0 }),
      logger: SILENT,
    })
    const faults: unknown[] = []
    const onFault = (error: unknown) => void faults.push(error)
    process.on('uncaughtException', onFault)
    process.on('unhandledRejection', onFault)
    const entered = entrance.accept(wire.asSocket(), 2)
    while (bytes.left > 0 && !wire.destroyed) {
      wire.push(Buffer.from(bytes.take(chunkBytes)))
      await setImmediate()
    }
    if (!wire.destroyed) wire.push(null)
    for (let turn = 0; turn < 3; turn++) await setImmediate()
    entrance.stop()
    entrance.close()
    wire.destroy()
    await entered
    for (let turn = 0; turn < MAX_TURNS && !wire.closed; turn++) await setImmediate()
    process.off('uncaughtException', onFault)
    process.off('unhandledRejection', onFault)
    ok(wire.closed, 'the connection was not closed')
    if (faults.length > 0) throw faults[0]
  },
}

const SILENT = pino({ level: 'silent' })

/** A node that answers each chunk with as many bytes, refuses some, and hangs up on others. */
function onChannel(channel: Channel): void {
  channel.open(
    {
      onBytes: (chunk) => {
        ok(chunk instanceof Uint8Array, 'a chunk without bytes')
        const first = chunk[0] ?? 0
        if (first % 16 === 1) channel.refuse(-404)
        else if (first % 16 === 2) channel.end('fault')
        else if (first % 16 === 3) channel.destroy()
        else channel.write(new Uint8Array(Math.min(chunk.length, 64)))
        if (first % 16 === 4) channel.pause()
        else channel.resume()
      },
      onHeld: (bytes) => ok(bytes >= 0 && bytes < 1 << 20, 'more bytes are held than arrived'),
      onDrained: () => undefined,
      onClosed: () => undefined,
    },
    1000,
  )
}

/** A socket without a network: writes are dropped. */
class Wire extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly localAddress = '127.0.0.1'

  override _read(): void {}

  override _write(_chunk: Uint8Array, _encoding: string, done: () => void): void {
    done()
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  /** The members of a socket that the entrance uses. */
  asSocket(): Parameters<Entrance['accept']>[0] {
    return this as unknown as Parameters<Entrance['accept']>[0]
  }
}
