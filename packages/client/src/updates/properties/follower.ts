/** A program that follows a {@link Truth} with the machine: it answers the asks, confirms, saves, and starts again. */
import type { Updates } from '@cablegram/tl/api'
import { UpdatesMachine } from '../machine.ts'
import type { Ask, BoxCursor, ChannelCursor, Cursor, Health, UpdatesInput } from '../words.ts'
import { nameOfUpdate, type Truth } from './truth.ts'

/** An update as the program has heard it. */
export interface Heard {
  readonly name: string
  /** It was told as the answer of an own call. */
  readonly isOwn: boolean
  /** The number of starts before. */
  readonly life: number
  /** The cursor with which this life began. */
  readonly cursor: Cursor | undefined
}

export class Follower {
  readonly heard: Heard[] = []
  /** The names of the updates whose handlers are done. */
  readonly done: Set<string> = new Set()
  readonly health: Health[] = []
  readonly #truth: Truth
  readonly #limits: { readonly maxUnconfirmed?: number; readonly maxHeld?: number }
  #machine: UpdatesMachine
  #life = 0
  #begunWith: Cursor | undefined
  #nowMs = 1_000_000
  #asks: Ask[] = []
  #unconfirmed: { readonly token: number; readonly name: string | undefined }[] = []
  #box: BoxCursor | undefined
  readonly #channels = new Map<bigint, ChannelCursor>()
  /** Confirms at once, or when told to. */
  isSlow = false

  constructor(truth: Truth, limits: { readonly maxUnconfirmed?: number; readonly maxHeld?: number } = {}) {
    this.#truth = truth
    this.#limits = limits
    this.#machine = this.#begin(undefined)
  }

  get unconfirmed(): number {
    return this.#unconfirmed.length
  }

  get cursor(): Cursor | undefined {
    return this.#box && { box: this.#box, channels: new Map(this.#channels) }
  }

  /** The program ends without goodbye, and starts with what was saved. */
  restart(): void {
    this.#life += 1
    this.#asks = []
    this.#unconfirmed = []
    this.#machine = this.#begin(this.cursor)
  }

  push(updates: Updates, isOwn = false): void {
    this.#step({ kind: 'updates', updates, isOwn })
  }

  missed(): void {
    this.#step({ kind: 'missed' })
  }

  wait(ms: number): void {
    const endMs = this.#nowMs + ms
    for (let wakeAtMs = this.#machine.wakeAtMs; wakeAtMs !== undefined; wakeAtMs = this.#machine.wakeAtMs) {
      if (wakeAtMs > endMs) break
      this.#nowMs = Math.max(this.#nowMs, wakeAtMs)
      this.#step({ kind: 'wake' })
    }
    this.#nowMs = endMs
  }

  /** Answers the first ask. */
  answer(): void {
    const ask = this.#asks.shift()
    if (ask === undefined) return
    this.#step(this.#answerTo(ask))
  }

  fail(failure: Extract<UpdatesInput, { kind: 'failed' }>['failure']): void {
    const ask = this.#asks.shift()
    if (ask !== undefined) this.#step({ kind: 'failed', ask, failure })
  }

  /** Confirms one of the updates, not always the first. */
  confirm(index: number): void {
    const [told] = this.#unconfirmed.splice(index % Math.max(this.#unconfirmed.length, 1), 1)
    if (told === undefined) return
    if (told.name !== undefined) this.done.add(told.name)
    this.#step({ kind: 'confirmed', token: told.token })
  }

  /** Lets everything come to its end. */
  settle(): void {
    this.isSlow = false
    for (let round = 0; round < 10_000; round += 1) {
      while (this.#unconfirmed.length > 0) this.confirm(0)
      if (this.#asks.length > 0) this.answer()
      else if (round % 20 === 19) return
      else this.wait(1_000)
    }
    throw new Error('it never comes to an end')
  }

  #begin(cursor: Cursor | undefined): UpdatesMachine {
    this.#machine = new UpdatesMachine({ userId: 7n, knows: () => true, limits: this.#limits })
    this.#begunWith = cursor
    this.#step({ kind: 'begin', cursor })
    return this.#machine
  }

  #answerTo(ask: Ask): UpdatesInput {
    switch (ask.of) {
      case 'state':
        return { kind: 'state', state: this.#truth.state() }
      case 'difference':
        return { kind: 'difference', difference: this.#truth.difference(ask) }
      case 'channel':
        return {
          kind: 'channelDifference',
          channelId: ask.channelId,
          difference: this.#truth.channelDifference(ask),
        }
    }
  }

  #step(input: UpdatesInput): void {
    const told: { readonly token: number; readonly name: string | undefined }[] = []
    for (const output of this.#machine.step(input, this.#nowMs)) {
      if (output.kind === 'ask') this.#asks.push(output.ask)
      if (output.kind === 'health') this.health.push(output.health)
      if (output.kind === 'save') {
        this.#box = output.changes.box ?? this.#box
        for (const [id, channel] of output.changes.channels) {
          if (channel === undefined) this.#channels.delete(id)
          else this.#channels.set(id, channel)
        }
      }
      if (output.kind !== 'tell') continue
      const name = nameOfUpdate(output.event.update)
      const { isOwn } = output.event
      if (name !== undefined) this.heard.push({ name, isOwn, life: this.#life, cursor: this.#begunWith })
      told.push({ token: output.token, name })
    }
    this.#unconfirmed.push(...told)
    while (!this.isSlow && this.#unconfirmed.length > 0) this.confirm(0)
  }
}
