/** An old client's key exchange and encrypted messages, over plain intermediate frames. */
import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { ige, messageKeys, modPow, rsaOldPadding, sha1, sha256, smallerFactor } from './old-crypto.ts'

const IDS = {
  reqPq: 0x60469778,
  resPq: 0x05162463,
  pqInnerData: 0x83c95aec,
  pqInnerDataTemp: 0x3c6a84d4,
  reqDhParams: 0xd712e4be,
  serverDhParamsOk: 0xd0e8075c,
  serverDhInnerData: 0xb5890dba,
  setClientDhParams: 0xf5045f1f,
  clientDhInnerData: 0x6643b654,
  dhGenOk: 0x3bcbf734,
  msgContainer: 0x73f1f8dc,
  rpcResult: 0xf35c6d01,
  rpcError: 0x2144ca19,
  gzipPacked: 0x3072cfa1,
  badServerSalt: 0xedab447b,
  badMsgNotification: 0xa7eff811,
} as const

/** 320 bits: as safe for this prime as 2048, and a sixth of the work. */
const EXPONENT_BYTES = 40

/** The server's rpc_error. */
export class OldError extends Error {
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

/** A request, or a function that makes it from the id of its message. */
export type OldBody = Uint8Array | ((msgId: bigint) => Uint8Array)

interface Pending {
  body: OldBody
  done(result: Buffer): void
  failed(error: Error): void
}

/**
 * One key and one session over any number of sockets. Starts with salt 0, never acknowledges, sends
 * `req_pq`.
 */
export class OldConnection {
  #socket: Socket | undefined
  #closed = false
  #received = Buffer.alloc(0)
  #onPlain: ((body: Buffer) => void) | undefined
  #onFailed: ((error: Error) => void) | undefined
  #pending = new Map<bigint, Pending>()
  #salt = 0n
  #sessionId = randomBytes(8)
  #contentRelated = 0
  #lastMsgId = 0n
  #lastAnswerId = 0n
  readonly #at: { host: string; port: number }
  /** Expiry of a temporary key; undefined for a permanent one. */
  readonly #expiresInS: number | undefined
  authKey: Buffer = Buffer.alloc(0)

  constructor(at: { host: string; port: number }, expiresInS?: number) {
    this.#at = at
    this.#expiresInS = expiresInS
  }

  get salt(): bigint {
    return this.#salt
  }

  /** The id of the message in the last packet. */
  get lastAnswerId(): bigint {
    return this.#lastAnswerId
  }

  get sessionId(): bigint {
    return this.#sessionId.readBigInt64LE(0)
  }

  /** Dials, and makes a key if `authKey` is empty. */
  async open(pem: string, fingerprint: string): Promise<void> {
    await this.#dial()
    if (this.authKey.length === 0) await this.#exchangeKeys(pem, BigInt(`0x${fingerprint}`))
  }

  /** Runs a method; resolves to the result without gzip. */
  call(body: OldBody): Promise<Buffer> {
    return new Promise((done, failed) => this.#send({ body, done, failed }))
  }

  /** Stops reading from the socket. */
  pause(): void {
    this.#socket?.pause()
  }

  /** Closes permanently. */
  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }

  async #dial(): Promise<void> {
    const socket = connect(this.#at.port, this.#at.host)
    this.#socket = socket
    this.#received = Buffer.alloc(0)
    socket.on('data', (chunk) => this.#onBytes(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#onFailed?.(new Error('closed in the middle of a key exchange'))
      if (!this.#closed) setTimeout(() => this.#redial(), 300)
    })
    await new Promise<void>((done) => socket.once('connect', done).once('close', done))
    socket.write(Buffer.from('eeeeeeee', 'hex'))
  }

  async #redial(): Promise<void> {
    await this.#dial()
    const unanswered = [...this.#pending.values()]
    this.#pending.clear()
    for (const call of unanswered) this.#send(call)
  }

  #onBytes(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4) {
      const length = this.#received.readUInt32LE(0)
      if (this.#received.length < 4 + length) return
      const frame = this.#received.subarray(4, 4 + length)
      this.#received = this.#received.subarray(4 + length)
      if (length === 4) this.#onTransportError(frame.readInt32LE(0))
      else if (frame.readBigUInt64LE(0) === 0n) this.#onPlain?.(Buffer.from(frame.subarray(20)))
      else this.#onEncrypted(frame)
    }
  }

  /** Requests on this socket get no answer any more. */
  #onTransportError(code: number): void {
    const error = new Error(`transport error ${code}`)
    this.#onFailed?.(error)
    for (const { failed } of this.#pending.values()) failed(error)
    this.#pending.clear()
  }

  #writeFrame(payload: Buffer): void {
    this.#socket?.write(Buffer.concat([u32(payload.length), payload]))
  }

  // ---- key exchange

  async #exchangeKeys(pem: string, fingerprint: bigint): Promise<void> {
    const nonce = randomBytes(16)
    const resPq = new Reader(await this.#plain(Buffer.concat([u32(IDS.reqPq), nonce])))
    resPq.expect(IDS.resPq)
    if (!resPq.raw(16).equals(nonce)) throw new Error('resPQ to another nonce')
    const serverNonce = resPq.raw(16)
    const pqBytes = resPq.bytes()
    const pq = toBigInt(pqBytes)
    const p = smallerFactor(pq)
    const newNonce = randomBytes(32)
    const [pBytes, qBytes] = [bytesOf(p), bytesOf(pq / p)]
    const nonces = Buffer.concat([nonce, serverNonce])
    const factors = Buffer.concat([tl(pqBytes), tl(pBytes), tl(qBytes), nonces, newNonce])
    const expiresInS = this.#expiresInS
    const inner =
      expiresInS === undefined
        ? Buffer.concat([u32(IDS.pqInnerData), factors])
        : Buffer.concat([u32(IDS.pqInnerDataTemp), factors, u32(expiresInS)])
    const params = new Reader(
      await this.#plain(
        Buffer.concat([
          u32(IDS.reqDhParams),
          nonces,
          tl(pBytes),
          tl(qBytes),
          u64(fingerprint),
          tl(rsaOldPadding(inner, pem)),
        ]),
      ),
    )
    params.expect(IDS.serverDhParamsOk)
    params.raw(32)
    const { key, iv } = temporaryKeys(newNonce, serverNonce)
    const answer = new Reader(ige('decrypt', params.bytes(), key, iv).subarray(20))
    answer.expect(IDS.serverDhInnerData)
    answer.raw(32)
    const g = BigInt(answer.int())
    const prime = toBigInt(answer.bytes())
    const ga = toBigInt(answer.bytes())
    const b = toBigInt(randomBytes(EXPONENT_BYTES))
    const data = Buffer.concat([
      u32(IDS.clientDhInnerData),
      nonces,
      u64(0n),
      tl(bytesOf(modPow(g, b, prime))),
    ])
    const hashed = Buffer.concat([sha1(data), data])
    const padded = Buffer.concat([hashed, randomBytes((16 - (hashed.length % 16)) % 16)])
    const made = new Reader(
      await this.#plain(
        Buffer.concat([u32(IDS.setClientDhParams), nonces, tl(ige('encrypt', padded, key, iv))]),
      ),
    )
    made.expect(IDS.dhGenOk)
    this.authKey = Buffer.from(modPow(ga, b, prime).toString(16).padStart(512, '0'), 'hex')
  }

  #plain(body: Buffer): Promise<Buffer> {
    this.#writeFrame(Buffer.concat([u64(0n), u64(this.#nextMsgId()), u32(body.length), body]))
    return new Promise((answered, failed) => {
      this.#onPlain = answered
      this.#onFailed = failed
    })
  }

  // ---- encrypted messages

  #send(call: Pending): void {
    const msgId = this.#nextMsgId()
    this.#pending.set(msgId, call)
    const body = typeof call.body === 'function' ? call.body(msgId) : call.body
    const seqNo = this.#contentRelated * 2 + 1
    this.#contentRelated += 1
    const message = Buffer.concat([
      u64(this.#salt),
      this.#sessionId,
      u64(msgId),
      u32(seqNo),
      u32(body.length),
      body,
    ])
    const plain = Buffer.concat([message, randomBytes(12 + ((16 - ((message.length + 12) % 16)) % 16))])
    const msgKey = sha256(this.authKey.subarray(88, 120), plain).subarray(8, 24)
    const { key, iv } = messageKeys(this.authKey, msgKey, 0)
    this.#writeFrame(Buffer.concat([sha1(this.authKey).subarray(12), msgKey, ige('encrypt', plain, key, iv)]))
  }

  #onEncrypted(frame: Buffer): void {
    const msgKey = frame.subarray(8, 24)
    const { key, iv } = messageKeys(this.authKey, msgKey, 8)
    const plain = ige('decrypt', frame.subarray(24), key, iv)
    const check = createHash('sha256').update(this.authKey.subarray(96, 128)).update(plain).digest()
    if (!check.subarray(8, 24).equals(msgKey)) throw new Error('msg_key does not fit')
    this.#lastAnswerId = plain.readBigUInt64LE(16)
    this.#onMessage(plain.subarray(32, 32 + plain.readUInt32LE(28)))
  }

  #onMessage(body: Buffer): void {
    const reader = new Reader(body)
    switch (reader.int()) {
      case IDS.msgContainer:
        for (let left = reader.int(); left > 0; left -= 1) {
          reader.raw(12)
          this.#onMessage(reader.raw(reader.int()))
        }
        return
      case IDS.badServerSalt: {
        const msgId = reader.long()
        reader.raw(8)
        this.#salt = reader.long()
        const refused = this.#pending.get(msgId)
        this.#pending.delete(msgId)
        if (refused) this.#send(refused)
        return
      }
      case IDS.badMsgNotification: {
        const msgId = reader.long()
        this.#pending.get(msgId)?.failed(new Error(`bad_msg_notification ${body.readInt32LE(16)}`))
        return
      }
      case IDS.rpcResult:
        this.#onResult(reader.long(), reader.rest())
    }
  }

  #onResult(msgId: bigint, packed: Buffer): void {
    const call = this.#pending.get(msgId)
    this.#pending.delete(msgId)
    const isPacked = packed.readUInt32LE(0) === IDS.gzipPacked
    const result = isPacked ? gunzipSync(new Reader(packed.subarray(4)).bytes()) : Buffer.from(packed)
    const error = new Reader(result)
    if (error.int() === IDS.rpcError) call?.failed(new OldError(error.int() | 0, error.bytes().toString()))
    else call?.done(result)
  }

  #nextMsgId(): bigint {
    const nowMs = Date.now()
    const now = (BigInt(Math.floor(nowMs / 1000)) << 32n) | (BigInt(nowMs % 1000) << 22n)
    this.#lastMsgId = now > this.#lastMsgId ? now : this.#lastMsgId + 4n
    return this.#lastMsgId
  }
}

/** Reads TL. */
export class Reader {
  readonly #from: Buffer
  #at = 0

  constructor(from: Buffer) {
    this.#from = from
  }

  int(): number {
    this.#at += 4
    return this.#from.readUInt32LE(this.#at - 4)
  }

  long(): bigint {
    this.#at += 8
    return this.#from.readBigUInt64LE(this.#at - 8)
  }

  raw(length: number): Buffer {
    this.#at += length
    return this.#from.subarray(this.#at - length, this.#at)
  }

  bytes(): Buffer {
    const first = this.raw(1).readUInt8(0)
    const length = first === 254 ? this.raw(3).readUIntLE(0, 3) : first
    const data = this.raw(length)
    this.#at = Math.ceil(this.#at / 4) * 4
    return data
  }

  rest(): Buffer {
    return this.#from.subarray(this.#at)
  }

  expect(id: number): void {
    const found = this.int()
    if (found !== id) throw new Error(`got #${found.toString(16)} where #${id.toString(16)} was expected`)
  }
}

/** An int on the wire. */
export function u32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(value >>> 0)
  return out
}

/** A string or bytes on the wire. */
export function tl(data: Uint8Array | string): Buffer {
  const bytes = Buffer.from(data)
  const head = bytes.length < 254 ? Buffer.from([bytes.length]) : u32((bytes.length << 8) | 254)
  return Buffer.concat([head, bytes, Buffer.alloc((4 - ((head.length + bytes.length) % 4)) % 4)])
}

function u64(value: bigint): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigUInt64LE(BigInt.asUintN(64, value))
  return out
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}

function temporaryKeys(newNonce: Buffer, serverNonce: Buffer): { key: Buffer; iv: Buffer } {
  const one = sha1(newNonce, serverNonce)
  const two = sha1(serverNonce, newNonce)
  return {
    key: Buffer.concat([one, two.subarray(0, 12)]),
    iv: Buffer.concat([two.subarray(12), sha1(newNonce, newNonce), newNonce.subarray(0, 4)]),
  }
}
