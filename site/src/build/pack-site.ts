import { encodeReference, type ReferenceFile } from '@cablegram/server/reference'
import { buildModel } from '../model/build-model.ts'
import type { Model } from '../model/model.ts'
import { siteFiles } from './files.ts'

/** Options of a packed site. */
export interface PackOptions {
  /** Of the compression, 0 to 11. */
  readonly quality: number
  readonly say: (line: string) => void
}

/** Renders all pages with our own words, as one file. */
export async function packSite({ quality, say }: PackOptions): Promise<Uint8Array> {
  say('reading the schema, the errors and the examples …')
  const model = await buildModel({ borrow: false })
  return await encodeReference(packedFiles(model, say), { layer: model.layers.newest, quality })
}

async function* packedFiles(model: Model, say: (line: string) => void): AsyncGenerator<ReferenceFile> {
  const onProgress = (made: number, of: number) => {
    if (made % 250 === 0 || made === of) say(`rendering: ${made} of ${of} pages …`)
  }
  for await (const { path, text } of siteFiles(model, onProgress)) yield { path, text }
  say('compressing …')
}
