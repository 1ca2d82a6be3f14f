import { botPush } from '../api/index.ts'
import { botEventsAfter } from '../rules/messages/decide-bot-log.ts'
import type { TellerParts } from './box-teller.ts'
import { signedInKeys } from './box-teller.ts'
import { type Outlet, pushWritten, writeUpdates } from './push-writer.ts'

const EVENTS_AT_ONCE = 100

/** Tells the sessions of bots on this node of the events that only bots are told of, in the order of their qts. */
export class BotTeller {
  readonly #parts: TellerParts
  /** The last qts that the sessions of a bot were told. Only of bots with keys here. */
  readonly #told = new Map<bigint, number>()

  constructor(parts: TellerParts) {
    this.#parts = parts
  }

  /** Tells whether a bot's log goes further than was told. */
  isBehind(botId: bigint, qts: number): boolean {
    return (this.#told.get(botId) ?? qts) < qts
  }

  /** Notes how far a bot's log goes: what comes later is told. */
  begin(botId: bigint, qts: number): void {
    if (!this.#told.has(botId)) this.#told.set(botId, qts)
  }

  forget(botId: bigint): void {
    this.#told.delete(botId)
  }

  forgetAll(): void {
    this.#told.clear()
  }

  /**
   * Tells of events up to this qts. Calls about one bot come one after the other.
   *
   * @throws what kept a layer from carrying them; the sessions of other layers were told
   */
  async tell(botId: bigint, upTo: number, outlet: Outlet, isOver: () => boolean): Promise<void> {
    const failures: unknown[] = []
    for (let told = this.#told.get(botId) ?? upTo - 1; told < upTo && !isOver(); ) {
      const from = told
      const { store } = this.#parts.on
      const { events, upToQts } = await store.look(() => botEventsAfter(botId, from, EVENTS_AT_ONCE))
      if (events.length > 0) failures.push(await this.#push(botId, events, outlet))
      if (upToQts <= told) break
      told = upToQts
      if (this.#parts.sessions.hasUser(botId)) this.#told.set(botId, told)
    }
    const [failure] = failures.filter((each) => each !== undefined)
    if (failure !== undefined) throw failure
  }

  async #push(botId: bigint, events: Parameters<typeof botPush>[0], outlet: Outlet): Promise<unknown> {
    const { on, sessions, codecs, order, gate } = this.#parts
    const keys = await signedInKeys(on, botId, sessions.keysHere(botId))
    if (keys.length === 0) return undefined
    const updates = await botPush(events, { on, viewerId: botId, nowS: outlet.nowS() })
    const all = keys.flatMap((authKeyId) => sessions.of(authKeyId))
    const written = await writeUpdates(codecs, updates, all)
    for (const authKeyId of keys) {
      const subscribers = sessions.of(authKeyId)
      order.push(authKeyId, (except) =>
        pushWritten({ written, subscribers, userId: botId, except }, gate, outlet),
      )
    }
    return written.failure
  }
}
