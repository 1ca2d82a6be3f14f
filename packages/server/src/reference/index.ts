export { type CompressedText, compressed } from './compressed.ts'
export { closeNames, findNames } from './find-names.ts'
export { openReference, type Reference, type ReferencePage } from './open-reference.ts'
export { type OwnValues, withOwnValues } from './own-values.ts'
export {
  createLazyReference,
  type LazyReference,
  type ReferenceSource,
  type ReferenceState,
} from './source.ts'
export { TRY_IT_PATH, writeTryIt } from './try-it.ts'
export { encodeReference, type ReferenceFile, type WriteOptions } from './write-reference.ts'
