import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { findMessages } from './decide-history.ts'
import {
  type Choice,
  countChosen,
  type FoundDay,
  type FoundPlace,
  listChosen,
  listDays,
  listPlaces,
  pageOfChosen,
} from './decide-search.ts'
import { withSeen } from './decide-seen.ts'
import type { HistorySlice, Message } from './words.ts'

/** A search in the caller's box. */
export interface Search {
  readonly choice: Choice
  /** Words that a text has to have, each at the beginning of a word; empty: any text. */
  readonly words: string
  readonly page: SearchPage
}

/** A stretch of what was found, as in a history. */
export interface SearchPage {
  /** The stretch begins below this id; 0: with the newest message. */
  readonly offsetId: number
  readonly addOffset: number
  /** 0: only the number of messages. */
  readonly limit: number
  /** Of the stretch, only ids below `maxId` and above `minId`; 0: any. */
  readonly maxId: number
  readonly minId: number
}

const MAX_AT_ONCE = 100
/** Texts are sealed: they are opened one after the other, so many at once, and no more than that for one search. */
const OPENED_AT_ONCE = 500
const MAX_OPENED = 20_000
const ABOVE_ALL_IDS = 2 ** 31

/** Finds messages of the caller's, newest first. */
export async function searchMessages(on: Ground, { state }: Caller, search: Search): Promise<HistorySlice> {
  const userId = requireUserId(state)
  const limit = Math.min(MAX_AT_ONCE, Math.max(0, search.page.limit))
  const page = { ...search.page, limit }
  const words = wordsOf(search.words)
  const found =
    words.length === 0
      ? await findChosen(on, userId, search.choice, page)
      : await findByWords(on, userId, { ...search, page }, words)
  const { maxId, minId } = page
  const messages = found.messages.filter(({ id }) => (maxId === 0 || id < maxId) && id > minId)
  return { ...found, messages }
}

const MAX_COUNTED = 20

/** The numbers of the caller's messages of each choice. @throws {RpcError} LIMIT_INVALID */
export async function countMessages(
  { store }: Ground,
  { state }: Caller,
  choices: readonly Choice[],
): Promise<number[]> {
  const userId = requireUserId(state)
  if (choices.length > MAX_COUNTED) throw refusal('LIMIT_INVALID')
  return await store.look(function* () {
    const counts: number[] = []
    for (const choice of choices) counts.push((yield* countChosen(userId, choice, ABOVE_ALL_IDS)).count)
    return counts
  })
}

const MAX_DAYS = 100

/** Days that have messages of a choice, and the oldest message of each. */
export interface Calendar {
  readonly count: number
  /** The number of messages that are newer than the first day's. */
  readonly skipped: number
  readonly days: readonly FoundDay[]
  readonly messages: readonly Message[]
}

/** The newest days that have messages of a choice of the caller's, below an id; 0: any. */
export async function calendarOf(
  { store }: Ground,
  { state }: Caller,
  choice: Choice,
  offsetId: number,
): Promise<Calendar> {
  const userId = requireUserId(state)
  return await store.look(function* () {
    const { count, passed } = yield* countChosen(userId, choice, offsetId || ABOVE_ALL_IDS)
    const days = yield* listDays(userId, choice, { offsetId, limit: MAX_DAYS })
    const firstIds = days.map(({ minId }) => minId)
    return { count, skipped: passed, days, messages: yield* findMessages(store.secret, userId, firstIds) }
  })
}

/** Every so many of the caller's messages of a choice, so that there are no more than `limit`, and the number of all. */
export async function positionsOf(
  { store }: Ground,
  { state }: Caller,
  choice: Choice,
  page: { readonly offsetId: number; readonly limit: number },
): Promise<{ readonly count: number; readonly places: readonly FoundPlace[] }> {
  const userId = requireUserId(state)
  const limit = Math.min(MAX_AT_ONCE, Math.max(1, page.limit))
  return await store.look(function* () {
    const { count } = yield* countChosen(userId, choice, ABOVE_ALL_IDS)
    const step = Math.max(1, Math.ceil(count / limit))
    return { count, places: yield* listPlaces(userId, choice, { step, offsetId: page.offsetId, limit }) }
  })
}

async function findChosen(
  { store }: Ground,
  userId: bigint,
  choice: Choice,
  page: SearchPage,
): Promise<HistorySlice> {
  return await store.look(function* () {
    const { count, passed } = yield* countChosen(userId, choice, page.offsetId || ABOVE_ALL_IDS)
    const { skipped, left } = stretchOf(passed, page)
    const messages =
      left === 0 ? [] : yield* pageOfChosen(store.secret, userId, choice, { skipped, limit: left })
    return { messages, count, skipped }
  })
}

/** The place of a stretch; what would come before the newest message is not there. */
function stretchOf(passed: number, { addOffset, limit }: SearchPage): { skipped: number; left: number } {
  const from = passed + addOffset
  return { skipped: Math.max(0, from), left: Math.max(0, limit + Math.min(0, from)) }
}

/** Opens the texts of the choice, the newest first. Each part is read by itself, so that nobody waits for all of them. */
async function findByWords(
  { store }: Ground,
  userId: bigint,
  { choice, page }: Search,
  words: readonly string[],
): Promise<HistorySlice> {
  const found: Message[] = []
  let belowId = ABOVE_ALL_IDS
  for (let opened = 0; opened < MAX_OPENED; opened += OPENED_AT_ONCE) {
    const at = { belowId, limit: OPENED_AT_ONCE }
    const messages = await store.look(() => listChosen(store.secret, userId, choice, at))
    found.push(...messages.filter(({ text }) => hasWords(text, words)))
    belowId = messages.at(-1)?.id ?? 0
    if (messages.length < OPENED_AT_ONCE) break
  }
  const passed = page.offsetId === 0 ? 0 : found.filter(({ id }) => id >= page.offsetId).length
  const { skipped, left } = stretchOf(passed, page)
  const stretch = found.slice(skipped, skipped + left)
  const messages = await store.look(() => withSeen(store.secret, userId, stretch))
  return { messages, count: found.length, skipped }
}

/** Letters and digits of any script. */
const WORDS = /[\p{L}\p{M}\p{N}]+/gu

function wordsOf(text: string): readonly string[] {
  return text.normalize('NFKC').toLowerCase().match(WORDS) ?? []
}

function hasWords(text: string, words: readonly string[]): boolean {
  const own = wordsOf(text)
  return words.every((word) => own.some((each) => each.startsWith(word)))
}
