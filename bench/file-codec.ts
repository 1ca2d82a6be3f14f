/**
 * The codec's own rate, for server-files.ts: a process that encrypts and frames the answers of a download, or takes the
 * requests of an upload out of their frames and decrypts them, without sockets, sessions or a store.
 */
import { randomBytes, randomFillSync } from 'node:crypto'
import { encode, encodeRequest } from '@cablegram/tl/api'
import { makeAuthKey, poolRandom } from '../packages/mtproto/src/crypto/index.ts'
import {
  decryptMessage,
  encodeRpcResult,
  encryptMessage,
  type OutgoingMessage,
} from '../packages/mtproto/src/envelope/index.ts'
import { makeClientFraming, makeServerFraming } from '../packages/mtproto/src/framing/index.ts'

/** A question to the codec. */
export interface CodecTask {
  readonly direction: 'down' | 'up'
  readonly mib: number
}

/** Processor time, that of the collector's threads included. */
export interface CodecTime {
  readonly usPerMib: number
}

const PART_BYTES = 512 * 1024
/** A socket of Node gives so many bytes at a time. */
const CHUNK_BYTES = 64 * 1024
const MIB = 1024 * 1024

const random = poolRandom((length) => randomFillSync(new Uint8Array(length)))
const key = makeAuthKey(new Uint8Array(randomBytes(256)))
const bytes = new Uint8Array(randomBytes(PART_BYTES))
const client = makeClientFraming('abridged', { random })
const server = makeServerFraming({ random })
const request = encodeRequest({
  _: 'upload.saveBigFilePart',
  fileId: 1n,
  filePart: 0,
  fileTotalParts: 20,
  bytes,
})
const packet = client.encodeFrame(encryptMessage(key, 'client', messageOf(request), random))
server.push(packet)
// Only the first frame has the tag of the transport in front.
const frame = client.encodeFrame(encryptMessage(key, 'client', messageOf(request), random))
const answer = encode('upload.File', {
  _: 'upload.file',
  type: { _: 'storage.filePartial' },
  mtime: 1,
  bytes,
})

process.on('message', ({ direction, mib }: CodecTask) => {
  const parts = (mib * MIB) / PART_BYTES
  const before = process.cpuUsage()
  for (let part = 0; part < parts; part++) {
    if (direction === 'down') send()
    else receive()
  }
  const { user, system } = process.cpuUsage(before)
  process.send?.({ usPerMib: (user + system) / mib } satisfies CodecTime)
})
process.on('disconnect', () => process.exit())

function send(): void {
  const body = encodeRpcResult(1n, answer)
  server.encodeFrame(encryptMessage(key, 'server', messageOf(body), random))
}

function receive(): void {
  for (let at = 0; at < frame.length; at += CHUNK_BYTES) {
    for (const cut of server.push(frame.slice(at, at + CHUNK_BYTES))) {
      if (cut.kind !== 'payload' || !decryptMessage(key, 'server', cut.payload).ok)
        throw new Error('the codec does not read its own packet')
    }
  }
}

function messageOf(body: Uint8Array): OutgoingMessage {
  return { salt: 1n, sessionId: 2n, msgId: 4n, seqNo: 1, body }
}
