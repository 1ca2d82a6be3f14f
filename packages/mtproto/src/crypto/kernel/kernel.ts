import { KERNEL_MODULE } from './module.ts'
import { writeAesTables } from './tables.ts'

/**
 * AES-256-IGE, AES-256-CTR and SHA-256 in WebAssembly, on memory of fixed size at the places that `LAYOUT` names. AES goes by
 * tables, whose time may depend on the key through the processor's cache; no runtime offers IGE that does not.
 */
export interface Kernel {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** Round keys from the key at `aesKey`. */
  readonly expandEncrypt: () => void
  readonly expandDecrypt: () => void
  /** IGE in place from one address up to another, on with the state at `igeState`. */
  readonly igeEncrypt: (from: number, to: number) => void
  readonly igeDecrypt: (from: number, to: number) => void
  /** CTR in place from one address up to another, with the counter whose last word is `count`. */
  readonly ctrBlocks: (from: number, to: number, count: number) => void
  /** Writes the blocks at `one`, xored with those at `other`, to where `at` up to `end` is. */
  readonly xorBlocks: (at: number, end: number, one: number, other: number) => void
  /** SHA-256 of whole blocks from one address up to another, on with the state at `hashState`. */
  readonly hashBlocks: (from: number, to: number) => void
}

type KernelExports = Omit<Kernel, 'bytes' | 'words'> & { readonly memory: { readonly buffer: ArrayBuffer } }

/** Of all runtimes' types only the DOM's know it; this much is used. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

function makeKernel(): Kernel {
  const module = new WebAssembly.Module(Uint8Array.from(atob(KERNEL_MODULE), (char) => char.charCodeAt(0)))
  const exports = new WebAssembly.Instance(module).exports as KernelExports
  const { buffer } = exports.memory
  writeAesTables(buffer)
  const { expandEncrypt, expandDecrypt, igeEncrypt, igeDecrypt, ctrBlocks, xorBlocks, hashBlocks } = exports
  return {
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    expandEncrypt,
    expandDecrypt,
    igeEncrypt,
    igeDecrypt,
    ctrBlocks,
    xorBlocks,
    hashBlocks,
  }
}

/** The one instance: every use of it is synchronous and leaves nothing behind that another relies on. */
export const kernel: Kernel = makeKernel()
