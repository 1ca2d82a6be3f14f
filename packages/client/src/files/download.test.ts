/** Downloads from a server of which the test writes every answer: moves, waits, losses, references, wrong bytes, a CDN. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { sha256, startCtr } from '@cablegram/mtproto/crypto'
import type {
  document,
  FileHash,
  inputDocumentFileLocation,
  MethodName,
  message,
  Params,
  Results,
} from '@cablegram/tl/api'
import fc from 'fast-check'
import { outcomeOver, TestClock } from '../login/test-clock.ts'
import { download } from '../methods/download.ts'
import { orAborted } from '../or-aborted.ts'
import type { DownloadClient, DownloadOptions } from './download.ts'
import type { PartCallOptions } from './part-client.ts'
import type { TransferWait } from './transfer.ts'

const KIB = 1024
const BLOCK = 128 * KIB

type Answer = 'given' | 'lost' | 'wrong bytes' | Error

interface Asked {
  readonly method: string
  readonly dcId: number | undefined
  readonly offset: number
}

/** Parameters of a call. */
interface Wanted {
  readonly offset?: bigint
  readonly limit: number
  readonly location: inputDocumentFileLocation
}

interface Setup {
  readonly script?: readonly Answer[]
  /** The data centre that has the file. */
  readonly homeOfFile?: number
  readonly cdn?: {
    readonly reuploads: number
    readonly spoiled?: boolean
    readonly losesToken?: boolean
    readonly endsAt?: number
  }
}

const KEY = Uint8Array.from({ length: 32 }, (_, at) => at)
const IV = Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at)
const CDN_DC = 203

/** A server with one file. */
class FileServer implements DownloadClient {
  readonly clock = new TestClock()
  readonly surroundings = { clock: this.clock, random: (length: number) => new Uint8Array(length) }
  readonly asked: Asked[] = []
  readonly file: Uint8Array
  /** The reference that is not out of date. */
  reference = 1
  refetches = 0
  flying = 0
  mostFlying = 0
  readonly #script: Answer[]
  readonly #setup: Setup
  #reuploads = 0
  #token = 1
  readonly #closing = new AbortController()

  constructor(file: Uint8Array, setup: Setup = {}) {
    this.file = file
    this.#setup = setup
    this.#script = [...(setup.script ?? [])]
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  async call<Method extends MethodName>(): Promise<Results[Method]> {
    this.refetches += 1
    const found = { _: 'messages.messages', messages: [this.message()], chats: [], users: [], topics: [] }
    return found as unknown as Results[Method]
  }

  async callPart<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    { dcId, signal }: PartCallOptions,
  ): Promise<Results[Method]> {
    const asked = params as unknown as Wanted
    this.asked.push({ method, dcId, offset: Number(asked.offset ?? 0) })
    this.flying += 1
    this.mostFlying = Math.max(this.mostFlying, this.flying)
    try {
      const answer = await orAborted(this.#after(this.#script.shift() ?? 'given'), [signal])
      return this.#answer(method, asked, dcId, answer) as Results[Method]
    } finally {
      this.flying -= 1
    }
  }

  async #after(answer: Answer): Promise<Answer> {
    if (answer === 'lost') await new Promise<never>(() => {})
    await new Promise<void>((resolve) => this.clock.after(20, resolve))
    if (answer instanceof Error) throw answer
    return answer
  }

  #answer(
    method: MethodName,
    { offset = 0n, limit, location }: Wanted,
    dcId: number | undefined,
    answer: Answer,
  ): unknown {
    let bytes = this.file.slice(Number(offset), Number(offset) + limit)
    if (answer === 'wrong bytes') bytes[0] = (bytes[0] ?? 0) ^ 1
    const { homeOfFile = dcId, cdn } = this.#setup
    switch (method) {
      case 'upload.getFile':
        if (dcId !== homeOfFile) throw new RpcError(303, `FILE_MIGRATE_${homeOfFile}`, method)
        if (location.fileReference[0] !== this.reference) {
          throw new RpcError(400, 'FILE_REFERENCE_EXPIRED', method)
        }
        return cdn
          ? this.#redirect()
          : { _: 'upload.file', type: { _: 'storage.filePartial' }, mtime: 1, bytes }
      case 'upload.getCdnFile':
        assert.equal(dcId, CDN_DC)
        if (cdn?.losesToken && this.#token === 1) {
          this.#token = 2
          throw new RpcError(400, 'FILE_TOKEN_INVALID', method)
        }
        if (this.#reuploads < (cdn?.reuploads ?? 0)) {
          return { _: 'upload.cdnFileReuploadNeeded', requestToken: Uint8Array.of(9) }
        }
        if (cdn?.endsAt !== undefined) {
          bytes = bytes.subarray(0, Math.max(0, cdn.endsAt - Number(offset)))
        }
        if (cdn?.spoiled) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
        return { _: 'upload.cdnFile', bytes: crypt(Number(offset), bytes) }
      case 'upload.reuploadCdnFile':
        this.#reuploads += 1
        return this.hashes(0)
      case 'upload.getFileHashes':
      case 'upload.getCdnFileHashes':
        return this.hashes(Number(offset))
      default:
        return assert.fail(method)
    }
  }

  #redirect(): unknown {
    return {
      _: 'upload.fileCdnRedirect',
      dcId: CDN_DC,
      fileToken: Uint8Array.of(this.#token),
      ...{ encryptionKey: KEY, encryptionIv: IV, fileHashes: this.hashes(0).slice(0, 1) },
    }
  }

  /** Ten at a time. */
  hashes(offset: number): FileHash[] {
    const hashes: FileHash[] = []
    for (
      let at = Math.floor(offset / BLOCK) * BLOCK;
      at < this.file.length && hashes.length < 10;
      at += BLOCK
    ) {
      const block = this.file.subarray(at, at + BLOCK)
      hashes.push({ _: 'fileHash', offset: BigInt(at), limit: block.length, hash: sha256(block) })
    }
    return hashes
  }

  message(): message {
    const size = BigInt(this.file.length)
    const file = { id: 5n, accessHash: 6n, fileReference: Uint8Array.of(this.reference), size, dcId: 2 }
    const document: document = { _: 'document', ...file, date: 1, mimeType: 'a/b', attributes: [] }
    const peerId = { _: 'peerUser', userId: 7n } as const
    const media = { _: 'messageMediaDocument', document } as const
    return { _: 'message', id: 3, peerId, date: 1, message: '', media }
  }

  /** Lets time pass until the promise has settled. */
  async whileWaiting<Result>(promise: Promise<Result>): Promise<PromiseSettledResult<Result>> {
    return await outcomeOver(this.clock, promise)
  }

  /** Downloads, and looks whether anything is left of it. */
  async load(options: DownloadOptions = {}): Promise<PromiseSettledResult<Buffer>> {
    const outcome = await this.whileWaiting(collect(download(this, this.message(), options)))
    assert.equal(this.flying, 0)
    await this.clock.advance(20)
    assert.equal(this.clock.waiting, 0)
    return outcome
  }
}

function crypt(atByte: number, bytes: Uint8Array): Uint8Array {
  const iv = IV.slice()
  new DataView(iv.buffer).setUint32(12, atByte / 16)
  return startCtr(KEY, iv)(bytes)
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

function testBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (31 * at + 7 + (at >> 9)) & 255)
}

const bytes = testBytes(2 * 1024 * KIB + 9)

const folder = await mkdtemp(join(tmpdir(), 'cablegram-downloads-'))
after(() => rm(folder, { recursive: true }))

/** A client of a server that answers at once, but nothing for the parts that begin at `lost`. */
function quickClient(file: Uint8Array, asked: number[], lost?: number): DownloadClient {
  const { surroundings, closed } = new FileServer(file)
  return {
    ...{ surroundings, closed },
    call: async () => assert.fail('no call'),
    async callPart<Method extends MethodName>(
      _method: Method,
      params: Params<Method>,
      options: PartCallOptions,
    ) {
      const { offset = 0n, limit } = params as unknown as Wanted
      asked.push(Number(offset))
      if (Number(offset) === lost) await orAborted(new Promise<never>(() => {}), [options.signal])
      const bytes = file.slice(Number(offset), Number(offset) + limit)
      return {
        _: 'upload.file',
        type: { _: 'storage.filePartial' },
        mtime: 1,
        bytes,
      } as unknown as Results[Method]
    },
  }
}

/** A location, which says no size. */
const WITHOUT_SIZE: inputDocumentFileLocation = {
  ...{
    _: 'inputDocumentFileLocation',
    id: 5n,
    accessHash: 6n,
    fileReference: Uint8Array.of(1),
    thumbSize: '',
  },
}

for (const [what, length] of [
  ['of unknown size', undefined],
  ['of a range that is longer than the file', 2048 * KIB],
] as const) {
  test(`a download ${what} that stopped after the end of the file was found goes on to the same end`, async () => {
    const file = testBytes(1024 * KIB + 100)
    const path = join(folder, `end-${length}.bin`)
    const stop = new AbortController()
    const onProgress = (doneBytes: number) => {
      if (doneBytes === 512 * KIB + 100) stop.abort(new Error('enough'))
    }
    await assert.rejects(
      download(quickClient(file, [], 0), WITHOUT_SIZE, path, { length, onProgress, signal: stop.signal }),
      { message: 'enough' },
    )
    const asked: number[] = []
    const progress: (number | undefined)[][] = []
    await download(quickClient(file, asked), WITHOUT_SIZE, path, {
      length,
      onProgress: (done, total) => progress.push([done, total]),
    })
    assert.deepEqual(asked, [0])
    assert.deepEqual(progress, [[file.length, file.length]])
    assert.ok((await readFile(path)).equals(file))
  })
}

test('a file in another data centre is fetched there, all of its parts', async () => {
  const server = new FileServer(bytes, { homeOfFile: 4 })
  const outcome = await server.load()
  assert.ok(outcome.status === 'fulfilled' && outcome.value.equals(bytes))
  assert.deepEqual([...new Set(server.asked.map(({ dcId }) => dcId))], [2, 4])
  assert.equal(server.asked.filter(({ dcId }) => dcId === 2).length, 2)
})

test('waits are waited out and told, and a part that gets no answer is asked for again', async () => {
  const script = [new RpcError(420, 'FLOOD_PREMIUM_WAIT_4', 'upload.getFile'), 'lost' as const]
  const server = new FileServer(bytes, { script })
  const waits: TransferWait[] = []
  const outcome = await server.load({ onWait: (wait) => waits.push(wait) })
  assert.ok(outcome.status === 'fulfilled' && outcome.value.equals(bytes))
  assert.deepEqual(waits, [{ reason: 'FLOOD_PREMIUM_WAIT', waitS: 4 }])
})

test('a message is asked for once when the reference of its file is out of date, however many parts say so', async () => {
  const server = new FileServer(bytes)
  const message = server.message()
  server.reference = 2
  const outcome = await server.whileWaiting(collect(download(server, message)))
  assert.ok(outcome.status === 'fulfilled' && outcome.value.equals(bytes))
  assert.equal(server.refetches, 1)
})

test('a reference that stays out of date is an error, and not asked for without end', async () => {
  const server = new FileServer(bytes)
  const message = server.message()
  server.reference = 2
  const refetch = async () => message
  const outcome = await server.whileWaiting(collect(download(server, message, { refetch })))
  assert.ok(outcome.status === 'rejected' && outcome.reason.type === 'FILE_REFERENCE_EXPIRED')
  assert.ok(server.asked.length < 20)
})

test('a download says that the message of its file was deleted', async () => {
  const server = new FileServer(bytes)
  const message = server.message()
  server.reference = 2
  const refetch = async () => ({ _: 'messageEmpty', id: message.id }) as const
  const outcome = await server.whileWaiting(collect(download(server, message, { refetch })))
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'DOWNLOAD_INVALID')
  assert.match(outcome.reason.message, /^Message \d+ was deleted: there is no file to download\.$/)
})

test('a download ends while a new reference is asked for: given up, or out of time', async () => {
  const server = new FileServer(bytes)
  const message = server.message()
  server.reference = 2
  const stop = new AbortController()
  const refetch = () => new Promise<undefined>(() => void stop.abort(new Error('enough')))
  const abortions = { refetch, signal: stop.signal }
  const givenUp = await server.whileWaiting(collect(download(server, message, abortions)))
  assert.ok(givenUp.status === 'rejected' && givenUp.reason.message === 'enough')
  const late = { refetch: () => new Promise<undefined>(() => {}), timeoutMs: 5_000 }
  const outOfTime = await server.whileWaiting(collect(download(server, message, late)))
  assert.ok(outOfTime.status === 'rejected' && outOfTime.reason.code === 'FILE_STALLED')
  assert.equal(server.clock.waiting, 0)
})

test('bytes that are not those of the hashes are refused', async () => {
  const server = new FileServer(bytes, { script: ['wrong bytes'] })
  const outcome = await server.load({ verify: true })
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_HASH_WRONG')
})

test('a server that gives fewer bytes than it says is an error', async () => {
  const server = new FileServer(bytes)
  const message = { ...server.message() }
  const short = new FileServer(bytes.subarray(0, 600 * KIB))
  const outcome = await short.whileWaiting(collect(download(short, message)))
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_INCOMPLETE')
})

test('a file on a CDN is decrypted and checked, after it was given to the CDN', async () => {
  for (const [offset, length] of [
    [0, undefined],
    [131_072 + 5, 70],
  ] as const) {
    const server = new FileServer(bytes, { cdn: { reuploads: 1 } })
    const outcome = await server.load({ offset, length })
    const wanted = bytes.subarray(offset, offset + (length ?? bytes.length))
    assert.ok(outcome.status === 'fulfilled' && outcome.value.equals(wanted))
    assert.ok(server.asked.some(({ method }) => method === 'upload.reuploadCdnFile'))
  }
})

test('the counter of the cipher is that of the bytes: known vectors at 0 and at 131072', () => {
  const plain = Uint8Array.from({ length: BLOCK + 16 }, (_, at) => (31 * at + 7) & 255)
  const hex = (part: Uint8Array) => Buffer.from(part).toString('hex')
  assert.equal(hex(crypt(0, plain.subarray(0, 16))), 'b08270aac6e6a2579fc2bf9443dc33c9')
  assert.equal(hex(crypt(BLOCK, plain.subarray(BLOCK))), '5dddaf52a94da4d06def30bba5a6bdfe')
})

test('bytes of a CDN that are not those of the hashes are refused', async () => {
  const server = new FileServer(bytes, { cdn: { reuploads: 0, spoiled: true } })
  const outcome = await server.load()
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_HASH_WRONG')
})

test('a CDN cannot end a file of unknown size before its last hash', async () => {
  for (const endsAt of [0, BLOCK, 4 * BLOCK, 16 * BLOCK]) {
    const server = new FileServer(bytes, { cdn: { reuploads: 0, endsAt } })
    const outcome = await server.whileWaiting(collect(download(server, WITHOUT_SIZE)))
    assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_HASH_WRONG', `${endsAt}`)
  }
})

test('a file of unknown size on a CDN is whole where the hashes of the master data centre end', async () => {
  for (const length of [BLOCK - 1, BLOCK, 4 * BLOCK, 8 * BLOCK, bytes.length]) {
    const server = new FileServer(bytes.subarray(0, length), { cdn: { reuploads: 0 } })
    const outcome = await server.whileWaiting(collect(download(server, WITHOUT_SIZE)))
    assert.ok(outcome.status === 'fulfilled' && outcome.value.equals(bytes.subarray(0, length)), `${length}`)
  }
})

test('a CDN that has forgotten the file is asked by a new token of the master data centre', async () => {
  const server = new FileServer(bytes, { cdn: { reuploads: 0, losesToken: true } })
  const outcome = await server.load()
  assert.ok(outcome.status === 'fulfilled' && outcome.value.equals(bytes))
})

test('a CDN that asks for the file again and again is an error', async () => {
  const outcome = await new FileServer(bytes, { cdn: { reuploads: 1000 } }).load()
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_ANSWER_INVALID')
})

const answers = fc.constantFrom<Answer>(
  ...(['given', 'given', 'lost', new RpcError(420, 'FLOOD_WAIT_2'), new RpcError(-503, 'Timeout')] as const),
  ...[new ConnectionError('DC_IDLE', 'away'), new RpcError(400, 'LOCATION_INVALID')],
)

test('property: a download gives the bytes of its range in order or an error, and leaves nothing', async () => {
  const seeds = fc.record({
    script: fc.array(answers, { maxLength: 10 }),
    offset: fc.integer({ min: 0, max: bytes.length + 9 }),
    length: fc.option(fc.integer({ min: 1, max: bytes.length }), { nil: undefined }),
    stopAtMs: fc.option(fc.integer({ min: 0, max: 20_000 })),
    inCdn: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(seeds, async ({ script, offset, length, stopAtMs, inCdn }) => {
      const server = new FileServer(bytes, { script, ...(inCdn && { cdn: { reuploads: 1 } }) })
      const abort = new AbortController()
      const cancel =
        stopAtMs === null ? () => {} : server.clock.after(stopAtMs, () => abort.abort(new Error('given up')))
      const progress: number[] = []
      const onProgress = (done: number) => void progress.push(done)
      const loading = collect(
        download(server, server.message(), { offset, length, onProgress, signal: abort.signal }),
      )
      const outcome = await server.whileWaiting(loading)
      cancel()
      assert.equal(server.flying, 0)
      await server.clock.advance(20)
      assert.equal(server.clock.waiting, 0)
      assert.deepEqual(
        progress,
        [...progress].sort((a, b) => a - b),
      )
      if (outcome.status === 'fulfilled') {
        const wanted = bytes.subarray(offset, offset + (length ?? bytes.length))
        assert.ok(outcome.value.equals(wanted))
        assert.equal(progress.at(-1), wanted.length)
      } else {
        assert.ok(['given up', 'LOCATION_INVALID'].includes(outcome.reason.message), String(outcome.reason))
      }
    }),
    { numRuns: 60 },
  )
})
