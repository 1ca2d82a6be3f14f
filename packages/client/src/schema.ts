/** The newest layer's codec, over a megabyte: loaded when it is first needed, because importing us should be quick. */
export type Schema = typeof import('@cablegram/tl/api')

let loaded: Schema | undefined

/** The codec if it is loaded: to await one that is there takes as long as to encode a small call. */
export function loadedSchema(): Schema | undefined {
  return loaded
}

/** Loads the codec, or gives the one that is loaded. */
export async function loadSchema(): Promise<Schema> {
  loaded ??= await import('@cablegram/tl/api')
  return loaded
}
