/** Uploads against a server of which the test writes every answer: what is lost, refused, late, and given up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import type { MethodName, Params, Results } from '@cablegram/tl/api'
import fc from 'fast-check'
import { outcomeOver, settled, TestClock } from '../login/test-clock.ts'
import { orAborted } from '../or-aborted.ts'
import type { CallWait } from '../send-call.ts'
import type { PartCallOptions, PartClient } from './part-client.ts'
import type { FileSource } from './source.ts'
import type { TransferWait } from './transfer.ts'
import { type UploadOptions, uploadFile, useUpload } from './upload.ts'

const KIB = 1024

/** One answer of the server, after its bytes were on the way for 20 ms. */
type Answer = 'kept' | 'lost' | 'not kept' | RpcError | ConnectionError

/** A server that keeps parts, unless the script says otherwise. */
class PartServer implements PartClient {
  readonly clock = new TestClock()
  readonly waits: CallWait[] = []
  readonly surroundings = {
    clock: this.clock,
    random: (length: number) => new Uint8Array(length).fill(1),
    tellWait: (wait: CallWait) => void this.waits.push(wait),
  }
  readonly parts = new Map<number, Uint8Array>()
  readonly calls: { readonly method: string; readonly part: number; readonly total: number | undefined }[] =
    []
  readonly #script: Answer[]
  readonly #closing = new AbortController()
  flying = 0
  flyingBytes = 0
  mostBytes = 0

  constructor(script: readonly Answer[] = []) {
    this.#script = [...script]
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  close(): void {
    this.#closing.abort(new ConnectionError('CLIENT_CLOSED', 'The client was closed'))
  }

  async callPart<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    { signal }: PartCallOptions,
  ): Promise<Results[Method]> {
    const { filePart, bytes, fileTotalParts } = params as Params<'upload.saveBigFilePart'>
    this.calls.push({ method, part: filePart, total: fileTotalParts })
    this.flying += 1
    this.flyingBytes += bytes.length
    this.mostBytes = Math.max(this.mostBytes, this.flyingBytes)
    try {
      await orAborted(this.#answer(this.#script.shift() ?? 'kept'), [signal])
      this.parts.set(filePart, bytes.slice())
      return true as Results[Method]
    } finally {
      this.flying -= 1
      this.flyingBytes -= bytes.length
    }
  }

  async #answer(answer: Answer): Promise<void> {
    if (answer === 'lost') await new Promise<never>(() => {})
    await new Promise<void>((resolve) => this.clock.after(20, resolve))
    if (answer instanceof Error) throw answer
  }

  /** Lets time pass until the promise has settled. */
  async whileWaiting<Result>(promise: Promise<Result>): Promise<PromiseSettledResult<Result>> {
    return await outcomeOver(this.clock, promise)
  }

  get bytes(): Buffer {
    const parts = [...this.parts].sort(([a], [b]) => a - b)
    return Buffer.concat(parts.map(([, bytes]) => bytes))
  }
}

function testBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (31 * at + (at >> 8)) & 255)
}

async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

function refusal(text: string, code = 420): RpcError {
  return new RpcError(code, text, 'upload.saveFilePart')
}

/** Sends and waits for the end; nothing may be left of it. */
async function send(server: PartServer, bytes: Uint8Array, options: UploadOptions = {}) {
  const outcome = await server.whileWaiting(uploadFile(server, bytes, { partSize: KIB, ...options }))
  await settled()
  assert.equal(server.flying, 0)
  return outcome
}

test('waits of the server are waited out and told, one for all parts that were on the way', async () => {
  const server = new PartServer([refusal('FLOOD_WAIT_7'), refusal('FLOOD_PREMIUM_WAIT_3'), 'kept'])
  const waits: TransferWait[] = []
  const beganMs = server.clock.nowMs()
  const outcome = await send(server, testBytes(5 * KIB), { onWait: (wait) => waits.push(wait) })
  assert.equal(outcome.status, 'fulfilled')
  assert.deepEqual(waits, [{ reason: 'FLOOD_WAIT', waitS: 7 }])
  const told = server.waits.map(({ method, waitMs }) => `${method} ${waitMs}`)
  assert.deepEqual(told, ['upload.saveFilePart 7000'])
  assert.ok(server.clock.nowMs() - beganMs >= 7000)
  assert.ok(server.bytes.equals(testBytes(5 * KIB)))
  assert.equal(server.clock.waiting, 0)
})

test('with timeoutMs a transfer fails once nothing has moved for so long; waits of the server do not count', async () => {
  const script: Answer[] = ['kept', refusal('FLOOD_WAIT_30'), 'kept', ...new Array<Answer>(40).fill('lost')]
  const server = new PartServer(script)
  const beganMs = server.clock.nowMs()
  const outcome = await send(server, testBytes(5 * KIB), { timeoutMs: 20_000 })
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_STALLED')
  const tookMs = server.clock.nowMs() - beganMs
  assert.ok(tookMs >= 50_000 && tookMs < 52_000, `${tookMs} ms of the test clock`)
  assert.equal(server.clock.waiting, 0)
})

test('with timeoutMs a transfer waits for its source all the same', async () => {
  const server = new PartServer()
  async function* slowly() {
    for (const at of [0, 1, 2]) {
      await new Promise<void>((resolve) => void server.clock.after(60_000, resolve))
      yield testBytes(3 * KIB).subarray(at * KIB, (at + 1) * KIB)
    }
  }
  const upload = uploadFile(server, slowly(), { partSize: KIB, timeoutMs: 1_000 })
  assert.equal((await server.whileWaiting(upload)).status, 'fulfilled')
})

test('a wait of more than 15 minutes is thrown', async () => {
  const outcome = await send(new PartServer([refusal('FLOOD_WAIT_901')]), testBytes(3))
  assert.ok(outcome.status === 'rejected' && outcome.reason.type === 'FLOOD_WAIT')
})

test('at most 4 MiB are on their way, and 32 parts', async () => {
  const large = new PartServer()
  await send(large, new Uint8Array(24 * KIB * KIB), { partSize: 512 * KIB })
  assert.equal(large.mostBytes, 4 * KIB * KIB)
  const small = new PartServer()
  await send(small, new Uint8Array(100 * KIB))
  assert.equal(small.mostBytes, 32 * KIB)
})

test('only the part that was lost goes again', async () => {
  const server = new PartServer(['kept', 'lost', 'kept'])
  await send(server, testBytes(4 * KIB))
  assert.deepEqual(
    server.calls.map(({ part }) => part),
    [0, 1, 2, 3, 1],
  )
})

test('an error that does not pass ends the upload at once, and nothing is left of it', async () => {
  const server = new PartServer(['lost', refusal('FILE_PART_INVALID', 400)])
  const outcome = await send(server, testBytes(9 * KIB))
  assert.ok(outcome.status === 'rejected' && outcome.reason.message === 'FILE_PART_INVALID')
  assert.deepEqual([server.flying, server.clock.waiting], [0, 0])
})

test('a server that answers nothing for ever fails the upload as stalled', async () => {
  const server = new PartServer(Array.from({ length: 99 }, () => 'lost' as const))
  const outcome = await send(server, testBytes(3))
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_STALLED')
  assert.equal(outcome.reason.message, 'Nothing of the file has moved for 825 s')
  assert.equal(server.clock.waiting, 0)
})

test('the pauses before a part goes again are told, those of a server in trouble and not those of a connection', async () => {
  const refusals = Array.from({ length: 9 }, () => refusal('Timeout', -503))
  const server = new PartServer([new ConnectionError('CALL_TIMEOUT', 'no answer'), ...refusals])
  const waits: TransferWait[] = []
  const outcome = await send(server, testBytes(3), { onWait: (wait) => waits.push(wait) })
  assert.ok(outcome.status === 'rejected' && outcome.reason.type === 'Timeout')
  const told = [1, 2, 4, 8].map((waitS) => ({ reason: 'Timeout', waitS }))
  assert.deepEqual(waits, told)
  const events = server.waits.map(({ reason, method, waitMs }) => `${reason} ${method} ${waitMs}`)
  const method = 'upload.saveFilePart'
  assert.deepEqual(
    events,
    told.map(({ waitS }) => `retry ${method} ${1000 * waitS}`),
  )
})

test('a file without bytes is refused, whatever it comes from', async () => {
  for (const [source, name, file] of [
    [new Uint8Array(0), undefined, 'The file'],
    [new File([], 'empty.txt'), undefined, 'The file empty.txt'],
    [chunksOf(new Uint8Array(0), 1), 'empty.log', 'The file empty.log'],
  ] as const) {
    const server = new PartServer()
    const outcome = await server.whileWaiting(uploadFile(server, source, { name }))
    assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_EMPTY')
    assert.equal(outcome.reason.message, `${file} has no bytes, and Telegram takes no empty files.`)
    assert.deepEqual(server.calls, [])
  }
})

test('a stream of unknown length says its parts with the last one, or with one part more that is empty', async () => {
  for (const [length, totals] of [
    [2 * KIB + 5, [-1, 3, 3]],
    [2 * KIB, [-1, 2, 3]],
    [5, [1, 1, 1]],
  ] as const) {
    const server = new PartServer()
    const source = chunksOf(testBytes(length), 700)
    const { status } = await server.whileWaiting(uploadFile(server, source, { partSize: KIB }))
    assert.equal(status, 'fulfilled')
    assert.ok(server.calls.every(({ method }) => method === 'upload.saveBigFilePart'))
    // How soon the end is known is a matter of chance; the last one says it.
    const told = server.calls.map(({ total }) => total)
    assert.deepEqual([told[0], told.at(-1), told.length], totals)
    assert.equal(server.parts.get(2)?.length, { 2053: 5, 2048: 0, 5: undefined }[length])
    assert.ok(server.bytes.equals(testBytes(length)))
  }
})

test('the bytes of an ArrayBuffer are sent as those of an array', async () => {
  const server = new PartServer()
  const outcome = await server.whileWaiting(uploadFile(server, new ArrayBuffer(5)))
  assert.equal(outcome.status, 'fulfilled')
  assert.equal(server.calls.length, 1)
})

test('a stream of another length than the program says is refused', async () => {
  for (const [size, what] of [
    [3 * KIB, /has 2053/],
    [2 * KIB, /has more/],
  ] as const) {
    const server = new PartServer()
    const source = chunksOf(testBytes(2 * KIB + 5), 700)
    const outcome = await server.whileWaiting(uploadFile(server, source, { size, partSize: KIB }))
    assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'FILE_SIZE_WRONG')
    assert.match(outcome.reason.message, what)
  }
})

test('a stream is read no faster than its parts arrive: a window ahead at most', async () => {
  const server = new PartServer(Array.from({ length: 20 }, () => 'lost' as const))
  let readBytes = 0
  async function* source(): AsyncGenerator<Uint8Array> {
    for (;;) {
      readBytes += 64 * KIB
      yield new Uint8Array(64 * KIB)
    }
  }
  const abort = new AbortController()
  const sending = uploadFile(server, source(), { signal: abort.signal })
  for (let turn = 0; turn < 50; turn++) await settled()
  assert.equal(readBytes, 1024 * KIB)
  abort.abort(new Error('enough'))
  const outcome = await server.whileWaiting(sending)
  assert.ok(outcome.status === 'rejected' && outcome.reason.message === 'enough')
  assert.deepEqual([server.flying, server.clock.waiting], [0, 0])
})

test('an upload ends when its client closes, and when the program gives it up, stream and timers too', async () => {
  let isStreamEnded = false
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(KIB)),
    cancel: () => {
      isStreamEnded = true
    },
  })
  const server = new PartServer()
  const sending = uploadFile(server, endless, { partSize: KIB })
  await settled()
  server.close()
  const outcome = await server.whileWaiting(sending)
  assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'CLIENT_CLOSED')
  assert.ok(isStreamEnded)
  assert.equal(server.flying, 0)
})

test('an iterator whose end is no promise, or throws, does not hide the error of the upload', async () => {
  for (const end of [
    () => ({ done: true, value: undefined }),
    () => {
      throw new Error('it cannot end')
    },
  ]) {
    const next = async () => ({ done: false, value: new Uint8Array(KIB) })
    const source = { [Symbol.asyncIterator]: () => ({ next, return: end }) } as unknown as FileSource
    const server = new PartServer([refusal('FILE_PART_INVALID', 400)])
    const outcome = await server.whileWaiting(uploadFile(server, source, { partSize: KIB }))
    assert.ok(outcome.status === 'rejected' && outcome.reason.message === 'FILE_PART_INVALID')
  }
})

test('what a listener of progress throws ends the upload', async () => {
  const server = new PartServer()
  const onProgress = () => {
    throw new Error('no room on the screen')
  }
  const outcome = await send(server, testBytes(9 * KIB), { onProgress })
  assert.ok(outcome.status === 'rejected' && outcome.reason.message === 'no room on the screen')
  await server.clock.advance(20)
  assert.equal(server.clock.waiting, 0)
})

test('the record of an upload that ended half-way saves its parts; one of another file does not', async () => {
  const bytes = testBytes(6 * KIB)
  const source = new File([bytes], 'a.bin', { lastModified: 5 })
  const first = new PartServer(['kept', 'kept', refusal('FILE_PART_INVALID', 400), 'lost', 'lost', 'lost'])
  let record = ''
  const onRecord = (text: string) => {
    record = text
  }
  await first.whileWaiting(uploadFile(first, source, { partSize: KIB, onRecord }))
  assert.deepEqual(
    { ...JSON.parse(record), fileId: 0 },
    {
      ...{ version: 1, fileId: 0, size: 6 * KIB, mtimeMs: 5, partSize: KIB, done: 'Aw==' },
    },
  )
  const second = new PartServer()
  const progress: number[] = []
  const outcome = await second.whileWaiting(
    uploadFile(second, source, { resume: record, onProgress: (done) => progress.push(done) }),
  )
  assert.ok(outcome.status === 'fulfilled' && outcome.value._ === 'inputFile' && outcome.value.parts === 6)
  assert.deepEqual([...second.parts.keys()], [2, 3, 4, 5])
  assert.deepEqual(
    progress,
    [3, 4, 5, 6].map((parts) => parts * KIB),
  )
  const changed = new PartServer()
  const other = new File([bytes], 'a.bin', { lastModified: 6 })
  await changed.whileWaiting(uploadFile(changed, other, { resume: record, partSize: KIB }))
  assert.equal(changed.parts.size, 6)
})

test('bytes in memory and Blobs, which have no time of change, neither give a record nor go on with one', async () => {
  const bytes = testBytes(3 * KIB)
  const record = JSON.stringify({
    ...{ version: 1, fileId: '9', size: 3 * KIB, mtimeMs: null, partSize: KIB, done: 'Aw==' },
  })
  for (const source of [bytes, new Blob([bytes])]) {
    const server = new PartServer()
    const records: string[] = []
    const onRecord = (text: string) => void records.push(text)
    const outcome = await server.whileWaiting(
      uploadFile(server, source, { partSize: KIB, resume: record, onRecord }),
    )
    assert.ok(outcome.status === 'fulfilled' && outcome.value.id !== 9n)
    assert.ok(server.bytes.equals(bytes))
    assert.deepEqual(records, [])
  }
})

test('parts that the server has lost by the time the file is used are sent again, and it is used again', async () => {
  const bytes = testBytes(3 * KIB)
  const source = new File([bytes], 'a.bin', { lastModified: 5 })
  const record = JSON.stringify({
    ...{ version: 1, fileId: '9', size: 3 * KIB, mtimeMs: 5, partSize: KIB, done: 'Bw==' },
  })
  const server = new PartServer()
  let uses = 0
  const outcome = await server.whileWaiting(
    useUpload(server, source, { resume: record }, async ({ file }) => {
      uses += 1
      for (let part = 0; part < 3; part++) {
        if (!server.parts.has(part)) throw refusal(`FILE_PART_${part}_MISSING`, 400)
      }
      return file.id
    }),
  )
  assert.deepEqual(outcome, { status: 'fulfilled', value: 9n })
  assert.equal(uses, 2)
  assert.ok(server.bytes.equals(bytes))
})

const answers = fc.constantFrom<Answer>(
  ...(['kept', 'kept', 'lost', refusal('FLOOD_WAIT_2'), refusal('FLOOD_PREMIUM_WAIT_1')] as const),
  ...[refusal('Timeout', -503), new ConnectionError('DC_IDLE', 'away'), refusal('FILE_PART_INVALID', 400)],
)

test('property: an upload ends whole or with an error, at whatever step it is given up, and leaves nothing', async () => {
  const seeds = fc.record({
    script: fc.array(answers, { maxLength: 12 }),
    length: fc.integer({ min: 1, max: 12 * KIB }),
    abortAtMs: fc.option(fc.integer({ min: 0, max: 30_000 })),
    asStream: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(seeds, async ({ script, length, abortAtMs, asStream }) => {
      const server = new PartServer(script)
      const bytes = testBytes(length)
      const abort = new AbortController()
      const cancelAbort =
        abortAtMs === null
          ? () => {}
          : server.clock.after(abortAtMs, () => abort.abort(new Error('given up')))
      const progress: number[] = []
      const source = asStream ? chunksOf(bytes, 900) : bytes
      const outcome = await server.whileWaiting(
        uploadFile(server, source, {
          ...{ partSize: KIB, signal: abort.signal, onProgress: (done) => progress.push(done) },
        }),
      )
      cancelAbort()
      assert.equal(server.flying, 0)
      assert.deepEqual(
        progress,
        [...progress].sort((a, b) => a - b),
      )
      // Answers that come too late are nobody's.
      await server.clock.advance(20)
      assert.equal(server.clock.waiting, 0)
      if (outcome.status === 'fulfilled') {
        assert.ok(server.bytes.equals(bytes))
        assert.equal(progress.at(-1), length)
      } else {
        const isMeant = ['given up', 'FILE_PART_INVALID'].includes(outcome.reason.message)
        assert.ok(isMeant, String(outcome.reason))
      }
    }),
    { numRuns: 100 },
  )
})
