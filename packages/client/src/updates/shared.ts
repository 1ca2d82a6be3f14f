import type { Chat, Update, User } from '@cablegram/tl/api'
import type { Ledger } from './ledger.ts'
import type { UpdatesLimits } from './limits.ts'
import type { Sequence } from './sequence.ts'
import type { Ask, Health, LossReason, Space, UpdateEvent, UpdatesOutput } from './words.ts'

/** Peers that an update or a difference describes. */
export interface Peers {
  readonly users: readonly User[]
  readonly chats: readonly Chat[]
}

/** Parts that the counters of a machine share. */
export class Shared {
  readonly limits: UpdatesLimits
  readonly ledger: Ledger
  /** The date of the last difference: changes without a number are asked for since then. */
  dateS = 0
  /** Counters whose saved state may have moved. */
  readonly changed: Set<Space> = new Set()
  out: UpdatesOutput[] = []

  constructor(limits: UpdatesLimits, ledger: Ledger) {
    this.limits = limits
    this.ledger = ledger
  }

  /** So many updates wait for their handlers that no more are taken, until half of them are confirmed. */
  isFull = false

  /** @param before the number up to which everything is known without the update */
  tell(event: UpdateEvent, space: Space, before: number): void {
    const token = this.ledger.tell(space, before, this.dateS)
    this.out.push({ kind: 'tell', token, event })
    if (this.isFull || this.ledger.size < this.limits.maxUnconfirmed) return
    this.isFull = true
    this.say({ kind: 'full', unconfirmed: this.ledger.size })
  }

  confirm(token: number): void {
    const space = this.ledger.confirm(token)
    if (space === undefined) return
    this.changed.add(space)
    // The date may move with any of them.
    this.changed.add('box')
    if (this.ledger.size <= this.limits.maxUnconfirmed / 2) this.isFull = false
  }

  /** Tells what a difference has; the answers of own calls among it stay own. */
  tellAll(
    updates: readonly Update[],
    { users, chats }: Peers,
    space: Space,
    sequence: Sequence,
    before: number,
  ): void {
    for (const update of updates) {
      this.tell(sequence.owned({ update, users, chats, isOwn: false }), space, before)
    }
  }

  ask(ask: Ask): void {
    this.out.push({ kind: 'ask', ask })
  }

  say(health: Health): void {
    this.out.push({ kind: 'health', health })
  }

  lose(reason: LossReason, channelId?: bigint): void {
    this.say({ kind: 'lost', reason, channelId })
  }
}
