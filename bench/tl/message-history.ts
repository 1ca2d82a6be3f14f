import type { Message, MessageEntity, MessageMedia, messages, Peer, User } from '@cablegram/tl/api'

/** Numbers from a seed, 0 ≤ x < 1 (mulberry32): the same history on every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const WORDS: Readonly<Record<'latin' | 'cyrillic', readonly string[]>> = {
  latin: 'the of and to a in is you that it he was for on are as with his they at be this'.split(' '),
  cyrillic: 'и в не на я быть он с что а по это она этот к но они мы весь который из'.split(' '),
}

/**
 * An answer to messages.getHistory as a busy group chat gives it: short and long texts in two scripts,
 * replies, links, reactions, some photos and files, fifty people.
 */
export function messageHistory({ seed, count }: { seed: number; count: number }): messages.messages {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const long = () => BigInt.asIntN(64, (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32)))
  const bytes = (length: number) => Uint8Array.from({ length }, () => below(256))
  const chance = (share: number) => random() < share
  const text = (words: number) => {
    const list = WORDS[chance(0.4) ? 'cyrillic' : 'latin']
    return Array.from({ length: words }, () => list[below(list.length)]).join(' ')
  }
  const userIds = Array.from({ length: 50 }, () => BigInt(below(2 ** 32)) + 100_000_000n)
  const peer = (): Peer => ({ _: 'peerUser', userId: userIds[below(50)] ?? 0n })

  const media = (): MessageMedia => {
    const common = { id: long(), accessHash: long(), fileReference: bytes(29), date: 1_760_000_000, dcId: 2 }
    if (chance(0.3)) {
      const attributes = [{ _: 'documentAttributeFilename' as const, fileName: `report-${below(1000)}.pdf` }]
      const document = {
        _: 'document' as const,
        ...common,
        mimeType: 'application/pdf',
        size: 123_456n,
        attributes,
      }
      return { _: 'messageMediaDocument', document }
    }
    const size = (type: string, edge: number) => ({
      _: 'photoSize' as const,
      type,
      w: edge,
      h: edge,
      size: edge * 90,
    })
    const stripped = { _: 'photoStrippedSize' as const, type: 'i', bytes: bytes(150) }
    const sizes = [stripped, size('m', 320), size('x', 800), size('y', 1280)]
    return { _: 'messageMediaPhoto', photo: { _: 'photo', ...common, sizes } }
  }
  const entities = (length: number): MessageEntity[] => [
    { _: 'messageEntityBold', offset: 0, length: Math.min(5, length) },
    { _: 'messageEntityTextUrl', offset: 0, length, url: 'https://example.org/some/page?with=query' },
  ]
  const message = (index: number): Message => {
    const body = text(2 + below(chance(0.2) ? 120 : 20))
    const head = {
      _: 'message' as const,
      id: 900_000 - index,
      date: 1_760_000_000 - index * 60,
      message: body,
    }
    const reaction = (emoticon: string) => ({ _: 'reactionEmoji' as const, emoticon })
    const results = ['👍', '❤', '🔥'].slice(0, 1 + below(3)).map((emoticon) => ({
      _: 'reactionCount' as const,
      reaction: reaction(emoticon),
      count: 1 + below(9),
    }))
    const recentReactions = results.map(() => ({
      _: 'messagePeerReaction' as const,
      peerId: peer(),
      date: 1_760_000_100,
      reaction: reaction('👍'),
    }))
    const reactions = { _: 'messageReactions' as const, canSeeList: true, results, recentReactions }
    return {
      ...head,
      out: chance(0.2),
      fromId: peer(),
      peerId: { _: 'peerChannel', channelId: 1_234_567_890n },
      ...(chance(0.4) && {
        replyTo: { _: 'messageReplyHeader' as const, replyToMsgId: 899_000 + below(900) },
      }),
      ...(chance(0.2) && { media: media() }),
      ...(chance(0.25) && { entities: entities(body.length) }),
      ...(chance(0.4) && { reactions }),
      ...(chance(0.1) && { editDate: 1_760_000_000 }),
    }
  }
  const user = (id: bigint, index: number): User => ({
    _: 'user',
    id,
    accessHash: long(),
    firstName: text(1),
    lastName: text(1),
    username: `user_name_${index}`,
    photo: { _: 'userProfilePhoto', photoId: long(), dcId: 2, strippedThumb: bytes(90 + below(40)) },
    usernames: [{ _: 'username', active: true, username: `also_${index}` }],
    emojiStatus: { _: 'emojiStatus', documentId: long() },
    status: { _: 'userStatusOffline', wasOnline: 1_759_999_000 },
  })
  const chat = {
    _: 'channel' as const,
    megagroup: true,
    id: 1_234_567_890n,
    accessHash: long(),
    title: 'Evening talk about everything',
    photo: { _: 'chatPhotoEmpty' as const },
    date: 1_600_000_000,
    participantsCount: 1234,
  }
  return {
    _: 'messages.messages',
    messages: Array.from({ length: count }, (_, index) => message(index)),
    topics: [],
    chats: [chat],
    users: userIds.map(user),
  }
}
