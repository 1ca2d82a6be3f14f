/** A client of somebody's: it listens, counts pts, and asks for the difference when some are missing. */
import { RpcError } from '@cablegram/mtproto'
import {
  decode,
  decodeResult,
  encodeRequest,
  type MethodName,
  type Requests,
  type Results,
  type Update,
  type Updates,
} from '@cablegram/tl/api'
import { placesIn } from '../../../packages/server/src/api/places-in.ts'
import type { Place } from '../../../packages/server/src/rules/messages/words.ts'
import { Knowledge } from './knowledge.ts'
import { longOf, missingPeers, nameOf } from './seen.ts'

/** Any request. */
export type AnyRequest = Requests[MethodName]

/** The way from a session to the server. */
export interface Way {
  send(session: Session, callId: number, body: Uint8Array): void
}

interface Waiting {
  readonly request: AnyRequest
  resolve(answer: unknown): void
  reject(error: unknown): void
}

const AFFECTED = /^messages\.affected/
/** Events that a client takes at once. */
const MOST_AT_ONCE = 9

/** Options of a session. */
export interface SessionOptions {
  readonly name: string
  readonly userId: bigint
  readonly way: Way
  /** The number of events to ask for next. */
  readonly nextLimit: () => number
  readonly note: (...parts: readonly unknown[]) => void
  /** Asks for all changes without a pts since it began: they may have overtaken each other. */
  readonly asksFromBegin?: boolean
}

/** A session of somebody's. */
export class Session {
  readonly name: string
  readonly userId: bigint
  readonly knowledge: Knowledge = new Knowledge(0)
  /** Peers that were named without being told of. */
  readonly missing: string[] = []
  /** Errors that kept it from asking for updates that it missed. */
  readonly failures: unknown[] = []
  /** The pts at which it began to listen. */
  beginPts = 0
  /** Times that pts were missing, or came again. */
  gaps = 0
  repeats = 0
  isAway = false
  /** It has missed updates by its own choice. */
  hasBeenAway = false
  readonly #options: SessionOptions
  readonly #waiting = new Map<number, Waiting>()
  #lastCall = 0
  #date = 0
  /** The date of the last difference. */
  #differenceDate = 0
  #asking: Promise<void> | undefined
  #mustAskAgain = false
  /** Came while it was asking for the difference. */
  #held: (() => void)[] = []

  constructor(options: SessionOptions) {
    this.name = options.name
    this.userId = options.userId
    this.#options = options
  }

  /** True while it waits for an answer. */
  get isBusy(): boolean {
    return this.#waiting.size > 0 || this.#asking !== undefined
  }

  /** Learns where it stands. */
  async begin(): Promise<void> {
    const { pts, date } = await this.call({ _: 'updates.getState' })
    this.knowledge.pts = pts
    this.beginPts = pts
    this.#date = date
  }

  /** Calls a method. */
  call<M extends MethodName>(request: Requests[M] & { readonly _: M }): Promise<Results[M]> {
    this.#lastCall += 1
    const callId = this.#lastCall
    const answered = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(callId, { request, resolve, reject }),
    )
    this.#options.way.send(this, callId, encodeRequest(request))
    return answered as Promise<Results[M]>
  }

  /** Told of the outcome of a call, in its turn. */
  answered(callId: number, outcome: Uint8Array | RpcError): void {
    const waiting = this.#waiting.get(callId)
    if (waiting === undefined) return
    this.#waiting.delete(callId)
    const { request } = waiting
    if (outcome instanceof RpcError) {
      this.#options.note(this.name, request._, outcome.message)
      waiting.reject(outcome)
      return
    }
    const answer: unknown = decodeResult(request._, outcome.slice())
    this.#options.note(this.name, request._, answer)
    this.#check(answer)
    if (request._ !== 'updates.getDifference') this.#orHold(() => this.#apply(request, answer))
    waiting.resolve(answer)
  }

  /** Told of updates, in their turn. */
  pushed(body: Uint8Array): void {
    if (this.isAway) return
    const updates = decode('Updates', body.slice())
    this.#options.note(this.name, 'pushed', updates)
    this.#check(updates)
    this.#orHold(() => this.#hear(updates))
  }

  /** The server has forgotten its session: updates may be lost. */
  renewed(): void {
    this.#miss()
  }

  leave(): void {
    this.isAway = true
    this.hasBeenAway = true
  }

  comeBack(): void {
    this.isAway = false
    this.#miss()
  }

  /** Asks for what is missing, as a client does that has been idle. */
  async catchUp(): Promise<void> {
    this.#miss()
    while (this.#asking !== undefined) await this.#asking
  }

  #check(value: unknown): void {
    this.missing.push(...missingPeers(value))
  }

  #orHold(run: () => void): void {
    if (this.#asking === undefined) run()
    else this.#held.push(run)
  }

  #miss(): void {
    // Before it has begun it has missed nothing.
    if (this.knowledge.pts === 0) return
    this.#mustAskAgain = true
    this.#asking ??= this.#askAll()
  }

  async #askAll(): Promise<void> {
    try {
      while (this.#mustAskAgain) {
        this.#mustAskAgain = false
        await this.#ask()
      }
    } catch (error) {
      this.failures.push(error)
    }
    this.#asking = undefined
    for (const run of this.#held.splice(0)) this.#orHold(run)
  }

  async #ask(): Promise<void> {
    const { knowledge } = this
    for (;;) {
      const { pts } = knowledge
      const ptsLimit = this.#options.nextLimit()
      const found = await this.call({
        _: 'updates.getDifference',
        pts,
        date: this.#date,
        qts: 1,
        ...(ptsLimit <= MOST_AT_ONCE && { ptsLimit }),
      })
      if (found._ === 'updates.differenceEmpty') return
      if (found._ === 'updates.differenceTooLong') throw new Error('nobody asked for differenceTooLong')
      const isLast = found._ === 'updates.difference'
      const state = isLast ? found.state : found.intermediateState
      if (state.pts < pts || (!isLast && state.pts === pts)) throw new Error('a difference leads nowhere')
      for (const message of found.newMessages) knowledge.add(message)
      for (const update of found.otherUpdates) knowledge.take(update)
      knowledge.pts = state.pts
      this.#differenceDate = state.date
      if (isLast && this.#options.asksFromBegin !== true) this.#date = state.date
      if (isLast) return
    }
  }

  #hear(updates: Updates): void {
    if (updates._ === 'updatesTooLong') this.#miss()
    else if (updates._ === 'updateShort') this.#take(updates.update, updates.date)
    else if (updates._ === 'updates') for (const update of updates.updates) this.#take(update, updates.date)
    else if (updates._ === 'updateShortMessage' || updates._ === 'updateShortChatMessage')
      this.#inPlace(updates, () => this.knowledge.add(longOf(updates, this.userId)))
  }

  #take(update: Update, date: number): void {
    const [place] = placesIn({ _: 'updateShort', update, date: 0 })
    if (place !== undefined) this.#inPlace(place, () => this.knowledge.take(update))
    // A packet that was lost and is sent again has what the difference may have in a newer form.
    else if (date >= this.#differenceDate) this.knowledge.take(update)
  }

  #inPlace({ pts, ptsCount }: Place, apply: () => void): void {
    const { knowledge } = this
    if (ptsCount === 0) return
    if (pts <= knowledge.pts) this.repeats += 1
    else if (pts - ptsCount > knowledge.pts) {
      this.gaps += 1
      this.#miss()
    } else {
      apply()
      knowledge.pts = pts
    }
  }

  #apply(request: AnyRequest, answer: unknown): void {
    if (!isTl(answer)) return
    if (AFFECTED.test(answer._)) {
      const [place] = placesIn(answer)
      if (place !== undefined) this.#inPlace(place, () => this.#affect(request))
    } else if (answer._ === 'updates') this.#hear(answer as Updates)
    else if (answer._ === 'updateShortSentMessage' && request._ === 'messages.sendMessage')
      this.#takeSent(request, answer as Extract<Updates, { _: 'updateShortSentMessage' }>)
    else if ('updates' in answer && isTl(answer.updates)) this.#hear(answer.updates as Updates)
  }

  /** The client has the rest of what it has sent. */
  #takeSent(
    { peer, message, silent, replyTo }: Requests['messages.sendMessage'],
    { id, date, out, entities, ...place }: Extract<Updates, { _: 'updateShortSentMessage' }>,
  ): void {
    const fromId = { _: 'peerUser', userId: this.userId } as const
    const reply = replyTo?._ === 'inputReplyToMessage' ? replyTo.replyToMsgId : undefined
    this.#inPlace(place, () =>
      this.knowledge.add({
        _: 'message',
        id,
        date,
        message,
        fromId,
        peerId:
          peer._ === 'inputPeerChat'
            ? { _: 'peerChat', chatId: peer.chatId }
            : { _: 'peerUser', userId: peer._ === 'inputPeerUser' ? peer.userId : this.userId },
        ...(out && { out }),
        ...(silent && { silent }),
        ...(entities && { entities }),
        ...(reply !== undefined && { replyTo: { _: 'messageReplyHeader', replyToMsgId: reply } }),
      }),
    )
  }

  /** Does what the client has asked for: the answer has nothing but numbers. */
  #affect(request: AnyRequest): void {
    const { knowledge } = this
    switch (request._) {
      case 'messages.deleteMessages':
        knowledge.remove(request.id)
        break
      case 'messages.deleteHistory': {
        const { maxId } = request
        const gone = knowledge.of(this.nameOf(request.peer)).filter(({ id }) => maxId === 0 || id <= maxId)
        knowledge.remove(gone.map(({ id }) => id))
        break
      }
      case 'messages.readHistory': {
        const { maxId } = request
        const peer = this.nameOf(request.peer)
        const read = knowledge.of(peer).filter(({ id, isOut }) => !isOut && (maxId === 0 || id <= maxId))
        knowledge.read(knowledge.readInbox, peer, read.at(-1)?.id ?? 0)
        break
      }
      case 'messages.readMessageContents':
        knowledge.change(request.id, (message) => {
          message.isUnreadContent = false
        })
        break
      case 'messages.readMentions':
        knowledge.change(this.#idsOf(request.peer), (message) => {
          message.isUnreadContent = false
        })
        break
      case 'messages.unpinAllMessages':
        knowledge.change(this.#idsOf(request.peer), (message) => {
          message.isPinned = false
        })
        break
    }
  }

  #idsOf(peer: Requests['messages.readHistory']['peer']): number[] {
    return this.knowledge.of(this.nameOf(peer)).map(({ id }) => id)
  }

  /** The name of a peer as this client writes it. */
  nameOf(peer: Requests['messages.readHistory']['peer']): string {
    switch (peer._) {
      case 'inputPeerUser':
        return nameOf({ _: 'peerUser', userId: peer.userId })
      case 'inputPeerChat':
        return nameOf({ _: 'peerChat', chatId: peer.chatId })
      default:
        return nameOf({ _: 'peerUser', userId: this.userId })
    }
  }
}

function isTl(value: unknown): value is { readonly _: string } {
  return typeof value === 'object' && value !== null && '_' in value && typeof value._ === 'string'
}
