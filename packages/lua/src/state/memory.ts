import type { LuaModule } from './module.ts'

const SCRATCH_BYTES = 1 << 16
const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const laxDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of bytes; undefined if they are not UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Text of bytes for people; what is not UTF-8 becomes U+FFFD. */
export function decodeLaxly(bytes: Uint8Array): string {
  return laxDecoder.decode(bytes)
}

/** UTF-8 of a text. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Strings and bytes in the memory of WebAssembly. Field names stay there: each is needed again and again. */
export class LuaMemory {
  readonly #module: LuaModule
  readonly #scratch: number
  readonly #names = new Map<string, readonly [pointer: number, length: number]>()
  /** Address to which Lua writes the length of a string. */
  readonly lengthPointer: number

  constructor(module: LuaModule) {
    this.#module = module
    this.#scratch = module._malloc(SCRATCH_BYTES)
    this.lengthPointer = module._malloc(4)
  }

  /** The address and length of a name that is kept for good: of the schema, or of this package. */
  name(name: string): readonly [pointer: number, length: number] {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const bytes = encodeText(name)
    const pointer = this.#module._malloc(bytes.length + 1)
    this.#module.HEAPU8.set(bytes, pointer)
    this.#module.HEAPU8[pointer + bytes.length] = 0
    const entry = [pointer, bytes.length] as const
    this.#names.set(name, entry)
    return entry
  }

  /** Lends the bytes a place in memory while `use` copies them; nothing else may be lent meanwhile. */
  lend(bytes: Uint8Array, use: (pointer: number, length: number) => void): void {
    if (bytes.length >= SCRATCH_BYTES) this.lendOwn(bytes, use)
    else this.#fill(this.#scratch, bytes, use)
  }

  /** Lends the bytes a place of their own while `use` runs. */
  lendOwn(bytes: Uint8Array, use: (pointer: number, length: number) => void): void {
    const pointer = this.#module._malloc(bytes.length + 1)
    if (pointer === 0) throw new RangeError(`no memory for ${bytes.length} bytes`)
    try {
      this.#fill(pointer, bytes, use)
    } finally {
      this.#module._free(pointer)
    }
  }

  /** Copies the bytes, with a zero after them. */
  #fill(pointer: number, bytes: Uint8Array, use: (pointer: number, length: number) => void): void {
    this.#module.HEAPU8.set(bytes, pointer)
    this.#module.HEAPU8[pointer + bytes.length] = 0
    use(pointer, bytes.length)
  }

  /** A view of memory, valid until Lua runs again. */
  view(pointer: number, length: number): Uint8Array {
    return this.#module.HEAPU8.subarray(pointer >>> 0, (pointer >>> 0) + length)
  }

  /** The length that Lua has just written. */
  readLength(): number {
    return this.#module.HEAPU32[this.lengthPointer >>> 2] ?? 0
  }
}
