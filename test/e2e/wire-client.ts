/** A client with nothing around its machine, so that tests see answers and updates in the order in which they come. */
import { randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { type ClientInput, type ClientOutput, createClientMachine, type Machine } from '@cablegram/mtproto'
import {
  decode,
  decodeResult,
  encodeRequest,
  LAYER,
  type MethodName,
  type Requests,
  type Results,
  type Updates,
} from '@cablegram/tl/api'
import { parseRsaPublicKey } from '../../packages/mtproto/src/crypto/index.ts'
import { type Sent, TEST_CODE } from './logins.ts'
import type { ReadyLine } from './serve.ts'

/** Something that has come from the server, in its order. */
export type Heard =
  | { readonly kind: 'updates'; readonly updates: Updates }
  | { readonly kind: 'answer'; readonly method: MethodName; readonly answer: unknown }

interface Waiting {
  readonly method: MethodName
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** A client on one connection. */
export class WireClient {
  /** Everything that has come, in its order. */
  readonly heard: Heard[] = []
  readonly #machine: Machine<ClientInput, ClientOutput>
  readonly #server: Pick<ReadyLine, 'apps'>
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  #callId = 0
  #wake = (): void => undefined

  private constructor(server: ReadyLine, socket: Socket) {
    const [app] = server.apps
    this.#server = server
    this.#socket = socket
    const query = encodeRequest({ _: 'help.getNearestDc' })
    const wrapped = encodeRequest({
      _: 'invokeWithLayer',
      layer: LAYER,
      query: encodeRequest({
        _: 'initConnection',
        apiId: app?.apiId ?? 0,
        deviceModel: 'wire',
        systemVersion: '1',
        appVersion: '1',
        systemLangCode: 'en',
        langPack: '',
        langCode: 'en',
        query,
      }),
    })
    this.#machine = createClientMachine({
      random: (length) => randomFillSync(new Uint8Array(length)),
      framing: 'abridged',
      serverKeys: server.publicKeys.map(({ pem }) => parseRsaPublicKey(pem)),
      dcId: 2,
      initPrefix: wrapped.slice(0, -query.length),
    })
    socket.on('data', (chunk) => this.#step({ kind: 'bytes', chunk }))
  }

  /** Connects. */
  static async open(server: ReadyLine): Promise<WireClient> {
    const [dc] = server.dcs
    const socket = createConnection({ host: dc?.host ?? '', port: dc?.port ?? 0, noDelay: true })
    const client = new WireClient(server, socket)
    await once(socket, 'connect')
    client.#step({ kind: 'opened' })
    return client
  }

  /** Signs in to the account of this number, or up. @returns the id of the account */
  async logIn(phoneNumber: string, firstName: string, code: string = TEST_CODE): Promise<bigint> {
    const [app] = this.#server.apps
    const { apiId = 0, apiHash = '' } = app ?? {}
    const settings = { _: 'codeSettings' } as const
    const sent = await this.call({ _: 'auth.sendCode', phoneNumber, apiId, apiHash, settings })
    if (sent._ !== 'auth.sentCode') throw new Error(`no code was sent: ${sent._}`)
    const typed: Sent = { phoneNumber, phoneCodeHash: sent.phoneCodeHash }
    let authorization = await this.call({ _: 'auth.signIn', ...typed, phoneCode: code })
    if (authorization._ === 'auth.authorizationSignUpRequired') {
      authorization = await this.call({ _: 'auth.signUp', ...typed, firstName, lastName: '' })
    }
    if (authorization._ !== 'auth.authorization') throw new Error('not signed in')
    return authorization.user.id
  }

  /** Calls a method. */
  call<M extends MethodName>(request: Requests[M] & { readonly _: M }): Promise<Results[M]> {
    this.#callId += 1
    const callId = this.#callId
    const answered = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(callId, { method: request._, resolve, reject }),
    )
    this.#step({ kind: 'call', callId, body: encodeRequest(request) })
    return answered as Promise<Results[M]>
  }

  /** Waits until what has come satisfies a test. */
  async until(isDone: (heard: readonly Heard[]) => boolean): Promise<void> {
    while (!isDone(this.heard)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #step(input: ClientInput): void {
    for (const output of this.#machine.step(input, Date.now())) this.#do(output)
    this.#wake()
  }

  #do(output: ClientOutput): void {
    switch (output.kind) {
      case 'send':
        this.#socket.write(output.chunk)
        break
      case 'update':
        this.heard.push({ kind: 'updates', updates: decode('Updates', output.body) })
        break
      case 'result':
        this.#onResult(output.callId, output.body)
        break
      case 'refused':
        this.#waiting.get(output.callId)?.reject(output.error)
        break
    }
  }

  #onResult(callId: number, body: Uint8Array): void {
    const waiting = this.#waiting.get(callId)
    if (waiting === undefined) return
    this.#waiting.delete(callId)
    const answer = decodeResult(waiting.method, body.slice())
    this.heard.push({ kind: 'answer', method: waiting.method, answer })
    waiting.resolve(answer)
  }
}
