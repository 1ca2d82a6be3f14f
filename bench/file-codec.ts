/**
 * The codec's own rate, for server-files.ts: a process that encrypts and frames the answers of a download, or takes the
 * requests of an upload out of their frames and decrypts them, without sockets, sessions or a store. Its argument is the number of
 * parts that it works through in turn: with a single one it would find all of its bytes in the processor's cache, where the server
 * has to fetch them from memory. It frees what it has made, as the server does.
 */
import { randomBytes, randomFillSync } from 'node:crypto'
import { freeBytes } from '@cablegram/tl'
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

/** Processor time for each MiB, in microseconds. */
export interface CodecTime {
  /** Of the whole process, that of the collector's threads included. */
  readonly cpuUs: number
  /** Of the thread that runs the codec; undefined before Node 23.9, which cannot tell. */
  readonly loopUs: number | undefined
}

const PART_BYTES = 512 * 1024
/** A socket of Node gives so many bytes at a time. */
const CHUNK_BYTES = 64 * 1024
const MIB = 1024 * 1024
const NOTHING = new Uint8Array()

const parts = Number(process.argv[2] ?? 1)
const random = poolRandom((length) => randomFillSync(new Uint8Array(length)))
const key = makeAuthKey(new Uint8Array(randomBytes(256)))
const client = makeClientFraming('abridged', { random })
const server = makeServerFraming({ random })
// Only the first frame has the tag of the transport in front.
server.push(client.encodeFrame(encryptMessage(key, 'client', messageOf(new Uint8Array(4)), random)))
const frames = Array.from({ length: parts }, (_, filePart) => requestFrame(filePart))
const answers = Array.from({ length: parts }, makeAnswer)

process.on('message', ({ direction, mib }: CodecTask) => {
  const count = (mib * MIB) / PART_BYTES
  const before = process.cpuUsage()
  const loopBefore = process.threadCpuUsage?.()
  for (let part = 0; part < count; part++) {
    if (direction === 'down') send(answers[part % parts])
    else receive(frames[part % parts])
  }
  const { user, system } = process.cpuUsage(before)
  const loop = loopBefore && process.threadCpuUsage(loopBefore)
  process.send?.({
    cpuUs: (user + system) / mib,
    loopUs: loop && (loop.user + loop.system) / mib,
  } satisfies CodecTime)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

function requestFrame(filePart: number): Uint8Array {
  const bytes = new Uint8Array(randomBytes(PART_BYTES))
  const part = { fileId: 1n, filePart, fileTotalParts: parts, bytes }
  const request = encodeRequest({ _: 'upload.saveBigFilePart', ...part })
  return client.encodeFrame(encryptMessage(key, 'client', messageOf(request), random))
}

/** As the server has it: the bytes of the file apart from what stands in front of them. */
interface FileAnswer {
  readonly head: Uint8Array
  readonly rest: readonly Uint8Array[]
}

function makeAnswer(): FileAnswer {
  const bytes = new Uint8Array(randomBytes(PART_BYTES))
  const type = { _: 'storage.filePartial' } as const
  const answer = encode('upload.File', { _: 'upload.file', type, mtime: 1, bytes })
  return { head: answer.slice(0, -PART_BYTES), rest: [bytes] }
}

function send({ head, rest }: FileAnswer = { head: NOTHING, rest: [] }): void {
  const body = encodeRpcResult(1n, head)
  const packet = encryptMessage(key, 'server', { ...messageOf(body), rest }, random)
  const frame = server.encodeFrame(packet)
  freeBytes(packet)
  freeBytes(frame)
}

function receive(frame: Uint8Array = NOTHING): void {
  for (let at = 0; at < frame.length; at += CHUNK_BYTES) {
    for (const cut of server.push(frame.slice(at, at + CHUNK_BYTES))) {
      const decrypted = cut.kind === 'payload' ? decryptMessage(key, 'server', cut.payload) : undefined
      if (decrypted?.ok !== true) throw new Error('the codec does not read its own packet')
      freeBytes(new Uint8Array(decrypted.message.body.buffer))
    }
  }
}

function messageOf(body: Uint8Array): OutgoingMessage {
  return { salt: 1n, sessionId: 2n, msgId: 4n, seqNo: 1, body }
}
