/** SHA-1, part by part. */
export declare function startSha1(): { update(part: Uint8Array): unknown; digest(): Uint8Array }

/** PBKDF2 with HMAC-SHA-512, 64 bytes. */
export declare function pbkdf2OfSha512(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array

/** A gzip stream; `mtime` 0 leaves out the time. */
export declare function gzipSync(data: Uint8Array, options: { readonly mtime: 0 }): Uint8Array

/** Unpacks a DEFLATE stream without a head or an end, as it is pushed. */
export declare class Inflate {
  constructor(onData: (chunk: Uint8Array) => void)
  push(chunk: Uint8Array, isLast: boolean): void
}
