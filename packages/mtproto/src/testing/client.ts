import type { ClientInput, ClientOutput, SizedMachine } from '../machine.ts'
import type { Agenda } from './agenda.ts'
import { type Asked, decodeNumber, encodeCall, type SimulatedCall } from './calls.ts'

/** A call and its answers; cancelled ones may have no answer. */
export interface CallRecord extends SimulatedCall {
  readonly answers: ClientOutput[]
  isCancelled: boolean
}

/** Callbacks of a simulated client. */
export interface ClientHost {
  onSend(chunk: Uint8Array): void
  onReconnect(): void
  onInput(nowMs: number, input: ClientInput): void
  note(...parts: (string | number)[]): void
}

/** A client machine with what an application does about it, and a clock of its own. */
export class SimulatedClient {
  readonly index: number
  readonly calls: Map<number, CallRecord> = new Map()
  /** The number of times that each update came. */
  readonly updates: Map<number, number> = new Map()
  /** All updates below this number are known by a refetch. */
  refetchedUpTo = 0
  failed: Error | undefined
  /** Ids of the keys that it was told to keep; undefined for a void key. */
  readonly saved: (bigint | undefined)[] = []
  readonly machine: SizedMachine<ClientInput, ClientOutput>
  readonly #agenda: Agenda
  readonly #host: ClientHost
  /** Its clock minus the true one. */
  #skewMs: number
  #wakeMs: number | undefined
  #lastCallId = 0

  constructor(
    index: number,
    machine: SizedMachine<ClientInput, ClientOutput>,
    agenda: Agenda,
    skewMs: number,
    host: ClientHost,
  ) {
    this.index = index
    this.machine = machine
    this.#agenda = agenda
    this.#skewMs = skewMs
    this.#host = host
  }

  call(asked: Asked, answerBytes: number): number {
    const callId = ++this.#lastCallId
    const call = { client: this.index, callId, asked, answerBytes }
    this.calls.set(callId, { ...call, answers: [], isCancelled: false })
    this.step({ kind: 'call', callId, body: encodeCall(call) })
    return callId
  }

  cancel(callId: number): void {
    const call = this.calls.get(callId)
    if (!call || call.answers.length > 0) return
    call.isCancelled = true
    this.step({ kind: 'cancel', callId })
  }

  /** Somebody sets its clock. */
  jump(byMs: number): void {
    this.#skewMs += byMs
    this.#wakeMs = undefined
    this.step({ kind: 'wake' })
  }

  /** Tells whether every call has ended and the client knows of all `updates`. */
  isDone(updates: number): boolean {
    for (const { answers, isCancelled } of this.calls.values()) {
      if (answers.length === 0 && !isCancelled) return false
    }
    for (let number = this.refetchedUpTo; number < updates; number++) {
      if (!this.updates.has(number)) return false
    }
    return true
  }

  step(input: ClientInput): void {
    const nowMs = this.#agenda.nowMs + this.#skewMs
    this.#host.onInput(nowMs, input)
    for (const output of this.machine.step(input, nowMs)) this.#do(output)
    this.#setTimer()
  }

  #setTimer(): void {
    const { wakeAtMs } = this.machine
    if (wakeAtMs === this.#wakeMs) return
    this.#wakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    this.#agenda.at(wakeAtMs - this.#skewMs, () => {
      if (this.#wakeMs !== wakeAtMs) return
      this.#wakeMs = undefined
      this.step({ kind: 'wake' })
    })
  }

  #do(output: ClientOutput): void {
    switch (output.kind) {
      case 'send':
        this.#host.onSend(output.chunk)
        return
      case 'result':
      case 'refused':
        this.#onAnswer(output.callId, output)
        return
      case 'update': {
        const number = decodeNumber(output.body)
        this.#host.note(this.index, 'update', number)
        this.updates.set(number, (this.updates.get(number) ?? 0) + 1)
        return
      }
      case 'newSession':
        this.#host.note(this.index, 'new session')
        // Not from within a step.
        this.#agenda.at(this.#agenda.nowMs, () => this.call('refetch', 0))
        return
      case 'reconnect':
        this.#host.note(this.index, 'reconnect', output.reason.code)
        this.#host.onReconnect()
        return
      case 'save':
        this.saved.push(output.keys?.authKey.id)
        return
      case 'failed':
        this.failed = output.error
        return
      default:
        this.#host.note(this.index, output.kind)
    }
  }

  #onAnswer(callId: number, output: Extract<ClientOutput, { kind: 'result' | 'refused' }>): void {
    this.#host.note(this.index, 'answered', callId)
    const call = this.calls.get(callId)
    // The body is good until the next step only.
    const kept = output.kind === 'result' ? { ...output, body: output.body.slice() } : output
    call?.answers.push(kept)
    if (call?.asked !== 'refetch' || output.kind !== 'result') return
    this.refetchedUpTo = Math.max(this.refetchedUpTo, decodeNumber(output.body))
  }
}
