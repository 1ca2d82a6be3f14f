/** Messages and chats in a form that can be compared, whichever way a client came to know them. */
import type {
  Chat,
  Message,
  MessageReactions,
  Peer,
  Poll,
  PollResults,
  Updates,
  User,
} from '@cablegram/tl/api'

/** A message as somebody knows it. Later updates change it. */
export interface SeenMessage {
  readonly id: number
  readonly peer: string
  readonly isOut: boolean
  readonly dateS: number
  readonly from: string
  readonly content: string
  readonly editedAtS: number
  readonly pollId: string
  isPinned: boolean
  isUnreadContent: boolean
  reactions: string
}

/** A peer as a key of maps. */
export function nameOf(peer: Peer): string {
  switch (peer._) {
    case 'peerUser':
      return `user ${peer.userId}`
    case 'peerChat':
      return `chat ${peer.chatId}`
    case 'peerChannel':
      return `channel ${peer.channelId}`
  }
}

/** Undefined for an empty message. */
export function seen(message: Message): SeenMessage | undefined {
  if (message._ === 'messageEmpty') return undefined
  const { id, out = false, date: dateS, peerId, fromId } = message
  const common = {
    id,
    peer: nameOf(peerId),
    isOut: out,
    dateS,
    from: fromId === undefined ? nameOf(peerId) : nameOf(fromId),
    isUnreadContent: message.mediaUnread === true,
    reactions: reactionsIn(message.reactions),
  }
  const reply = message.replyTo?._ === 'messageReplyHeader' ? message.replyTo : undefined
  if (message._ === 'messageService') {
    const content = stable([message.action, reply])
    return { ...common, content, editedAtS: 0, pollId: '', isPinned: false }
  }
  const { media } = message
  const poll = media?._ === 'messageMediaPoll' ? { ...media.poll, closed: false, hash: 0n } : undefined
  return {
    ...common,
    content: stable([
      message.message,
      message.entities ?? [],
      reply,
      message.fwdFrom,
      message.silent === true,
      poll ?? media,
      message.mentioned === true,
    ]),
    editedAtS: message.editDate ?? 0,
    pollId: poll === undefined ? '' : String(poll.id),
    isPinned: message.pinned === true,
  }
}

/** Reactions without who gave the newest ones. */
export function reactionsIn(reactions: MessageReactions | undefined): string {
  const counts = (reactions?.results ?? []).map(({ reaction, count, chosenOrder }) =>
    stable([reaction, count, chosenOrder ?? 0]),
  )
  return counts.sort().join()
}

/** The state of a poll: its results as far as the viewer may see them, and whether it is closed. */
export function stateOfPoll(poll: Poll | undefined, results: PollResults): string {
  const voters = (results.results ?? []).map((each) =>
    stable([each.option, each.voters ?? 0, each.chosen === true]),
  )
  return stable([poll?.closed === true, results.totalVoters ?? 0, voters])
}

/** The same text for equal values. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`
    if (each instanceof Uint8Array) return Buffer.from(each).toString('hex')
    if (!isObject(each) || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}

/** An answer or updates with users and chats. */
interface WithPeers {
  readonly users: readonly User[]
  readonly chats: readonly Chat[]
}

/** The peers that a value names, and does not bring with it. */
export function missingPeers(value: unknown): string[] {
  if (!isObject(value)) return []
  // messages.invitedUsers and its like have their updates in a field.
  if (!hasPeers(value))
    return Object.values(value).flatMap((each) => (hasPeersWithin(each) ? missingPeers(each) : []))
  const known = new Set([
    ...value.users.flatMap((user) => (user._ === 'user' && user.min !== true ? `user ${user.id}` : [])),
    ...value.chats.map(({ id }) => `chat ${id}`),
  ])
  const { users: _users, chats: _chats, ...rest } = value as WithPeers & Record<string, unknown>
  return [...new Set(namedIn(rest))].filter((name) => !known.has(name))
}

function hasPeersWithin(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && hasPeers(value)
}

function hasPeers(value: object): value is WithPeers {
  return 'users' in value && 'chats' in value && Array.isArray(value.users) && Array.isArray(value.chats)
}

/** Fields that hold the id of a user, in objects that are no peers. */
const USER_FIELDS: ReadonlySet<string> = new Set(['userId', 'inviterId'])

function namedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn)
  if (!isObject(value)) return []
  if ('_' in value && (value._ === 'peerUser' || value._ === 'peerChat')) return [nameOf(value as Peer)]
  return Object.entries(value).flatMap(([field, each]) => {
    if (typeof each !== 'bigint') return namedIn(each)
    if (USER_FIELDS.has(field)) return [`user ${each}`]
    return field === 'chatId' ? [`chat ${each}`] : []
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}

/** The id of a message that updates say to have been sent under a random id. */
export function sentId(updates: Updates, randomId: bigint): number | undefined {
  if (updates._ === 'updateShortSentMessage') return updates.id
  if (updates._ !== 'updates') return undefined
  for (const update of updates.updates) {
    if (update._ === 'updateMessageID' && update.randomId === randomId) return update.id
  }
  return undefined
}

type Short = Extract<Updates, { _: 'updateShortMessage' | 'updateShortChatMessage' }>

/** The message that a short update stands for, in the box of `selfId`. */
export function longOf(update: Short, selfId: bigint): Message {
  const isInChat = update._ === 'updateShortChatMessage'
  const author = isInChat ? update.fromId : update.out ? selfId : update.userId
  const { pts: _pts, ptsCount: _count, ...rest } = update
  return {
    ...rest,
    _: 'message',
    fromId: { _: 'peerUser', userId: author },
    peerId: isInChat ? { _: 'peerChat', chatId: update.chatId } : { _: 'peerUser', userId: update.userId },
  }
}
