import type { InputPeer, DialogFilter as TlFilter } from '@cablegram/tl/api'
import type { DialogFilter } from '../rules/dialogs/words.ts'
import { refusal } from '../rules/index.ts'
import { CHANNELS_BELOW, type PeerId } from '../rules/messages/words.ts'
import { accessHashOf, type HashGround } from './access-hash.ts'
import type { HandlerContext } from './handler.ts'
import { knownUserIdOf, peersOf } from './peers.ts'
import { textEntities, tlEntities } from './tl-entities.ts'

/** Folders that this server keeps: shared folders come with channels. */
type OwnFilter = Extract<TlFilter, { _: 'dialogFilter' }>

/** Chats that a client may name in one folder. */
const MAX_NAMED = 200

/** A folder as a client describes it. @throws {RpcError} FILTER_ID_INVALID, LIMIT_INVALID, PEER_ID_INVALID */
export async function filterIn(id: number, filter: TlFilter, context: HandlerContext): Promise<DialogFilter> {
  if (filter._ !== 'dialogFilter') throw refusal('FILTER_ID_INVALID')
  const { title, emoticon, color } = filter
  return {
    id,
    title: title.text,
    titleEntities: await textEntities(title.entities, (user) => knownUserIdOf(user, context)),
    isTitleStill: filter.titleNoanimate === true,
    ...(emoticon !== undefined && { emoticon: emoticon.slice(0, 32) }),
    ...(color !== undefined && { color }),
    kinds: [
      ...(filter.contacts ? (['contacts'] as const) : []),
      ...(filter.nonContacts ? (['nonContacts'] as const) : []),
      ...(filter.groups ? (['groups'] as const) : []),
      ...(filter.broadcasts ? (['broadcasts'] as const) : []),
      ...(filter.bots ? (['bots'] as const) : []),
    ],
    leavesOut: [
      ...(filter.excludeMuted ? (['muted'] as const) : []),
      ...(filter.excludeRead ? (['read'] as const) : []),
      ...(filter.excludeArchived ? (['archived'] as const) : []),
    ],
    pinnedIds: await named(filter.pinnedPeers, context),
    includedIds: await named(filter.includePeers, context),
    excludedIds: await named(filter.excludePeers, context),
  }
}

async function named(peers: readonly InputPeer[], context: HandlerContext): Promise<readonly PeerId[]> {
  if (peers.length > MAX_NAMED) throw refusal('LIMIT_INVALID')
  return [...new Set(await peersOf(peers, context))]
}

/** A folder in TL, with the access hashes of its owner. */
export function tlFilter(filter: DialogFilter, on: HashGround, ownerId: bigint): OwnFilter {
  const { id, title, titleEntities, emoticon, color, kinds, leavesOut } = filter
  const peers = (ids: readonly PeerId[]) => ids.map((peerId) => inputPeer(peerId, on, ownerId))
  return {
    _: 'dialogFilter',
    ...(kinds.includes('contacts') && { contacts: true }),
    ...(kinds.includes('nonContacts') && { nonContacts: true }),
    ...(kinds.includes('groups') && { groups: true }),
    ...(kinds.includes('broadcasts') && { broadcasts: true }),
    ...(kinds.includes('bots') && { bots: true }),
    ...(leavesOut.includes('muted') && { excludeMuted: true }),
    ...(leavesOut.includes('read') && { excludeRead: true }),
    ...(leavesOut.includes('archived') && { excludeArchived: true }),
    ...(filter.isTitleStill && { titleNoanimate: true }),
    id,
    title: { _: 'textWithEntities', text: title, entities: tlEntities(titleEntities) },
    ...(emoticon !== undefined && { emoticon }),
    ...(color !== undefined && { color }),
    pinnedPeers: peers(filter.pinnedIds),
    includePeers: peers(filter.includedIds),
    excludePeers: peers(filter.excludedIds),
  }
}

/** The chats that a folder names. */
export function peersInFilter({ pinnedIds, includedIds, excludedIds }: DialogFilter): PeerId[] {
  return [...pinnedIds, ...includedIds, ...excludedIds]
}

function inputPeer(peerId: PeerId, on: HashGround, ownerId: bigint): InputPeer {
  const accessHash = accessHashOf(on, ownerId, peerId)
  if (peerId > 0n) return { _: 'inputPeerUser', userId: peerId, accessHash }
  if (peerId > CHANNELS_BELOW) return { _: 'inputPeerChat', chatId: -peerId }
  return { _: 'inputPeerChannel', channelId: CHANNELS_BELOW - peerId, accessHash }
}
