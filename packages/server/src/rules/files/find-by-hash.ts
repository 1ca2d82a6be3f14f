import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Document } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { digestOf } from './assemble.ts'
import { findSeenDocuments } from './decide-media.ts'
import { viewerOf } from './make-media.ts'

/** A file as its owner describes it. */
export interface FileFacts {
  readonly sha256: Uint8Array
  readonly size: bigint
  readonly mime: string
}

const SHA256_BYTES = 32

/**
 * Finds a document of these bytes among those that the caller has sent or has in a message. Nobody learns what others have.
 *
 * @throws {RpcError} SHA256_HASH_INVALID
 */
export async function documentByHash(
  on: Ground,
  { state }: Caller,
  { sha256, size, mime }: FileFacts,
): Promise<Document | undefined> {
  if (sha256.length !== SHA256_BYTES) throw refusal('SHA256_HASH_INVALID')
  const { viewerId } = viewerOf(state)
  const digest = digestOf(on, sha256)
  const found = await on.store.look(() => findSeenDocuments(on.store.secret, digest, viewerId))
  return found.find((document) => BigInt(document.size) === size && document.mime === mime)
}
