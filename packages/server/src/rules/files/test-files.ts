import assert from 'node:assert/strict'
import type { RpcError } from '@cablegram/mtproto'
import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { pieces } from '../../files/test-bytes.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Document } from '../messages/words.ts'
import { createWorld, signedIn, type World, type WorldOptions } from '../test-world.ts'
import { findSent, keepPuts, putTogether } from './assemble.ts'
import { makeMedia } from './make-media.ts'
import { savePart } from './save-part.ts'
import type { Blob, SentFile } from './words.ts'

/** An account on a server of its own. */
export interface Scene {
  readonly world: World
  readonly caller: Caller
  readonly id: bigint
}

/** Makes a server with an account. */
export async function createScene(options: WorldOptions = {}): Promise<Scene> {
  const world = await createWorld(options)
  return { world, ...(await signedIn(world, '9996621234')) }
}

export const KIB: number = 1024
let lastFileId = 0n

/** A number that no upload has. */
export const newFileId = (): bigint => ++lastFileId

/** A file of so many parts, as its sender names it. */
export const sent = (fileId: bigint, parts: number, md5?: string): SentFile => ({
  fileId,
  parts,
  name: 'a.txt',
  md5,
})

/** Sends the parts of a file, which are not put together yet. */
export async function send(
  { world, caller }: Scene,
  bytes: Uint8Array,
  partBytes: number,
  order?: readonly number[],
): Promise<{ readonly fileId: bigint; readonly parts: number }> {
  const fileId = newFileId()
  const cut = pieces(bytes, partBytes)
  const isBig = bytes.length > 10 * KIB * KIB
  for (const part of order ?? cut.keys()) {
    const totalParts = isBig ? cut.length : undefined
    await savePart(world.rules, caller, { fileId, part, bytes: cut[part] ?? new Uint8Array(), totalParts })
  }
  return { fileId, parts: cut.length }
}

/** Puts a file together and keeps it. */
export async function assemble(on: World['rules'], caller: Caller, file: SentFile): Promise<Blob> {
  const put = await putTogether(on, await findSent(on, caller, file))
  const [blob] = await keepPuts(on, put.ground, [put])
  return blob ?? assert.fail()
}

/** The bytes of a file in the store. */
export async function bytesOf(
  { world }: Scene,
  { name, size }: { name: string; size: number },
): Promise<Buffer> {
  return Buffer.from(await world.rules.files.read(name, 0, size))
}

/** Checks the name of an error. */
export function refusedWith(text: string): (error: RpcError) => boolean {
  return (error) => {
    assert.equal(error.message, text)
    return true
  }
}

/** Makes a document of parts that were sent. */
export async function documentOf({ world, caller }: Scene, fileId: bigint, parts: number): Promise<Document> {
  const made = await makeMedia(world.rules, caller, {
    kind: 'document',
    file: sent(fileId, parts),
    thumb: undefined,
    mime: 'text/plain',
    attributes: [],
    isPlain: false,
    staysVideo: false,
  })
  assert.equal(made.kind, 'document')
  return made.kind === 'document' ? made : assert.fail()
}

const total = sql`SELECT coalesce(sum(bytes), 0) AS bytes FROM file_totals WHERE owner_id = 0`

/** All that there is of files: in the store, and in the total of the server. */
export interface Everything {
  readonly files: number
  readonly uploads: number
  readonly bytes: number
}

/** Counts all that there is of files. */
export async function everything({ world: { rules } }: Scene): Promise<Everything> {
  const found = { files: 0, uploads: 0, bytes: 0 }
  for await (const _ of rules.files.list()) found.files++
  for await (const _ of rules.files.parts.list()) found.uploads++
  found.bytes = await rules.store.look(function* () {
    return int((yield* total.row({})) ?? {}, 'bytes')
  })
  return found
}

/** A decision whose statements are noted. */
export function noting<T>(run: () => Decision<T>, texts: Set<string>): () => Decision<T> {
  return function* () {
    const decision = run()
    let step = decision.next()
    while (step.done !== true) {
      if ('statement' in step.value) texts.add(step.value.statement.text)
      step = decision.next(yield step.value)
    }
    return step.value
  }
}
