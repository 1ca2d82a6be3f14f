/** The words of files that people send. */

/** A part of a file as a client sends it. */
export interface NewPart {
  readonly fileId: bigint
  readonly part: number
  readonly bytes: Uint8Array
  /** Parts of a big file; −1: not known yet. Undefined for a small file. */
  readonly totalParts: number | undefined
}

/** A file that a client has sent in parts, as it names it. */
export interface SentFile {
  readonly fileId: bigint
  readonly parts: number
  readonly name: string
  /** MD5 of a small file, in hex; undefined: not given. */
  readonly md5: string | undefined
}

/** Bytes that the server keeps: a row of `blobs`. */
export interface Blob {
  /** HMAC of the SHA-256 of the bytes; of two files that were joined, of the digests of both. */
  readonly digest: Uint8Array
  /** In the store of files. */
  readonly name: string
  readonly size: number
}

/** The lengths of the parts of an upload: all are equal but for one that may be shorter. */
export interface PartSizes {
  readonly partCount: number
  /** The length of the others, or of the only one. */
  readonly partBytes: number
  /** 0: none is shorter. */
  readonly shortBytes: number
}

/** An upload whose parts are on their way, or were put together. */
export interface Upload extends PartSizes {
  readonly name: string
  /** −1: not known yet. */
  readonly totalParts: number
  readonly usedAtS: number
  /** Its parts were put together, and are no longer needed. */
  readonly isWhole: boolean
  /** Of the blob that the file was put together to last: before these parts, unless `isWhole`. */
  readonly digest: Uint8Array | undefined
}

/** The place of a file, without a claim on it: that of a document or photo, or of one of their sizes. */
export interface PlainPlace {
  readonly of: 'photo' | 'document'
  readonly mediaId: bigint
  /** The letter of a size; empty: the document itself. */
  readonly letter: string
}

/** A stretch of a file in the store. */
export interface FileAt {
  readonly name: string
  readonly start: number
  readonly size: number
  readonly madeAtS: number
  /** The data centre of its sender. */
  readonly dcId: number
}
