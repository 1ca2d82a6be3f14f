import type { SessionRef } from '@cablegram/mtproto'
import type { Delays } from './apply-fault.ts'
import type { Faults } from './faults.ts'

/** The longest time that an update waits for the next one. */
const REORDER_MS = 1_000

/** Parts of a gate. */
export interface PushGateParts {
  readonly faults: Pick<Faults, 'hasPushFaults' | 'takePush'>
  readonly delays: Pick<Delays, 'wait'>
}

/** An update that waits for the next one of its session. */
interface Held {
  readonly release: () => void
}

/** The last door that updates go through: faults lose them here, double them, or have them come late. */
export class PushGate {
  readonly #parts: PushGateParts
  readonly #held = new Map<string, Held[]>()

  constructor(parts: PushGateParts) {
    this.#parts = parts
  }

  /** Sends an update, or what a fault makes of it. A promise: what comes after it waits until that is known. */
  push(userId: bigint | undefined, session: SessionRef, send: () => void): Promise<void> | undefined {
    if (this.#parts.faults.hasPushFaults) return this.#pushFaulty(userId, session, send)
    this.#send(session, send)
    return undefined
  }

  async #pushFaulty(userId: bigint | undefined, session: SessionRef, send: () => void): Promise<void> {
    const fault = await this.#parts.faults.takePush(userId)
    switch (fault?.push) {
      case undefined:
        return this.#send(session, send)
      case 'drop':
        return undefined
      case 'double':
        send()
        return this.#send(session, send)
      case 'delay':
        void this.#parts.delays.wait(fault.delayMs ?? 0).then(send)
        return undefined
      case 'reorder':
        return this.#hold(session, send, fault.delayMs ?? REORDER_MS)
    }
  }

  #send(session: SessionRef, send: () => void): void {
    send()
    for (const { release } of this.#held.get(nameOf(session)) ?? []) release()
  }

  #hold(session: SessionRef, send: () => void, forMs: number): void {
    const name = nameOf(session)
    const held: Held = {
      release: () => {
        const others = (this.#held.get(name) ?? []).filter((each) => each !== held)
        const isHeld = others.length < (this.#held.get(name) ?? []).length
        if (others.length === 0) this.#held.delete(name)
        else this.#held.set(name, others)
        if (isHeld) send()
      },
    }
    this.#held.set(name, [...(this.#held.get(name) ?? []), held])
    void this.#parts.delays.wait(forMs).then(held.release)
  }
}

function nameOf({ authKeyId, sessionId }: SessionRef): string {
  return `${authKeyId} ${sessionId}`
}
