/**
 * Hostile peers: floods, half-open connections, oversized and nested requests, and slow readers and
 * writers.
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { smallerFactor } from './old-crypto.ts'
import { OldConnection, Reader, tl, u32 } from './old-wire.ts'

/** The server they attack. */
export interface Target {
  readonly port: number
  readonly pem: string
  /** 16 hexadecimal digits. */
  readonly fingerprint: string
}

/** A kind of attack. */
export interface Attack {
  readonly name: string
  /**
   * Begins the attack, which continues until it is ended.
   * @param size the number of connections it holds
   * @returns its end: resolves to how often it struck
   */
  readonly begin: (target: Target, size: number) => () => Promise<number>
}

const INTERMEDIATE = Buffer.from('eeeeeeee', 'hex')
const REQ_PQ_MULTI = 0xbe7e8ef1
const REQ_DH_PARAMS = 0xd712e4be
const INVOKE_WITH_LAYER = 0xda9b0d0d
const GZIP_PACKED = 0x3072cfa1
const MSG_CONTAINER = 0x73f1f8dc
const INIT_CONNECTION = 0xc1cd5ea9
const GET_COUNTRIES_LIST = 0x735787a8
const MiB = 1024 * 1024

/** Every kind of attack. */
export const ATTACKS: readonly Attack[] = [
  { name: 'key exchanges begun and left', begin: attackWith(beginExchanges) },
  { name: 'key exchanges with RSA blocks of noise', begin: attackWith(noiseForRsa) },
  { name: 'half-open connections', begin: holdOpen(halfOpen) },
  { name: 'frames of 4 MiB that do not end', begin: holdOpen(unfinishedFrame) },
  { name: 'nested, packed and oversized requests', begin: attackWith(oversized) },
  { name: 'writers of a byte at a time', begin: holdOpen(slowWriter) },
  { name: 'readers that do not read', begin: attackWith(neverReads) },
]

/** Strikes again and again, `size` at once. */
function attackWith(strike: (target: Target) => Promise<void>): Attack['begin'] {
  return (target, size) => {
    let isOn = true
    let struck = 0
    const one = async (): Promise<void> => {
      while (isOn) {
        // A refusal is the expected answer.
        await strike(target).catch(() => {})
        struck += 1
      }
    }
    const all = Promise.all(Array.from({ length: size }, one))
    return async () => {
      isOn = false
      await all
      return struck
    }
  }
}

/** Holds `size` connections, and reopens closed ones. */
function holdOpen(hold: (socket: Socket) => () => void): Attack['begin'] {
  return ({ port }, size) => {
    let isOn = true
    let opened = 0
    const held = new Set<{ socket: Socket; letGo: () => void }>()
    const open = (): void => {
      opened += 1
      const socket = connect(port, '127.0.0.1')
      const one = { socket, letGo: hold(socket) }
      held.add(one)
      socket.on('error', () => {})
      socket.on('close', () => {
        one.letGo()
        held.delete(one)
        if (isOn) setTimeout(() => isOn && open(), 100)
      })
    }
    for (let count = 0; count < size; count++) open()
    return async () => {
      isOn = false
      for (const { socket, letGo } of held) {
        letGo()
        socket.destroy()
      }
      return opened
    }
  }
}

function plainFrame(body: Buffer, index = 0): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(20 + body.length, 0)
  head.writeBigInt64LE((BigInt(Math.floor(Date.now() / 1000)) << 32n) + BigInt(index * 4), 12)
  head.writeUInt32LE(body.length, 20)
  return Buffer.concat([head, body])
}

const reqPq = (index: number): Buffer =>
  plainFrame(Buffer.concat([u32(REQ_PQ_MULTI), randomBytes(16)]), index)

/** Sends, and waits until the server closes or has sent this much. */
function say(
  port: number,
  bytes: Uint8Array,
  enoughBytes: number,
  then?: (got: Buffer) => Uint8Array,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let got = Buffer.alloc(0)
    let next = then
    socket.setTimeout(5_000, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk])
      if (got.length < enoughBytes) return
      if (next === undefined) socket.destroy()
      else socket.write(next(got))
      next = undefined
    })
  })
}

const RES_PQ_FRAME_BYTES = 88

function beginExchanges({ port }: Target): Promise<void> {
  const all = Array.from({ length: 8 }, (_, index) => reqPq(index))
  return say(port, Buffer.concat([INTERMEDIATE, ...all]), 8 * RES_PQ_FRAME_BYTES)
}

/** Each one costs the server an RSA operation, and the attacker the factors of a number. */
function noiseForRsa({ port, fingerprint }: Target): Promise<void> {
  return say(port, Buffer.concat([INTERMEDIATE, reqPq(0)]), RES_PQ_FRAME_BYTES, (got) => {
    const resPq = new Reader(got.subarray(24 + 4))
    const nonces = resPq.raw(32)
    const pq = BigInt(`0x${resPq.bytes().toString('hex')}`)
    const p = smallerFactor(pq)
    const bytes = (value: bigint): Buffer => tl(Buffer.from(value.toString(16).padStart(8, '0'), 'hex'))
    const id = Buffer.alloc(8)
    id.writeBigUInt64LE(BigInt(`0x${fingerprint}`))
    const noise = tl(Buffer.concat([Buffer.alloc(1), randomBytes(255)]))
    return plainFrame(Buffer.concat([u32(REQ_DH_PARAMS), nonces, bytes(p), bytes(pq / p), id, noise]), 1)
  })
}

/** Beginnings of connections that never continue. */
const BEGINNINGS = [
  Buffer.alloc(0),
  Buffer.from([0xef]),
  Buffer.alloc(30, 0x41),
  Buffer.from('POST /api HTTP/1.1\r\nContent-Length: 40\r\n'),
  Buffer.concat([INTERMEDIATE, u32(200)]),
]

function halfOpen(socket: Socket): () => void {
  socket.on('connect', () =>
    socket.write(BEGINNINGS[socket.localPort === undefined ? 0 : socket.localPort % 5] ?? ''),
  )
  return () => {}
}

function unfinishedFrame(socket: Socket): () => void {
  socket.on('connect', () =>
    socket.write(Buffer.concat([INTERMEDIATE, u32(4 * MiB - 4), Buffer.alloc(4 * MiB - 8, 7)])),
  )
  return () => {}
}

function slowWriter(socket: Socket): () => void {
  socket.on('connect', () => socket.write(Buffer.concat([INTERMEDIATE, u32(MiB)])))
  const writing = setInterval(() => socket.writable && socket.write('x'), 20)
  return () => clearInterval(writing)
}

const PACKED = gzipSync(Buffer.alloc(10 * MiB))

/**
 * Nested invokeWithLayer, gzip that expands ten thousand times, containers of containers, and oversized
 * requests.
 */
const BODIES: readonly Buffer[] = [
  Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.concat([u32(INVOKE_WITH_LAYER), u32(228)]))),
  Buffer.concat([u32(GZIP_PACKED), tl(PACKED)]),
  Buffer.concat([u32(GZIP_PACKED), tl(gzipSync(Buffer.concat([u32(GZIP_PACKED), tl(PACKED)])))]),
  Buffer.concat([u32(MSG_CONTAINER), u32(0x7fffffff), Buffer.alloc(1000)]),
  Buffer.alloc(MiB + 4, 1),
]

async function oversized({ port, pem, fingerprint }: Target): Promise<void> {
  const connection = new OldConnection({ host: '127.0.0.1', port })
  try {
    await connection.open(pem, fingerprint)
    await Promise.all(BODIES.map((body) => within(connection.call(body), 1_000)))
  } finally {
    connection.close()
  }
}

/** Some are closed for their request instead of answered. */
async function within(answer: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([answer.catch(() => {}), timeUp])
  clearTimeout(timer)
}

/** Asks for the longest answer over and over, and never reads. */
async function neverReads({ port, pem, fingerprint }: Target): Promise<void> {
  const connection = new OldConnection({ host: '127.0.0.1', port })
  try {
    await connection.open(pem, fingerprint)
    connection.pause()
    const about = [u32(1), ...['device', '1', '1', 'en', '', 'en'].map(tl)]
    const init = Buffer.concat([u32(INVOKE_WITH_LAYER), u32(228), u32(INIT_CONNECTION), u32(0), ...about])
    const ask = Buffer.concat([init, u32(GET_COUNTRIES_LIST), tl('en'), u32(0)])
    for (let count = 0; count < 500; count++) void connection.call(ask).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  } finally {
    connection.close()
  }
}
