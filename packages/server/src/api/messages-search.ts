import { RpcError } from '@cablegram/mtproto'
import type { InputPeer, MessagesFilter } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import { ANY_MESSAGE, type Choice } from '../rules/messages/decide-search.ts'
import { calendarOf, countMessages, positionsOf, searchMessages } from '../rules/messages/search-messages.ts'
import type { HistorySlice, PeerId } from '../rules/messages/words.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { messageParts } from './message-parts.ts'
import { peerOf } from './peers.ts'
import { historyHash } from './tl-messages.ts'

/** Kinds of messages that filters choose. */
const KINDS: Readonly<Partial<Record<MessagesFilter['_'], string | readonly [string, string]>>> = {
  inputMessagesFilterPhotos: 'photo',
  inputMessagesFilterVideo: 'video',
  inputMessagesFilterPhotoVideo: ['photo', 'video'],
  inputMessagesFilterDocument: 'document',
  inputMessagesFilterUrl: 'link',
  inputMessagesFilterGif: 'gif',
  inputMessagesFilterVoice: 'voice',
  inputMessagesFilterMusic: 'music',
  inputMessagesFilterChatPhotos: 'service',
  inputMessagesFilterPhoneCalls: 'phoneCall',
  inputMessagesFilterRoundVoice: ['round', 'voice'],
  inputMessagesFilterRoundVideo: 'round',
  inputMessagesFilterGeo: 'geo',
  inputMessagesFilterContacts: 'contact',
  inputMessagesFilterPoll: 'poll',
}

/** The messages that a filter chooses. */
function chosenBy(filter: MessagesFilter): Partial<Choice> {
  if (filter._ === 'inputMessagesFilterPinned') return { isPinned: true }
  if (filter._ === 'inputMessagesFilterMyMentions') return { isMentioned: true }
  const kind = KINDS[filter._]
  if (kind === undefined) return {}
  return typeof kind === 'string' ? { kind } : { kind: kind[0], otherKind: kind[1] }
}

/** Finds messages of a chat, or of all of them if the peer is empty. */
export const search: Handler<'messages.search'> = async (request, context) => {
  const { q: words, filter, fromId, savedPeerId, minDate: minDateS, maxDate: maxDateS } = request
  const { offsetId, addOffset, limit, maxId, minId } = request
  const isEverywhere =
    request.peer._ === 'inputPeerEmpty' && fromId === undefined && savedPeerId === undefined
  const isAnything = words === '' && filter._ === 'inputMessagesFilterEmpty'
  // In one chat, a search for nothing finds everything: GramJS 1 reads the history so, and Telethon what somebody wrote.
  if (isEverywhere && isAnything && minDateS === 0 && maxDateS === 0) throw refusal('SEARCH_QUERY_EMPTY')
  const choice = {
    ...ANY_MESSAGE,
    ...chosenBy(filter),
    peerId: request.peer._ === 'inputPeerEmpty' ? undefined : await peerOf(request.peer, context),
    fromId: fromId && (await senderOf(fromId, context)),
    savedPeerId: savedPeerId && (await peerOf(savedPeerId, context)),
    minDateS,
    maxDateS,
  }
  const page = { offsetId, addOffset, limit, maxId, minId }
  const found = await searchMessages(context.on, context.caller, { choice, words, page })
  return await tlFound(found, request.hash, context)
}

/** The sender to look for. @throws {RpcError} FROM_PEER_INVALID */
async function senderOf(peer: InputPeer, context: HandlerContext): Promise<PeerId> {
  try {
    return await peerOf(peer, context)
  } catch (error) {
    if (error instanceof RpcError && error.message === 'PEER_ID_INVALID') throw refusal('FROM_PEER_INVALID')
    throw error
  }
}

/** Filters that are about one chat. */
const OF_ONE_CHAT: ReadonlySet<string> = new Set([
  'inputMessagesFilterPinned',
  'inputMessagesFilterMyMentions',
])

/** Finds messages in all chats. */
export const searchGlobal: Handler<'messages.searchGlobal'> = async (request, context) => {
  const { q: words, filter, minDate: minDateS, maxDate: maxDateS, folderId, offsetId, limit } = request
  if (words === '' && filter._ === 'inputMessagesFilterEmpty') throw refusal('SEARCH_QUERY_EMPTY')
  if (OF_ONE_CHAT.has(filter._)) throw refusal('INPUT_FILTER_INVALID')
  if (folderId !== undefined && folderId !== 0 && folderId !== 1) throw refusal('FOLDER_ID_INVALID')
  const peers = request.usersOnly ? 'people' : request.groupsOnly ? 'groups' : undefined
  const choice = { ...ANY_MESSAGE, ...chosenBy(filter), peers, folderId, minDateS, maxDateS } as const
  const page = { offsetId, addOffset: 0, limit, maxId: 0, minId: 0 }
  // Channels do not exist yet.
  const found = request.broadcastsOnly
    ? { messages: [], count: 0, skipped: 0 }
    : await searchMessages(context.on, context.caller, { choice, words, page })
  const parts = await messageParts(found.messages, context)
  const last = found.messages.at(-1)
  const hasMore = last !== undefined && found.skipped + found.messages.length < found.count
  if (!hasMore && offsetId === 0) return { _: 'messages.messages', ...parts }
  return {
    _: 'messages.messagesSlice',
    count: found.count,
    ...(hasMore && { nextRate: last.dateS }),
    ...parts,
  }
}

/** Gives messages of a chat that mention the caller and were not seen. */
export const getUnreadMentions: Handler<'messages.getUnreadMentions'> = async (request, context) => {
  const { offsetId, addOffset, limit, maxId, minId } = request
  const peerId = await peerOf(request.peer, context)
  const choice = { ...ANY_MESSAGE, peerId, isMentioned: true, isUnseen: true }
  const page = { offsetId, addOffset, limit, maxId, minId }
  const found = await searchMessages(context.on, context.caller, { choice, words: '', page })
  return await tlFound(found, 0n, context)
}

/** Counts the messages of a chat that each filter chooses. No message of a box belongs to a thread. */
export const getSearchCounters: Handler<'messages.getSearchCounters'> = async (request, context) => {
  const { filters, topMsgId } = request
  const choice = await choiceIn(request, context)
  const choices = filters.map((filter) => ({ ...choice, ...chosenBy(filter) }))
  const counts = await countMessages(context.on, context.caller, choices)
  return filters.map((filter, index) => ({
    _: 'messages.searchCounter',
    filter,
    count: topMsgId === undefined ? (counts[index] ?? 0) : 0,
  }))
}

/** Filters that no calendar is made of. */
const WITHOUT_CALENDAR: ReadonlySet<string> = new Set([
  'inputMessagesFilterEmpty',
  'inputMessagesFilterMyMentions',
])

/** Counts the messages of a chat that a filter chooses, by day. */
export const getSearchResultsCalendar: Handler<'messages.getSearchResultsCalendar'> = async (
  request,
  context,
) => {
  const { filter, offsetId, offsetDate } = request
  if (WITHOUT_CALENDAR.has(filter._)) throw refusal('FILTER_NOT_SUPPORTED')
  const maxDateS = offsetDate === 0 ? 0 : offsetDate - 1
  const choice = { ...(await choiceIn(request, context)), ...chosenBy(filter), maxDateS }
  const { count, skipped, days, messages } = await calendarOf(context.on, context.caller, choice, offsetId)
  const { topics: _, ...parts } = await messageParts(messages, context)
  return {
    _: 'messages.searchResultsCalendar',
    count,
    minDate: days.at(-1)?.dayS ?? 0,
    minMsgId: days.at(-1)?.minId ?? 0,
    offsetIdOffset: skipped,
    periods: days.map(({ dayS, minId, maxId, count }) => ({
      _: 'searchResultsCalendarPeriod',
      date: dayS,
      minMsgId: minId,
      maxMsgId: maxId,
      count,
    })),
    ...parts,
  }
}

/** Tells where messages of a chat stand among all that a filter chooses. */
export const getSearchResultsPositions: Handler<'messages.getSearchResultsPositions'> = async (
  request,
  context,
) => {
  const choice = { ...(await choiceIn(request, context)), ...chosenBy(request.filter) }
  const { count, places } = await positionsOf(context.on, context.caller, choice, request)
  return {
    _: 'messages.searchResultsPositions',
    count,
    positions: places.map(({ id, dateS, place }) => ({
      _: 'searchResultPosition',
      msgId: id,
      date: Math.min(dateS, context.nowS),
      offset: place,
    })),
  }
}

/** The chat that a request is about, and of Saved Messages the chat there. */
async function choiceIn(
  { peer, savedPeerId }: { readonly peer: InputPeer; readonly savedPeerId?: InputPeer | undefined },
  context: HandlerContext,
): Promise<Choice> {
  return {
    ...ANY_MESSAGE,
    peerId: await peerOf(peer, context),
    savedPeerId: savedPeerId && (await peerOf(savedPeerId, context)),
  }
}

async function tlFound(
  { messages, count, skipped }: HistorySlice,
  hash: bigint,
  context: HandlerContext,
): Promise<ResultOf<'messages.search'>> {
  if (hash !== 0n && messages.length > 0 && hash === historyHash(messages)) {
    return { _: 'messages.messagesNotModified', count }
  }
  const parts = await messageParts(messages, context)
  if (messages.length === count) return { _: 'messages.messages', ...parts }
  return { _: 'messages.messagesSlice', count, offsetIdOffset: skipped, ...parts }
}
