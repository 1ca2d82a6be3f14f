import type { Ground } from '../../ground/ground.ts'
import type { Refusal } from '../refusal.ts'
import { refusal } from '../refusal.ts'
import type { FileAt, PlainPlace } from './words.ts'

/** The parts that tokens are made with. */
export type TokenGround = Pick<Ground, 'store' | 'clock'>

/**
 * A token: what a client may read, or ask the CDN to take, sealed. It is for nobody in particular, because the CDN knows nobody.
 *
 *     version (1) | photo 1, document 2 (1) | letter, 0: none (1) | media id (8) | ends at, in seconds (4)
 */
const VERSION = 1
const TOKEN_BYTES = 15
const LIFE_S = 86_400

/** Uses of tokens: one for another use does not open. */
export type TokenUse = 'file' | 'request'

const WRONG: { readonly [Use in TokenUse]: Refusal } = {
  file: 'FILE_TOKEN_INVALID',
  request: 'REQUEST_TOKEN_INVALID',
}

/** Makes a token for a file, good for a day. */
export function cdnToken({ store, clock }: TokenGround, use: TokenUse, place: PlainPlace): Uint8Array {
  const token = Buffer.alloc(TOKEN_BYTES)
  token.writeUInt8(VERSION, 0)
  token.writeUInt8(place.of === 'photo' ? 1 : 2, 1)
  token.write(place.letter.slice(0, 1), 2, 'latin1')
  token.writeBigInt64BE(place.mediaId, 3)
  token.writeUInt32BE(Math.floor(clock.nowMs() / 1000) + LIFE_S, 11)
  return store.secret.seal(token, contextOf(use))
}

/** Reads a token. @throws {RpcError} FILE_TOKEN_INVALID, REQUEST_TOKEN_INVALID */
export function readCdnToken({ store, clock }: TokenGround, use: TokenUse, sealed: Uint8Array): PlainPlace {
  const plain = store.secret.open(sealed, contextOf(use))
  if (plain?.length !== TOKEN_BYTES) throw refusal(WRONG[use])
  const token = Buffer.from(plain)
  if (token.readUInt32BE(11) * 1000 <= clock.nowMs()) throw refusal(WRONG[use])
  const letter = token.readUInt8(2) === 0 ? '' : token.toString('latin1', 2, 3)
  return { of: token.readUInt8(1) === 1 ? 'photo' : 'document', mediaId: token.readBigInt64BE(3), letter }
}

function contextOf(use: TokenUse): string {
  return `${use} token of the CDN`
}

/** The key and the IV of a file on the CDN: the same for everybody, as the CDN keeps it once. */
export interface CdnKey {
  readonly key: Uint8Array
  readonly iv: Uint8Array
}

/** Finds the key of a file. Sizes of a photo are stretches of one file, and no two are encrypted with one key. */
export function cdnKeyOf({ store }: Pick<Ground, 'store'>, { name, start }: FileAt): CdnKey {
  const derived = (what: string) =>
    store.secret.startMac('files on the CDN').update(`${what} ${name} ${start}`).digest()
  return { key: Uint8Array.from(derived('key')), iv: Uint8Array.from(derived('iv').subarray(0, 16)) }
}
