import { AES_FUNCTIONS } from './aes-code.ts'
import { assemble } from './assembler.ts'
import { MEMORY_PAGES } from './layout.ts'
import { SHA256_FUNCTION } from './sha256-code.ts'

/** The kernel's WebAssembly module; the product loads the committed one, because this takes 15 ms. */
export function assembleKernel(): Uint8Array<ArrayBuffer> {
  return assemble([...AES_FUNCTIONS, SHA256_FUNCTION], MEMORY_PAGES)
}
