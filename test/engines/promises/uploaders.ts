/** People who send files to themselves all the time, whatever becomes of the server. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import type { Rng } from '@cablegram/mtproto/testing'
import type { document, Updates } from '@cablegram/tl/api'
import { signUp, testPhone } from '../../e2e/logins.ts'
import type { ReadyLine } from '../../e2e/serve.ts'
import type { Seen } from './seen.ts'

const KIB = 1024
const PEOPLE = 2
const AT_ONCE = 3
const PARTS_AT_ONCE = 4
const MOST_PARTS = 6
/** The bytes of a file repeat after so many: no part is like the next. */
const PERIOD_BYTES = 1021
const SELF = { _: 'inputPeerSelf' } as const

/** A file whose message was acknowledged. */
export interface SentFile {
  readonly client: TelegramClient
  readonly messageId: number
  readonly sha256: string
}

/** The people, and the files that they have sent. */
export class Uploaders {
  readonly #seen: Seen
  readonly #rng: Rng
  readonly #clients: TelegramClient[] = []
  readonly sent: SentFile[] = []
  #last = 0n
  #isOver = false
  #working: Promise<unknown> = Promise.resolve()
  /** Files whose parts are on their way. */
  uploading = 0
  /** Files that are being put together. */
  assembling = 0
  /** Parts that had to be sent again, because the server had lost them. */
  missing = 0

  private constructor(seen: Seen, rng: Rng) {
    this.#seen = seen
    this.#rng = rng
  }

  /** Signs everybody up. @param firstIndex the first phone number of the people */
  static async open(server: ReadyLine, firstIndex: number, seen: Seen, rng: Rng): Promise<Uploaders> {
    const uploaders = new Uploaders(seen, rng)
    for (let index = 0; index < PEOPLE; index++) {
      const client = new TelegramClient(memorySession(), { server, pfs: false })
      uploaders.#clients.push(client)
      await signUp(client, server, testPhone(firstIndex + index))
    }
    return uploaders
  }

  /** Begins to send. */
  begin(): void {
    const workers = this.#clients.flatMap((client) =>
      Array.from({ length: AT_ONCE }, async () => {
        while (!this.#isOver) await this.#sendOne(client)
      }),
    )
    this.#working = Promise.all(workers)
    this.#working.catch(() => {})
  }

  async #sendOne(client: TelegramClient): Promise<void> {
    this.#last += 1n
    const fileId = this.#last
    const partBytes = this.#rng.chance(0.5) ? 64 * KIB : 512 * KIB
    const length = this.#rng.between(1, MOST_PARTS * partBytes)
    const bytes = Uint8Array.from(Buffer.alloc(length, this.#rng.bytes(PERIOD_BYTES)))
    const parts = Math.ceil(length / partBytes)
    const savePart = async (filePart: number): Promise<void> => {
      const part = { fileId, filePart, bytes: bytes.slice(filePart * partBytes, (filePart + 1) * partBytes) }
      const save = () =>
        length > 10 * KIB * KIB
          ? client.upload.saveBigFilePart({ ...part, fileTotalParts: parts })
          : client.upload.saveFilePart(part)
      assert.equal(await this.#seen.untilAnswered(save), true)
    }
    this.uploading += 1
    const left = [...Array(parts).keys()]
    const send = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await savePart(next)
    }
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, send))
    this.uploading -= 1
    const file =
      length > 10 * KIB * KIB
        ? ({ _: 'inputFileBig', id: fileId, parts, name: 'a' } as const)
        : ({ _: 'inputFile', id: fileId, parts, name: 'a', md5Checksum: md5Of(bytes) } as const)
    const media = { _: 'inputMediaUploadedDocument' as const, file, mimeType: 'text/plain', attributes: [] }
    const sendMessage = () => client.messages.sendMedia({ peer: SELF, media, message: '', randomId: fileId })
    for (;;) {
      this.assembling += 1
      const updates = await this.#seen
        .untilAnswered(sendMessage)
        .catch((error: unknown) => partMissing(error))
      this.assembling -= 1
      if (typeof updates !== 'number') {
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        this.sent.push({ client, messageId: messageIdOf(updates), sha256 })
        return
      }
      this.missing += 1
      await savePart(updates)
    }
  }

  /** Downloads files that were sent, and compares them. */
  async prove(sent: readonly SentFile[]): Promise<void> {
    for (const { client, messageId, sha256 } of sent) {
      const found = await this.#seen.untilAnswered(async () => await download(client, messageId))
      assert.equal(found, sha256, `the file of message ${messageId}`)
    }
  }

  /** Sends no more; resolves when what is on its way has arrived. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#working
  }

  async close(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients.map((client) => client.close()))
  }
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** The part that an error asks for again. @throws every other error */
function partMissing(error: unknown): number {
  const part = error instanceof RpcError ? /^FILE_PART_(\d+)_MISSING$/.exec(error.message)?.[1] : undefined
  if (part === undefined) throw error
  return Number(part)
}

function messageIdOf(updates: Updates): number {
  const news = updates._ === 'updates' ? updates.updates : []
  const found = news.find((update) => update._ === 'updateMessageID')
  return found?._ === 'updateMessageID' ? found.id : assert.fail('no message')
}

async function download(client: TelegramClient, id: number): Promise<string> {
  const asked = await client.messages.getMessages({ id: [{ _: 'inputMessageID', id }] })
  const [message] = 'messages' in asked ? asked.messages : []
  const media = message?._ === 'message' ? message.media : undefined
  const document = media?._ === 'messageMediaDocument' ? media.document : undefined
  assert.ok(document?._ === 'document', `message ${id} has no document`)
  return await hashOf(client, document)
}

async function hashOf(client: TelegramClient, { id, accessHash, fileReference }: document): Promise<string> {
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const hash = createHash('sha256')
  const limit = 1024 * KIB
  for (let offset = 0n; ; offset += BigInt(limit)) {
    const part = await client.upload.getFile({ location, offset, limit })
    assert.ok(part._ === 'upload.file')
    hash.update(part.bytes)
    if (part.bytes.length < limit) return hash.digest('hex')
  }
}
