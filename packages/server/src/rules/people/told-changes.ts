import type { Ground } from '../../ground/ground.ts'
import type { PeerId } from '../messages/words.ts'
import { findBlocks } from './decide-blocks.ts'
import { findAbout, findFullPerson } from './decide-full-people.ts'
import { findPrivacy } from './decide-privacy.ts'
import { type ChatBar, PRIVACY_KEYS, type PrivacyKey, type PrivacyRule } from './words.ts'

/** The bar above somebody's chat with another, as it is now. */
export async function barOf(
  { store }: Pick<Ground, 'store'>,
  viewerId: bigint,
  userId: bigint,
): Promise<ChatBar> {
  return (await store.look(() => findFullPerson(store.secret, viewerId, userId))).bar
}

/** Tells whether somebody blocks a peer now. */
export async function isBlocking(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  peerId: PeerId,
): Promise<boolean> {
  return (await store.look(() => findBlocks(userId, peerId))).isBlocking
}

/** Somebody's rules for a key, as they are now; undefined for a key that this version does not know. */
export async function rulesOf(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  name: string,
): Promise<{ readonly key: PrivacyKey; readonly rules: readonly PrivacyRule[] } | undefined> {
  const key = PRIVACY_KEYS.find((each) => each === name)
  return key && { key, rules: await store.look(() => findPrivacy(userId, key)) }
}

/** The description of an account, as it tells it to those whom it asks for something. */
export async function aboutOf({ store }: Pick<Ground, 'store'>, userId: bigint): Promise<string> {
  return await store.look(() => findAbout(userId))
}
