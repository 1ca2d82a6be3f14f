import type { InputFile, MethodName } from '@cablegram/tl/api'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import { createWorld, signedIn, type World, type WorldOptions } from '../rules/test-world.ts'
import { accessHashOf } from './access-hash.ts'
import { HANDLERS, type Handler, type RequestOf, type ResultOf } from './index.ts'
import { contextOf } from './test-context.ts'

/** Somebody who calls handlers. */
export interface Person {
  readonly id: bigint
  /** Calls a method. Its answer is written in every layer that has the method. */
  ask<M extends MethodName>(method: M, request: Omit<RequestOf<M>, '_'>): Promise<ResultOf<M>>
  /** Sends a file of one part. */
  sent(bytes: Uint8Array, name?: string): Promise<InputFile>
  /** Another one, as this person names them. */
  input(userId: bigint): { readonly userId: bigint; readonly accessHash: bigint }
}

/** A world, and people who call its handlers. */
export interface Callers {
  readonly world: World
  personOf(phone: string): Promise<Person>
}

/** The beginning of a square PNG of these sides. */
export function png(side: number, mark = 0): Uint8Array {
  const bytes = Buffer.alloc(64, mark)
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]).copy(bytes)
  bytes.writeUInt32BE(side, 16)
  bytes.writeUInt32BE(side, 20)
  return Uint8Array.from(bytes)
}

const loadLayers = () => Promise.all(LAYERS.map((layer) => loadLayer(layer)))

/** Makes a world, and people in it. */
export async function createCallers(options: WorldOptions = {}): Promise<Callers> {
  const world = await createWorld(options)
  const codecs = await loadLayers()
  let lastFileId = 0n
  async function personOf(phone: string): Promise<Person> {
    const { caller, id } = await signedIn(world, phone)
    async function ask<M extends MethodName>(
      method: M,
      request: Omit<RequestOf<M>, '_'>,
    ): Promise<ResultOf<M>> {
      const handler: Handler<M> | undefined = HANDLERS[method]
      if (handler === undefined) throw new Error(`${method} has no handler`)
      const answer = await handler(
        { _: method, ...request } as unknown as RequestOf<M>,
        contextOf(world, caller),
      )
      for (const { layer, canAnswer, encodeResult } of codecs) {
        if (!canAnswer(method) || encodeResult(method, answer).length > 0) continue
        throw new Error(`${method} has no answer in ${layer}`)
      }
      return answer
    }
    return {
      id,
      ask,
      async sent(bytes, name = 'a.png') {
        const fileId = ++lastFileId
        await ask('upload.saveFilePart', { fileId, filePart: 0, bytes })
        return { _: 'inputFile', id: fileId, parts: 1, name, md5Checksum: '' }
      },
      input: (userId) => ({ userId, accessHash: accessHashOf(world.rules, id, userId) }),
    }
  }
  return { world, personOf }
}
