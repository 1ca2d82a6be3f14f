import { didYouMean, UsageError } from '@cablegram/tl'
import type { InputPeer, MessagesFilter } from '@cablegram/tl/api'
import { type Checks, checkOptions, isBoolean, isWhole } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import type { CallOptions } from '../options.ts'
import { type PeerLike, usePeer } from '../peers/resolve.ts'
import { isChecked, isString, LIST_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type MessagePage, PAGE, pageOf } from './pages.ts'
import { repeatable } from './sending.ts'

/** Options of a history. */
export interface HistoryOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** At most so many messages. Default: all. */
  readonly limit?: number | undefined
  /** The message to begin with. Default, and 0: the newest one, with `reverse` the oldest one. */
  readonly fromId?: number | undefined
  /** The oldest message first. Default: the newest. */
  readonly reverse?: boolean | undefined
  /** Only messages with these words. */
  readonly search?: string | undefined
  /** Only messages of this kind. */
  readonly filter?: HistoryFilter | undefined
}

const CHECKS: Checks<HistoryOptions> = {
  ...LIST_CHECKS,
  fromId: isWhole(0, 2 ** 31 - 1, 'the id of a message'),
  reverse: isBoolean,
  search: isString,
  filter: isChecked,
}

/** Messages of one kind, as the tabs of a chat in Telegram's apps; `mentions` are those of the client's account. */
export type HistoryFilter =
  | 'photos'
  | 'videos'
  | 'photosAndVideos'
  | 'videoNotes'
  | 'animations'
  | 'documents'
  | 'music'
  | 'voice'
  | 'links'
  | 'polls'
  | 'locations'
  | 'contacts'
  | 'pinned'
  | 'mentions'

const FILTERS: Readonly<Record<HistoryFilter, MessagesFilter['_']>> = {
  photos: 'inputMessagesFilterPhotos',
  videos: 'inputMessagesFilterVideo',
  photosAndVideos: 'inputMessagesFilterPhotoVideo',
  videoNotes: 'inputMessagesFilterRoundVideo',
  animations: 'inputMessagesFilterGif',
  documents: 'inputMessagesFilterDocument',
  music: 'inputMessagesFilterMusic',
  voice: 'inputMessagesFilterVoice',
  links: 'inputMessagesFilterUrl',
  polls: 'inputMessagesFilterPoll',
  locations: 'inputMessagesFilterGeo',
  contacts: 'inputMessagesFilterContacts',
  pinned: 'inputMessagesFilterPinned',
  mentions: 'inputMessagesFilterMyMentions',
}

/**
 * The messages of a chat, the newest first. Pages of 100 are read as the loop goes on; a loop that is left reads no more.
 *
 * @throws PeerError; UsageError OPTION_INVALID; RpcError; ConnectionError
 *
 * @example
 * ```ts
 * import { history, type TelegramClient } from '@cablegram/client'
 *
 * export async function lastTexts(client: TelegramClient): Promise<string[]> {
 *   const texts: string[] = []
 *   for await (const message of history(client, 'me', { limit: 10 })) texts.push(message.text)
 *   return texts
 * }
 * ```
 */
export async function* history(
  client: MethodClient,
  peer: PeerLike,
  options: HistoryOptions = {},
): AsyncGenerator<Message, void, undefined> {
  checkOptions(options, CHECKS, 'of history')
  const { limit = Number.POSITIVE_INFINITY, reverse = false } = options
  const filter = filterOf(options.filter)
  let inputPeer: InputPeer | undefined
  const read = async (place: PageOptions): Promise<MessagePage> => {
    if (inputPeer) return await readPage(client, inputPeer, filter, place)
    return await usePeer(client, peer, async (found) => {
      const first = await readPage(client, found.inputPeer, filter, place)
      inputPeer = found.inputPeer
      return first
    })
  }
  let nextId = startOf(options)
  let left = limit
  while (left > 0) {
    const page = await read({ ...options, nextId, pageLimit: Math.min(left, PAGE) })
    const fresh = inOrder(page, nextId, reverse)
    for (const message of fresh.messages.slice(0, left)) {
      options.signal?.throwIfAborted()
      yield message
    }
    left -= fresh.messages.length
    if (fresh.lastId === undefined) return
    nextId = reverse ? fresh.lastId + 1 : fresh.lastId
  }
}

/** Newest first, the number after the first one; else the first one. 0: the newest of all. */
function startOf({ fromId = 0, reverse }: HistoryOptions): number {
  if (reverse === true) return Math.max(fromId, 1)
  return fromId === 0 ? 0 : fromId + 1
}

/** Undefined: every message. */
function filterOf(name: HistoryFilter | undefined): MessagesFilter | undefined {
  if (name === undefined) return undefined
  if (Object.hasOwn(FILTERS, name)) return { _: FILTERS[name] }
  const names = Object.keys(FILTERS)
  const next = didYouMean(String(name), names) || `They are ${names.join(', ')}.`
  throw new UsageError('OPTION_INVALID', `A history has no filter ${JSON.stringify(name)}. ${next}`)
}

interface PageOptions extends HistoryOptions {
  readonly nextId: number
  readonly pageLimit: number
}

async function readPage(
  client: MethodClient,
  peer: InputPeer,
  filter: MessagesFilter | undefined,
  options: PageOptions,
): Promise<MessagePage> {
  const { search = '', reverse = false, nextId, pageLimit: limit } = options
  const place = { offsetId: nextId, addOffset: reverse ? -limit : 0, limit, maxId: 0, minId: 0, hash: 0n }
  const call = repeatable(options)
  if (search === '' && filter === undefined) {
    return pageOf(client, await client.call('messages.getHistory', { peer, offsetDate: 0, ...place }, call))
  }
  const kind = filter ?? ({ _: 'inputMessagesFilterEmpty' } as const)
  const params = { peer, q: search, filter: kind, minDate: 0, maxDate: 0, ...place }
  return pageOf(client, await client.call('messages.search', params, call))
}

/** The messages of a page that are new, and the number of the last one; undefined at the end. */
function inOrder(
  { messages, ids }: MessagePage,
  nextId: number,
  reverse: boolean,
): { messages: readonly Message[]; lastId: number | undefined } {
  const isNew = (id: number) => (reverse ? id >= nextId : nextId === 0 || id < nextId)
  const fresh = messages
    .filter(({ id }) => isNew(id))
    .toSorted((a, b) => (reverse ? a.id - b.id : b.id - a.id))
  const known = ids.filter(isNew)
  if (known.length === 0) return { messages: [], lastId: undefined }
  return { messages: fresh, lastId: reverse ? Math.max(...known) : Math.min(...known) }
}
