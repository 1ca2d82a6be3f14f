import { assembleKernel } from './source.ts'

/** Prints module.ts. In this folder: `node generate.ts > module.ts`. */
const base64 = btoa(Array.from(assembleKernel(), (byte) => String.fromCharCode(byte)).join(''))
console.log(`/** The WebAssembly module that source.ts describes, printed by generate.ts; a test holds the two together. */
export const KERNEL_MODULE: string =
  '${base64}'`)
