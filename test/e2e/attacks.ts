/**
 * Attacks with a fixed amount of work: bench/attacks.ts measures their cost to others, a test plays them on
 * a small scale.
 */
import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { encodeContainer, encryptMessage } from '../../packages/mtproto/src/envelope/index.ts'
import { startObfuscation } from '../../packages/mtproto/src/framing/obfuscation.ts'
import { Rng } from '../simulation/rng.ts'
import type { Target } from './hostile-clients.ts'
import { OldConnection, tl, u32 } from './old-wire.ts'

/** The size of the attack. */
export interface AttackSize {
  /** Connections, or for `dear answers` requests in a packet. */
  readonly count: number
  /** Bytes that each connection sends, if the attack sends bytes. */
  readonly bytes: number
  readonly seed: number
}

/** The effect of an attack so far. */
export interface AttackResult {
  sentBytes: number
  opened: number
  closedByServer: number
}

/** An attack that continues until it is ended. */
export interface RunningAttack {
  readonly result: AttackResult
  /** Resolves once the whole first round has been sent. */
  readonly begun: Promise<void>
  end(): void
}

type Begin = (target: Target, size: AttackSize) => RunningAttack

const INTERMEDIATE = Buffer.from('eeeeeeee', 'hex')
const BLOCK_BYTES = 64 * 1024
const FRAME_BYTES = 4 * 1024 * 1024

/** Every attack, by name. */
export const MEASURED_ATTACKS: Readonly<Record<string, Begin>> = {
  'bodies in chunks of a byte': chunksOfOneByte,
  'numbers of 2 MiB in a key exchange': longNumbers,
  'WebSockets with unfinished frames': unfinishedFrames,
  'one address that takes every slot': takenSlots,
  'dear answers in one msg_container': dearAnswers,
}

class Sockets {
  readonly result: AttackResult = { sentBytes: 0, opened: 0, closedByServer: 0 }
  readonly #open = new Set<Socket>()
  isOver = false

  async open(port: number, localAddress?: string): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', ...(localAddress && { localAddress }) })
    this.result.opened += 1
    this.#open.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => undefined)
    socket.on('close', () => {
      this.#open.delete(socket)
      if (!this.isOver) this.result.closedByServer += 1
    })
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()))
    return socket
  }

  /** Sends the bytes, and waits until the peer has taken them if its buffer is full. */
  async send(socket: Socket, bytes: Uint8Array): Promise<void> {
    if (socket.destroyed || this.isOver) return
    this.result.sentBytes += bytes.length
    if (!socket.write(bytes)) await drained(socket)
  }

  end(): void {
    this.isOver = true
    for (const socket of this.#open) socket.destroy()
  }
}

/** Resolves when the peer has accepted the bytes or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}

/** Runs `one` on this many connections at a time. */
function onConnections(
  count: number,
  one: (sockets: Sockets, index: number) => Promise<void>,
): RunningAttack {
  const sockets = new Sockets()
  const all = Array.from({ length: count }, (_, index) => one(sockets, index))
  return { result: sockets.result, begun: Promise.all(all).then(() => undefined), end: () => sockets.end() }
}

const post = (path: string): Buffer =>
  Buffer.from(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`)

/** If the server closes, the rest goes over another connection. */
function chunksOfOneByte({ port }: Target, { count, bytes }: AttackSize): RunningAttack {
  const chunk = '1\r\nx\r\n'
  const block = Buffer.from(chunk.repeat(Math.floor(BLOCK_BYTES / chunk.length)))
  return onConnections(count, async (sockets) => {
    let sent = 0
    while (sent < bytes && !sockets.isOver) {
      const socket = await sockets.open(port)
      await sockets.send(socket, post('/apiw1'))
      for (; sent < bytes && !socket.destroyed; sent += block.length) {
        await sockets.send(socket, block.subarray(0, Math.min(block.length, bytes - sent)))
      }
    }
  })
}

const plainPacket = (body: Uint8Array): Buffer => {
  const head = Buffer.alloc(20)
  head.writeBigInt64LE(BigInt(Math.floor(Date.now() / 1000)) << 32n, 8)
  head.writeUInt32LE(body.length, 16)
  return Buffer.concat([head, body])
}
const frameOf = (packet: Uint8Array): Buffer => Buffer.concat([u32(packet.length), packet])

const RES_PQ_FRAME_BYTES = 88
/** Sends six megabytes a second over all connections together. */
const NUMBERS_PAUSE_MS = 700

/** Asks for a pq and answers with a p and a q of this many bytes, again and again. */
function longNumbers({ port, fingerprint }: Target, { count, bytes, seed }: AttackSize): RunningAttack {
  const random = new Rng(seed)
  return onConnections(count, async (sockets) => {
    const fingerprintBytes = Buffer.alloc(8)
    fingerprintBytes.writeBigUInt64LE(BigInt(`0x${fingerprint}`))
    const strike = async (): Promise<void> => {
      const socket = await sockets.open(port)
      const answer = received(socket, RES_PQ_FRAME_BYTES)
      const reqPq = plainPacket(Buffer.concat([u32(0xbe7e8ef1), random.bytes(16)]))
      await sockets.send(socket, Buffer.concat([INTERMEDIATE, frameOf(reqPq)]))
      const resPq = await answer
      if (resPq.length < RES_PQ_FRAME_BYTES) return
      const nonces = resPq.subarray(28, 60)
      const number = tl(Buffer.alloc(bytes, 0xff))
      const params = [u32(0xd712e4be), nonces, number, number, fingerprintBytes, tl(Buffer.alloc(256, 1))]
      await sockets.send(socket, frameOf(plainPacket(Buffer.concat(params))))
      await pause(NUMBERS_PAUSE_MS)
      socket.destroy()
    }
    await strike()
    void repeat(sockets, strike)
  })
}

/** The first bytes of an answer; fewer if the server closes first. */
function received(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve) => {
    let got = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk])
      if (got.length >= bytes) resolve(got)
    })
    socket.on('close', () => resolve(got))
  })
}

const UPGRADE = Buffer.from(
  [
    'GET /apiws HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol: binary',
    '\r\n',
  ].join('\r\n'),
)

/**
 * A WebSocket frame that announces this many bytes; its mask is zeros, so that the payload stays as it is.
 */
function webSocketHead(payloadBytes: number): Buffer {
  const head = Buffer.alloc(14)
  head[0] = 0x82
  head[1] = 0x80 | 127
  head.writeBigUInt64BE(BigInt(payloadBytes), 2)
  return head
}

/**
 * In one WebSocket frame each: an obfuscated header, the length of a long frame, and all of that frame but
 * its end.
 */
function unfinishedFrames({ port }: Target, { count, bytes, seed }: AttackSize): RunningAttack {
  const rng = new Rng(seed)
  const random = (length: number) => new Uint8Array(rng.bytes(length))
  return onConnections(count, async (sockets) => {
    const { header, encrypt } = startObfuscation({ kind: 'intermediate', dcId: 2, secret: undefined, random })
    const socket = await sockets.open(port)
    await sockets.send(socket, UPGRADE)
    const start = Buffer.concat([webSocketHead(64 + FRAME_BYTES), header, encrypt(u32(FRAME_BYTES - 16))])
    await sockets.send(socket, start)
    const block = Buffer.alloc(BLOCK_BYTES, 7)
    for (let sent = 0; sent < bytes && !socket.destroyed; sent += block.length) {
      await sockets.send(socket, block.subarray(0, Math.min(block.length, bytes - sent)))
    }
  })
}

/** An address of this machine that neither the tests nor their servers use. */
export const ATTACKERS_ADDRESS = '127.0.0.2'

/** Holds connections that have sent a byte, and reopens closed ones. */
function takenSlots({ port }: Target, { count }: AttackSize): RunningAttack {
  return onConnections(count, async (sockets) => {
    const again = (): Promise<void> | undefined => (sockets.isOver ? undefined : hold())
    const hold = async (): Promise<void> => {
      const socket = await sockets.open(port, ATTACKERS_ADDRESS)
      await sockets.send(socket, Buffer.from('P'))
      if (!socket.destroyed) socket.once('close', () => void pause(50).then(again))
      else void pause(200).then(again)
    }
    await hold()
  })
}

const GET_COUNTRIES_LIST = 0x735787a8
const QUIET_MS = 300

/** Asks for the list of countries this many times in one packet, then again in another session. */
function dearAnswers({ port, pem, fingerprint }: Target, { count, seed }: AttackSize): RunningAttack {
  const rng = new Rng(seed)
  return onConnections(1, async (sockets) => {
    const first = new OldConnection({ host: '127.0.0.1', port })
    await first.open(pem, fingerprint)
    const about = [u32(1), ...['device', '1', '1', 'en', '', 'en'].map(tl)]
    const init = Buffer.concat([u32(0xda9b0d0d), u32(228), u32(0xc1cd5ea9), u32(0), ...about])
    await first.call(Buffer.concat([init, u32(0x1fb33026)]))
    const { authKey: key, salt } = first
    first.close()
    const id = createHash('sha1').update(key).digest().readBigInt64LE(12)
    const body = Buffer.concat([u32(GET_COUNTRIES_LIST), tl('en'), u32(0)])
    let lastMsgId = 0n
    const nextMsgId = (): bigint => {
      const now = BigInt(Math.floor(Date.now() / 1000)) << 32n
      lastMsgId = now > lastMsgId ? now : lastMsgId + 4n
      return lastMsgId
    }
    const ask = async (): Promise<void> => {
      const socket = await sockets.open(port)
      const messages = Array.from({ length: count }, (_, i) => ({
        msgId: nextMsgId(),
        seqNo: 2 * i + 1,
        body,
      }))
      const outer = { msgId: nextMsgId(), seqNo: 2 * count, body: encodeContainer(messages) }
      const sessionId = Buffer.from(rng.bytes(8)).readBigInt64LE()
      const random = (length: number) => new Uint8Array(rng.bytes(length))
      const authKey = { id, key: new Uint8Array(key) }
      const packet = encryptMessage(authKey, 'client', { ...outer, salt, sessionId }, random)
      await sockets.send(socket, Buffer.concat([INTERMEDIATE, frameOf(packet)]))
      await silence(socket, QUIET_MS)
      socket.destroy()
    }
    await ask()
    void repeat(sockets, ask)
  })
}

async function repeat(sockets: Sockets, strike: () => Promise<void>): Promise<void> {
  while (!sockets.isOver) await strike()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Resolves once nothing has arrived for this long. */
function silence(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, ms)
    socket.on('close', () => resolve())
    socket.on('data', () => {
      clearTimeout(timer)
      timer = setTimeout(resolve, ms)
    })
  })
}
