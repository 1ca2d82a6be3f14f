import { seePeers } from '../../rules/avatars/see-peers.ts'
import type { SeenGroup } from '../../rules/groups/words.ts'
import type { PeerId } from '../../rules/messages/words.ts'
import type { SeenPerson } from '../../rules/people/words.ts'
import type { OnConsole } from '../on-console.ts'
import type { PeerCard } from './words.ts'

/** Shows a peer; one that was not asked for has no name. */
export type Cards = (peerId: PeerId) => PeerCard

/** Peers as somebody sees them. */
export async function peerCards(on: OnConsole, viewerId: bigint, peerIds: Iterable<PeerId>): Promise<Cards> {
  const ids = [...new Set(peerIds)]
  const { people, groups } = await seePeers(on, viewerId, {
    userIds: ids.filter((id) => id > 0n),
    chatIds: ids.filter((id) => id < 0n).map((id) => -id),
  })
  const cards = new Map<PeerId, PeerCard>()
  for (const person of people) cards.set(person.id, personCard(person))
  for (const group of groups) cards.set(-group.chatId, groupCard(group))
  return (peerId) => cards.get(peerId) ?? unknown(peerId)
}

function personCard(person: SeenPerson): PeerCard {
  const id = Number(person.id)
  switch (person.kind) {
    case 'deleted':
      return unknown(person.id)
    case 'service':
      return { id, kind: 'service', name: person.firstName }
    case 'person':
    case 'bot': {
      const { kind, firstName, lastName, username } = person
      const name = `${firstName} ${lastName}`.trim()
      return { id, kind, name, ...(username !== undefined && { username }) }
    }
  }
}

function groupCard(group: SeenGroup): PeerCard {
  return { id: -Number(group.chatId), kind: 'group', name: group.title }
}

function unknown(peerId: PeerId): PeerCard {
  return { id: Number(peerId), kind: peerId < 0n ? 'group' : 'deleted', name: '' }
}
