export { emitCallers } from './callers.ts'
export { emitDeclarations } from './declarations.ts'
export {
  ERROR_ROWS_DECLARATION,
  type ErrorRow,
  type ErrorTexts,
  emitErrorRows,
  errorRows,
  type WrittenErrors,
  type WrittenRow,
} from './error-rows.ts'
export { emitErrors } from './errors.ts'
export { emitFields } from './fields.ts'
export { emitJavaScript, HEADER } from './javascript.ts'
export { emitLayerIndex } from './layer-index.ts'
export { emitLayerTable } from './layer-table.ts'
export { emitLayerWriters } from './layer-writers.ts'
export { emitOlderReaders } from './older-readers.ts'
export { type Shape, shapeOf } from './shape.ts'
export type { Surface } from './translation.ts'
export { type ConstructorWords, type MethodWords, mergeWords, type Words } from './words.ts'
