import { encodeReference, type ReferenceFile } from '@cablegram/server/reference'
import { buildModel } from '../model/build-model.ts'
import type { Model } from '../model/model.ts'
import { siteFiles } from './files.ts'
import { TRY_IT_PATH, tryItScript } from './try-it-script.ts'

/** How to pack. */
export interface PackOptions {
  /** Compresses less, in less time. */
  readonly isQuick: boolean
  readonly say: (line: string) => void
}

/** Renders all pages with our own words, as one file. */
export async function packSite({ isQuick, say }: PackOptions): Promise<Uint8Array> {
  say('reading the schema, the errors and the examples …')
  const model = await buildModel({ borrow: false })
  const quality = isQuick ? 4 : 9
  return await encodeReference(packedFiles(model, say), { layer: model.layers.newest, quality })
}

async function* packedFiles(model: Model, say: (line: string) => void): AsyncGenerator<ReferenceFile> {
  const onProgress = (made: number, of: number) => {
    if (made % 250 === 0 || made === of) say(`rendering: ${made} of ${of} pages …`)
  }
  for await (const { path, text } of siteFiles(model, onProgress)) yield { path, text }
  // Pages of a console alone can call its server.
  yield { path: TRY_IT_PATH, text: await tryItScript() }
  say('compressing …')
}
