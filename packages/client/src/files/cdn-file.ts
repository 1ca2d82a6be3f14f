import { ProtocolError, RpcError } from '@cablegram/mtproto'
import { startCtr } from '@cablegram/mtproto/crypto'
import type { upload } from '@cablegram/tl/api'
import type { PartCallOptions, PartClient } from './part-client.ts'
import { HASHED_BYTES, PartHashes } from './part-hashes.ts'

/** Times that a CDN may ask to be given the file before it has it. */
const MAX_REUPLOADS = 5
const BLOCK_BYTES = 16

/** How the master's data centre is called. */
export type MasterOptions = Pick<PartCallOptions, 'lane' | 'dcId' | 'timeoutMs' | 'parent'>

/**
 * A file that the server has given to a CDN: encrypted, under a key that the CDN does not have. The CDN is not trusted: every
 * byte is checked by hashes of the master data centre.
 */
export class CdnFile {
  readonly #client: Pick<PartClient, 'callPart'>
  readonly #redirect: upload.fileCdnRedirect
  readonly #master: MasterOptions
  readonly #hashes: PartHashes

  constructor(client: Pick<PartClient, 'callPart'>, redirect: upload.fileCdnRedirect, master: MasterOptions) {
    this.#client = client
    // The answer's bytes are only valid while it is read.
    this.#redirect = redirect
    this.#master = master
    const { fileToken, fileHashes } = redirect
    const ask = (atByte: number, signal: AbortSignal) =>
      client.callPart('upload.getCdnFileHashes', { fileToken, offset: BigInt(atByte) }, { ...master, signal })
    this.#hashes = new PartHashes(ask, fileHashes)
  }

  /**
   * Reads a part.
   *
   * @param length a power of two; a shorter answer ends the file
   * @throws SecurityError FILE_HASH_WRONG; RpcError
   */
  async read(atByte: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const fromByte = Math.floor(atByte / HASHED_BYTES) * HASHED_BYTES
    const bytes = await this.#readHashed(fromByte, Math.max(length, HASHED_BYTES), signal)
    return bytes.subarray(atByte - fromByte, atByte - fromByte + length)
  }

  /**
   * Checks that the file has no bytes after a part that the CDN gave short; for files whose size nobody else tells.
   *
   * @throws SecurityError FILE_HASH_WRONG; RpcError
   */
  checkEnd(endByte: number, signal: AbortSignal): Promise<void> {
    return this.#hashes.checkEnd(endByte, signal)
  }

  async #readHashed(atByte: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const { fileToken, dcId } = this.#redirect
    const params = { fileToken, offset: BigInt(atByte), limit: length }
    for (let reuploads = 0; reuploads <= MAX_REUPLOADS; reuploads++) {
      const options = { ...this.#master, lane: 'cdn', dcId, signal } as const
      const answer = await this.#client.callPart('upload.getCdnFile', params, options)
      if (answer._ === 'upload.cdnFile') {
        const bytes = this.#decrypt(atByte, answer.bytes)
        await this.#hashes.check(atByte, bytes, signal)
        return bytes
      }
      const { requestToken } = answer
      const given = { fileToken, requestToken }
      this.#hashes.add(
        await this.#client.callPart('upload.reuploadCdnFile', given, { ...this.#master, signal }),
      )
    }
    throw new ProtocolError('FILE_ANSWER_INVALID', 'A CDN asks for a file again and again')
  }

  /** AES-256-CTR; the counter is the number of the block. */
  #decrypt(atByte: number, bytes: Uint8Array): Uint8Array {
    const { encryptionKey, encryptionIv } = this.#redirect
    const iv = encryptionIv.slice()
    new DataView(iv.buffer).setUint32(iv.length - 4, atByte / BLOCK_BYTES)
    return startCtr(encryptionKey, iv)(bytes)
  }
}

/** Whether the CDN no longer knows the file by its token: the master data centre gives another one. */
export function isTokenGone(error: unknown): boolean {
  return error instanceof RpcError && ['FILE_TOKEN_INVALID', 'REQUEST_TOKEN_INVALID'].includes(error.type)
}
