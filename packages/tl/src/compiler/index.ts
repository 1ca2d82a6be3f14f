export { emitDeclarations } from './declarations.ts'
export { emitErrors } from './errors.ts'
export { emitJavaScript } from './javascript.ts'
