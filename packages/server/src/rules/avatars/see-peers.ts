import type { Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Ground } from '../../ground/ground.ts'
import { findSmallPhotos } from '../files/small-photos.ts'
import { findSeenGroups } from '../groups/decide-group.ts'
import type { SeenGroup } from '../groups/words.ts'
import { findPeople } from '../people/decide-people.ts'
import type { Avatar, SeenPerson } from '../people/words.ts'

/** People and groups, by their ids. */
export interface PeersAsked {
  readonly userIds?: readonly bigint[]
  readonly chatIds?: readonly bigint[]
}

/** People and groups as somebody sees them, in the order of their ids. */
export interface SeenPeers {
  readonly people: readonly SeenPerson[]
  readonly groups: readonly SeenGroup[]
}

const NOBODY: SeenPeers = { people: [], groups: [] }

/** People and groups as somebody sees them, with their photos in small. A user id that is nobody's is that of a deleted account. */
export async function seePeers(
  { store, clock }: Pick<Ground, 'store' | 'clock'>,
  viewerId: bigint,
  { userIds = [], chatIds = [] }: PeersAsked,
): Promise<SeenPeers> {
  if (userIds.length + chatIds.length === 0) return NOBODY
  const viewer = { viewerId, nowS: Math.floor(clock.nowMs() / 1000) }
  return await store.look(function* () {
    const people = userIds.length === 0 ? [] : yield* findPeople(viewer, userIds)
    const groups = chatIds.length === 0 ? [] : yield* findSeenGroups(viewerId, chatIds)
    return yield* withSmallPhotos(store.secret, { people, groups })
  })
}

/** One statement for the photos of all. */
function* withSmallPhotos(secret: Secret, { people, groups }: SeenPeers): Decision<SeenPeers> {
  const shown = [...people, ...groups].flatMap((peer) => avatarIn(peer)?.photoId ?? [])
  if (shown.length === 0) return { people, groups }
  const photos = yield* findSmallPhotos(secret, shown)
  const withPhoto = <P extends SeenPerson | SeenGroup>(peer: P): P => {
    const avatar = avatarIn(peer)
    return avatar === undefined ? peer : { ...peer, avatar: { ...avatar, ...photos.get(avatar.photoId) } }
  }
  return { people: people.map(withPhoto), groups: groups.map(withPhoto) }
}

function avatarIn(peer: SeenPerson | SeenGroup): Avatar | undefined {
  return 'avatar' in peer ? peer.avatar : undefined
}
