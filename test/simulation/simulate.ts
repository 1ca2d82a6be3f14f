import { createHash } from 'node:crypto'
import {
  type ClientInput,
  type ClientKeys,
  type ClientLimits,
  type ClientOutput,
  type ConnectionId,
  createClientMachine,
  type ServerInput,
  type ServerOutput,
} from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { Agenda } from './agenda.ts'
import { Rng } from './rng.ts'
import { encodeCall, INIT_PREFIX, type RanRequest, SERVER_KEYS, ServerNode } from './server-node.ts'

/** What may go wrong, and how much there is to do. */
export interface Scenario {
  readonly seed: number
  readonly calls: number
  /** Of packets, in both directions. */
  readonly lossRate?: number
  readonly duplicateRate?: number
  /** Of connections, for each packet. */
  readonly cutRate?: number
  readonly serverRestarts?: number
  /** How often the client's clock is set to something else, by up to an hour. */
  readonly clockJumps?: number
  readonly pfs?: { readonly expiresInS: number }
  /** Of the first attempts to bind a temporary key. */
  readonly bindErrors?: number
  /** How often the server forgets which temporary keys are bound. */
  readonly unbinds?: number
  /** Without it the client starts with a key that the server knows: making one costs 20 ms of real time. */
  readonly makesKey?: boolean
  readonly limits?: Partial<ClientLimits>
  readonly forMs?: number
}

/** What came of it. */
export interface Outcome {
  /** What each call was answered; more than one is a fault. */
  readonly answers: ReadonlyMap<number, readonly ClientOutput[]>
  readonly ran: readonly RanRequest[]
  readonly failed: Error | undefined
  readonly updates: number
  readonly pushed: number
  /** What a client was told to keep: undefined where a key was void. */
  readonly saved: readonly (bigint | undefined)[]
  readonly tookMs: number
  /** A digest of everything that happened, in order. */
  readonly transcript: string
}

const START_MS = 1_750_000_000_000
const PERMANENT_KEY = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 7 + 3) & 0xff))
const MAX_DELAY_MS = 400
const UPDATE_ID = 0xe317af7e

interface Link {
  readonly connection: ConnectionId
  isUp: boolean
  /** A stream keeps its order. */
  toServerMs: number
  toClientMs: number
  isFresh: boolean
}

/** Our client machine against our server machine on a wire that loses, repeats, delays and breaks. */
export function simulate(scenario: Scenario): Outcome {
  const { lossRate = 0, duplicateRate = 0, cutRate = 0, makesKey = false } = scenario
  const rng = new Rng(scenario.seed)
  const agenda = new Agenda(START_MS)
  const node = new ServerNode(rng.bytes)
  const digest = createHash('sha256')
  const note = (...parts: (string | number)[]) => digest.update(`${agenda.nowMs} ${parts.join(' ')}\n`)
  const skew = { ms: makesKey ? rng.between(-3_600_000, 3_600_000) : 0 }
  if (!makesKey) {
    node.keys.set(PERMANENT_KEY.id, {
      authKey: PERMANENT_KEY,
      expiresAtS: undefined,
      firstSalt: 1n,
      createdAtS: START_MS / 1000 - 86_400,
    })
  }
  const keys: ClientKeys = { authKey: PERMANENT_KEY, timeOffsetMs: 0, salts: [] }
  const client = createClientMachine({
    random: rng.bytes,
    framing: 'intermediate',
    serverKeys: SERVER_KEYS,
    dcId: 2,
    initPrefix: INIT_PREFIX,
    keys: makesKey ? undefined : keys,
    pfs: scenario.pfs,
    limits: { maxExchangeFailures: 1000, ...scenario.limits },
  })
  const answers = new Map<number, ClientOutput[]>()
  let failed: Error | undefined
  let updates = 0
  let pushed = 0
  const saved: (bigint | undefined)[] = []
  let link: Link | undefined
  let lastConnection = 0
  let clientWakeMs: number | undefined
  let serverWakeMs: number | undefined

  function stepClient(input: ClientInput): void {
    for (const output of client.step(input, agenda.nowMs + skew.ms)) onClientOutput(output)
    const wakeAtMs = client.wakeAtMs
    if (wakeAtMs === clientWakeMs) return
    clientWakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    agenda.at(wakeAtMs - skew.ms, () => {
      if (clientWakeMs !== wakeAtMs) return
      clientWakeMs = undefined
      stepClient({ kind: 'wake' })
    })
  }

  function onClientOutput(output: ClientOutput): void {
    switch (output.kind) {
      case 'send':
        if (link?.isUp) carry(link, output.chunk, 'toServerMs', deliverToServer)
        return
      case 'result':
      case 'refused':
        note('answered', output.callId)
        answers.set(output.callId, [...(answers.get(output.callId) ?? []), output])
        return
      case 'update':
        updates += 1
        return
      case 'reconnect':
        note('reconnect', output.reason.code)
        if (link) cut(link)
        return
      case 'save':
        saved.push(output.keys?.authKey.id)
        return
      case 'failed':
        failed = output.error
        return
      default:
        note(output.kind)
    }
  }

  function stepServer(input: ServerInput): void {
    for (const output of node.machine.step(input, agenda.nowMs)) onServerOutput(output)
    const wakeAtMs = node.machine.wakeAtMs
    if (wakeAtMs === serverWakeMs) return
    serverWakeMs = wakeAtMs
    if (wakeAtMs === undefined) return
    agenda.at(wakeAtMs, () => {
      if (serverWakeMs !== wakeAtMs) return
      serverWakeMs = undefined
      stepServer({ kind: 'wake' })
    })
  }

  function onServerOutput(output: ServerOutput): void {
    const { machine } = node
    const later = (ms: number, input: ServerInput) =>
      agenda.at(agenda.nowMs + ms, () => {
        if (node.machine === machine) stepServer(input)
      })
    switch (output.kind) {
      case 'send':
        if (link?.isUp && link.connection === output.connection) {
          carry(link, output.chunk, 'toClientMs', (chunk) => stepClient({ kind: 'bytes', chunk }))
        }
        break
      case 'close':
        note('server closes', output.reason?.code ?? '')
        if (link?.connection === output.connection) cut(link)
        break
      case 'needKey':
        later(rng.between(0, 20), {
          kind: 'key',
          authKeyId: output.authKeyId,
          key: node.keys.get(output.authKeyId),
        })
        break
      case 'keyMade':
        later(rng.between(0, 20), {
          kind: 'keyKept',
          exchange: output.exchange,
          kept: node.keep(output.key),
        })
        break
      case 'request': {
        const body = node.answer(output)
        note('runs', String(output.msgId))
        const { session, msgId } = output
        later(rng.chance(0.05) ? 40_000 : rng.between(0, 500), { kind: 'answer', session, msgId, body })
        if (!rng.chance(0.1)) break
        pushed += 1
        const update = new Uint8Array(4)
        new DataView(update.buffer).setUint32(0, UPDATE_ID, true)
        later(rng.between(0, 2_000), { kind: 'push', session, body: update })
        break
      }
      case 'keyDestroyed':
        node.keys.delete(output.authKeyId)
        break
    }
  }

  /** A packet on its way: the first has the transport's tag before it, and is neither lost nor doubled. */
  function carry(
    on: Link,
    chunk: Uint8Array,
    direction: 'toServerMs' | 'toClientMs',
    deliver: (chunk: Uint8Array) => void,
  ): void {
    const copies = on.isFresh ? 1 : rng.chance(lossRate) ? 0 : rng.chance(duplicateRate) ? 2 : 1
    on.isFresh = false
    for (let copy = 0; copy < copies; copy++) {
      on[direction] = Math.max(on[direction], agenda.nowMs + rng.between(1, MAX_DELAY_MS))
      const at = rng.between(0, chunk.length)
      agenda.at(on[direction], () => {
        note(direction, chunk.length)
        if (on.isUp) deliver(chunk.subarray(0, at))
        if (on.isUp) deliver(chunk.subarray(at))
      })
    }
    if (rng.chance(cutRate)) agenda.at(agenda.nowMs + rng.between(0, MAX_DELAY_MS), () => cut(on))
  }

  function deliverToServer(chunk: Uint8Array): void {
    if (link) stepServer({ kind: 'bytes', connection: link.connection, chunk })
  }

  function cut(on: Link): void {
    if (!on.isUp) return
    on.isUp = false
    note('cut')
    // Not from within a step: the machines are told when their own turn is over.
    agenda.at(agenda.nowMs, () => {
      stepServer({ kind: 'closed', connection: on.connection })
      stepClient({ kind: 'closed' })
      agenda.at(agenda.nowMs + rng.between(10, 2_000), dial)
    })
  }

  function dial(): void {
    if (failed) return
    lastConnection += 1
    link = { connection: lastConnection, isUp: true, toServerMs: 0, toClientMs: 0, isFresh: true }
    stepServer({ kind: 'opened', connection: lastConnection })
    stepClient({ kind: 'opened' })
  }

  const forMs = scenario.forMs ?? 60_000
  for (let callId = 0; callId < scenario.calls; callId++) {
    const answer = rng.chance(0.2) ? 'error' : 'echo'
    const bytes = rng.chance(0.05) ? 100_000 : rng.between(1, 200) * 4
    agenda.at(START_MS + rng.between(0, forMs), () =>
      stepClient({ kind: 'call', callId, body: encodeCall(callId, answer, bytes) }),
    )
  }
  for (let i = 0; i < (scenario.serverRestarts ?? 0); i++) {
    agenda.at(START_MS + rng.between(0, forMs), () => {
      note('server restarts')
      node.restart()
      serverWakeMs = undefined
      if (link) cut(link)
    })
  }
  node.bindErrors = scenario.bindErrors ?? 0
  for (let i = 0; i < (scenario.unbinds ?? 0); i++) {
    agenda.at(START_MS + rng.between(0, forMs), () => node.unbind())
  }
  for (let i = 0; i < (scenario.clockJumps ?? 0); i++) {
    agenda.at(START_MS + rng.between(0, forMs), () => {
      skew.ms += rng.between(-3_600_000, 3_600_000)
      note('clock jumps')
      clientWakeMs = undefined
      stepClient({ kind: 'wake' })
    })
  }
  agenda.at(START_MS, dial)
  const isDone = () =>
    failed !== undefined || (answers.size === scenario.calls && agenda.nowMs >= START_MS + forMs)
  agenda.run(START_MS + forMs + 3_600_000, isDone)
  return {
    answers,
    ran: node.ran,
    failed,
    updates,
    pushed,
    saved,
    tookMs: agenda.nowMs - START_MS,
    transcript: digest.digest('hex'),
  }
}
