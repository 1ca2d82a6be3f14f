/** A server machine in the process of its one client, without rules: it answers the few calls that follow updates, and pushes. */
import { createServerMachine, type ServerInput, type SessionRef } from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { RSA_KEY, RSA_PUBLIC_PEM } from '@cablegram/mtproto/testing'
import { encode, type Updates } from '@cablegram/tl/api'
import { decodeRequest } from '@cablegram/tl/layers'
import type { ServerInfo } from '../../packages/client/src/index.ts'
import type { Dial, TransportEvents } from '../../packages/client/src/net/transport.ts'
import { secureRandom } from '../../packages/client/src/random.ts'
import { beginUnwrap } from '../../packages/server/src/rpc/unwrap.ts'

const DC = 2
const CONNECTION = 1

/** The one account. */
export const USER_ID = 1n

/** A server for one client. */
export class PushingServer {
  readonly authKey: Uint8Array = new Uint8Array(256).map((_, index) => (index * 7 + 3) & 0xff)
  readonly info: ServerInfo = {
    dcs: [{ id: DC, host: 'memory', port: 1 }],
    publicKeys: [{ pem: RSA_PUBLIC_PEM }],
    apps: [{ apiId: 1, apiHash: '0123456789abcdef0123456789abcdef' }],
  }
  pts = 1
  readonly #machine = createServerMachine({
    random: secureRandom,
    rsaKeys: [RSA_KEY],
    saltSecret: new Uint8Array(32).fill(7),
  })
  readonly #inputs: ServerInput[] = []
  #isStepping = false
  #client: TransportEvents | undefined
  #session: SessionRef | undefined
  #timer: NodeJS.Timeout | undefined

  readonly dial: Dial = async (_address, events) => {
    this.#client = events
    this.#input({ kind: 'opened', connection: CONNECTION, dcId: DC })
    return {
      send: (chunk) => {
        const copy = chunk.slice()
        setImmediate(() => this.#input({ kind: 'bytes', connection: CONNECTION, chunk: copy }))
      },
      close: () => {
        this.#client = undefined
        this.#input({ kind: 'closed', connection: CONNECTION })
        clearTimeout(this.#timer)
      },
    }
  }

  /** Pushes a new message of somebody's. */
  pushMessage(fromId: bigint): void {
    this.pts += 1
    const message = {
      _: 'message' as const,
      id: this.pts,
      peerId: { _: 'peerUser' as const, userId: fromId },
      date: now(),
      message: `text ${this.pts}`,
    }
    const updates: Updates = {
      _: 'updates',
      updates: [{ _: 'updateNewMessage', message, pts: this.pts, ptsCount: 1 }],
      users: [{ _: 'user', id: fromId, accessHash: fromId * 3n, firstName: `person ${fromId}` }],
      chats: [],
      date: now(),
      seq: 0,
    }
    if (this.#session === undefined) throw new Error('no client has called')
    this.#input({ kind: 'push', session: this.#session, body: encode('Updates', updates) })
  }

  #input(input: ServerInput): void {
    this.#inputs.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      for (const output of this.#machine.step(next, Date.now())) {
        if (output.kind === 'send') this.#send(output.chunk.slice())
        else if (output.kind === 'needKey') this.#giveKey(output.authKeyId)
        else if (output.kind === 'request') this.#answer(output.session, output.msgId, output.body.slice())
      }
    }
    this.#isStepping = false
    clearTimeout(this.#timer)
    const { wakeAtMs } = this.#machine
    if (wakeAtMs !== undefined && this.#client !== undefined) {
      this.#timer = setTimeout(() => this.#input({ kind: 'wake' }), Math.max(0, wakeAtMs - Date.now()))
    }
  }

  #send(chunk: Uint8Array): void {
    setImmediate(() => this.#client?.onBytes(chunk))
  }

  #giveKey(authKeyId: bigint): void {
    const createdAtS = now() - 86_400
    const key = { authKey: makeAuthKey(this.authKey), expiresAtS: undefined, firstSalt: 1n, createdAtS }
    this.#input({ kind: 'key', authKeyId, key })
  }

  #answer(session: SessionRef, msgId: bigint, body: Uint8Array): void {
    this.#session = session
    const { _: method } = decodeRequest(beginUnwrap(body).end().body)
    this.#input({ kind: 'answer', session, msgId, body: this.#answerTo(method) })
  }

  #answerTo(method: string): Uint8Array {
    switch (method) {
      case 'updates.getState':
        return encode('updates.State', {
          _: 'updates.state',
          pts: this.pts,
          qts: 1,
          date: now(),
          seq: 0,
          unreadCount: 0,
        })
      case 'updates.getDifference':
        return encode('updates.Difference', { _: 'updates.differenceEmpty', date: now(), seq: 0 })
      case 'help.getNearestDc':
        return encode('NearestDc', { _: 'nearestDc', country: 'NL', thisDc: DC, nearestDc: DC })
      default:
        throw new Error(`nothing answers ${method}`)
    }
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
