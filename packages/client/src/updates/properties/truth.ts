/** A server's logs, as the properties of the machine need them: every event has a name, and differences are truthful. */
import type { Message, Update, Updates, updates } from '@cablegram/tl/api'
import type { Ask } from '../words.ts'

export type DifferencePts = 'own' | 'zero' | 'telegram'
export type EventKind = 'new' | 'edit' | 'delete'

/** The counter that an event stands in. */
export type TruthSpace = 'box' | 'qts' | 1n | 2n

/** An event of a log. */
export interface TruthEvent {
  readonly space: TruthSpace
  readonly kind: EventKind
  readonly pts: number
  readonly count: number
  readonly dateS: number
}

const FIRST = 1

/** The name of an event, the same in a push and in a difference of any form. */
export function nameOfUpdate(update: Update): string | undefined {
  switch (update._) {
    case 'updateNewMessage':
      return `box new ${update.message.id}`
    case 'updateEditMessage':
      return `box edit ${update.message.id}`
    case 'updateDeleteMessages':
      return `box delete ${update.messages.join()}`
    case 'updateNewChannelMessage':
      return `${channelOf(update.message)} new ${update.message.id}`
    case 'updateEditChannelMessage':
      return `${channelOf(update.message)} edit ${update.message.id}`
    case 'updateDeleteChannelMessages':
      return `${update.channelId} delete ${update.messages.join()}`
    case 'updateBotStopped':
      return `qts new ${update.date}`
    case 'updateUserTyping':
      return `state change ${update.userId}`
    default:
      return undefined
  }
}

function channelOf(message: Message): bigint | undefined {
  return message.peerId?._ === 'peerChannel' ? message.peerId.channelId : undefined
}

/** The logs of an account: its box, its qts, and two channels. */
export class Truth {
  readonly events: TruthEvent[] = []
  /** The dates of changes without a number of their own; the first is change 1. */
  readonly changes: number[] = []
  readonly #at = new Map<TruthSpace, number>()
  #seq = 1
  #dateS = 1_000
  readonly #form: DifferencePts
  /** Events in an answer. */
  readonly #slice: number

  constructor(form: DifferencePts, slice: number) {
    this.#form = form
    this.#slice = slice
  }

  at(space: TruthSpace): number {
    return this.#at.get(space) ?? FIRST
  }

  /** Writes an event. @returns the push that tells it */
  add(space: TruthSpace, kind: EventKind, wantedCount: number): Updates {
    const count = kind === 'delete' && space !== 'qts' ? wantedCount : 1
    const pts = this.at(space) + count
    this.#dateS += 1
    const dateS = this.#dateS
    const event = { space, kind: space === 'qts' ? ('new' as const) : kind, pts, count, dateS }
    this.#at.set(space, pts)
    this.events.push(event)
    return { _: 'updates', updates: [update(event, pts, count)], users: [], chats: [], date: dateS, seq: 0 }
  }

  /** Makes a change without a number of its own. @returns the push that tells it, in a packet with a number or without */
  change(isNumbered: boolean): Updates {
    this.#dateS += 1
    this.changes.push(this.#dateS)
    if (isNumbered) this.#seq += 1
    const updates = [typing(this.changes.length)]
    const seq = isNumbered ? this.#seq : 0
    return { _: 'updates', updates, users: [], chats: [], date: this.#dateS, seq }
  }

  /** The name of an event as {@link nameOfUpdate} has it. */
  static nameOf({ space, kind, pts, count }: TruthEvent): string {
    return kind === 'delete' ? `${space} delete ${idsOf(pts, count).join()}` : `${space} ${kind} ${pts}`
  }

  state(): updates.State {
    return { ...this.#start(), pts: this.at('box'), qts: this.at('qts') }
  }

  difference(ask: Extract<Ask, { of: 'difference' }>): updates.Difference {
    const box = this.#after('box', ask.pts, Math.min(this.#slice, ask.ptsLimit ?? this.#slice))
    const bot = ask.qtsLimit === 0 ? [] : this.#after('qts', ask.qts, this.#slice)
    const channels = this.#channelsSince(ask.dateS)
    const changes = this.changes.flatMap((dateS, index) => (dateS > ask.dateS ? [typing(index + 1)] : []))
    if ([box, bot, channels, changes].every(({ length }) => length === 0))
      return { _: 'updates.differenceEmpty', date: this.#dateS, seq: this.#seq }
    const pts = box.at(-1)?.pts ?? ask.pts
    const qts = bot.at(-1)?.pts ?? ask.qts
    const others = box.filter(({ kind }) => kind !== 'new')
    const lists = {
      newMessages: box.filter(({ kind }) => kind === 'new').map((event) => messageOf(event)),
      newEncryptedMessages: [],
      otherUpdates: [
        ...others.map((event) => this.#inDifference(event, pts)),
        ...bot.map((event) => update(event, this.#form === 'own' ? event.pts : 0, 1)),
        ...channels,
        ...changes,
      ],
      users: [],
      chats: [],
    }
    const state = { ...this.#start(), pts, qts }
    const isLast = pts === this.at('box') && qts === this.at('qts')
    return isLast
      ? { _: 'updates.difference', ...lists, state }
      : { _: 'updates.differenceSlice', ...lists, intermediateState: state }
  }

  channelDifference({ channelId, pts: from }: Extract<Ask, { of: 'channel' }>): updates.ChannelDifference {
    const space = channelId === 1n ? 1n : 2n
    const events = this.#after(space, from, this.#slice)
    const last = events.at(-1)
    if (last === undefined) return { _: 'updates.channelDifferenceEmpty', final: true, pts: from, timeout: 1 }
    const others = events.filter(({ kind }) => kind !== 'new')
    return {
      _: 'updates.channelDifference',
      ...(last.pts === this.at(space) && { final: true }),
      pts: last.pts,
      newMessages: events.filter(({ kind }) => kind === 'new').map((event) => messageOf(event)),
      otherUpdates: others.map((event) => this.#inDifference(event, last.pts)),
      users: [],
      chats: [],
    }
  }

  #start(): updates.State {
    return { ...START, date: this.#dateS, seq: this.#seq }
  }

  /** Channels that had events since a date, as differences name them. */
  #channelsSince(dateS: number): Update[] {
    return ([1n, 2n] as const).flatMap((channelId) => {
      const last = this.events.findLast(({ space }) => space === channelId)
      const isNewer = last !== undefined && last.dateS >= dateS - 1
      return isNewer ? [{ _: 'updateChannelTooLong' as const, channelId, pts: last.pts }] : []
    })
  }

  #inDifference(event: TruthEvent, pts: number): Update {
    if (this.#form === 'own') return update(event, event.pts, event.count)
    return update(event, this.#form === 'zero' ? 0 : pts, 0)
  }

  #after(space: TruthSpace, pts: number, most: number): TruthEvent[] {
    return this.events.filter((event) => event.space === space && event.pts > pts).slice(0, most)
  }
}

const START = { _: 'updates.state', pts: FIRST, qts: FIRST, date: 0, seq: 1, unreadCount: 0 } as const

function typing(id: number): Update {
  return { _: 'updateUserTyping', userId: BigInt(id), action: { _: 'sendMessageTypingAction' } }
}

function messageOf({ space, pts, dateS }: TruthEvent): Message {
  const peerId =
    typeof space === 'bigint'
      ? ({ _: 'peerChannel', channelId: space } as const)
      : ({ _: 'peerUser', userId: 7n } as const)
  return { _: 'message', id: pts, peerId, date: dateS, message: 'text' }
}

function idsOf(pts: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => pts - index)
}

function update(event: TruthEvent, pts: number, ptsCount: number): Update {
  const { space, kind } = event
  if (space === 'qts') return { _: 'updateBotStopped', userId: 7n, date: event.pts, stopped: true, qts: pts }
  const messages = idsOf(event.pts, event.count)
  if (space === 'box') {
    if (kind === 'delete') return { _: 'updateDeleteMessages', messages, pts, ptsCount }
    const _ = kind === 'new' ? 'updateNewMessage' : 'updateEditMessage'
    return { _, message: messageOf(event), pts, ptsCount }
  }
  if (kind === 'delete')
    return { _: 'updateDeleteChannelMessages', channelId: space, messages, pts, ptsCount }
  const _ = kind === 'new' ? 'updateNewChannelMessage' : 'updateEditChannelMessage'
  return { _, message: messageOf(event), pts, ptsCount }
}
