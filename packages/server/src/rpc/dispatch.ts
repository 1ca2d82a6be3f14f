import { createHash } from 'node:crypto'
import { bodyBytes, RpcError } from '@cablegram/mtproto'
import { DecodeError, TlReader, TlWriter } from '@cablegram/tl'
import { type InputFileLocation, LAYER, type MethodName } from '@cablegram/tl/api'
import { botMethods, userMethods } from '@cablegram/tl/callers'
import { decodeRequest, methodNameOfAnyLayer } from '@cablegram/tl/layers'
import type { Logger } from 'pino'
import {
  channelsOf,
  HANDLERS,
  type Handler,
  type HandlerContext,
  isConstantAnswer,
  placesIn,
  REFERENCE_BYTES,
  type RequestOf,
} from '../api/index.ts'
import { StoreError, type StoreErrorCode } from '../database/errors.ts'
import { CDN_DC } from '../gateway/data-centres.ts'
import type { GatewayRequest } from '../gateway/driver.ts'
import { type StartTimer, steadyNowMs } from '../ground/clock.ts'
import type { LangPacks } from '../lang-packs/index.ts'
import { findAccounts } from '../rules/accounts/accounts.ts'
import { isAudited, noteCall } from '../rules/accounts/audit.ts'
import { rememberClient } from '../rules/accounts/decide-keys.ts'
import { endDuplicatedLogin } from '../rules/accounts/decide-own-logins.ts'
import { noteActivity } from '../rules/accounts/keys.ts'
import type { ClientInfo } from '../rules/accounts/words.ts'
import { noteResendTold } from '../rules/codes/resend-code.ts'
import { networkOf, type Rules, refusal, type Settings, storeRefusal } from '../rules/index.ts'
import { AfterMessages } from './after-messages.ts'
import { ANONYMOUS_METHODS, PENDING_METHODS, UNBOUND_METHODS } from './anonymous-methods.ts'
import { type Answer, applyFault, cutDifference, type Delays, type Outcome } from './apply-fault.ts'
import { bindTempAuthKey } from './bind-temp-auth-key.ts'
import { isSameClient, mergeClientInfo } from './client-info.ts'
import type { DuplicateKeys } from './duplicate-keys.ts'
import type { Fault, Faults } from './faults.ts'
import { FileEnding } from './file-ending.ts'
import { findRequestKey, type RequestKey } from './key-port.ts'
import type { LayerCodecs } from './layer-codecs.ts'
import { PackedAnswers } from './packed-answers.ts'
import { phoneIn, phoneOf } from './phone-of.ts'
import type { Presence } from './presence.ts'
import type { Claim, Ticket } from './send-order.ts'
import type { Subscribers } from './subscribers.ts'
import { Turns } from './turns.ts'
import { beginUnwrap, MAX_REQUEST_BYTES, type Unwrapped, type Unwrapping } from './unwrap.ts'
import type { CallEnd, OpenCall, WatchedCalls } from './watched-calls.ts'

/** Options of a dispatcher. */
export interface DispatchOptions {
  readonly rules: Rules
  /** The wall clock. */
  readonly nowMs: () => number
  readonly langPacks: LangPacks
  /** The addresses of all data centres, for the client that asks. */
  readonly dataCentresFor: (request: GatewayRequest) => HandlerContext['dataCentres']
  /** The RSA key of the CDN, in PEM. */
  readonly cdnKey?: string | undefined
  readonly codecs: LayerCodecs
  /** Connections on which signed-in keys are active. */
  readonly subscribers: Subscribers
  readonly duplicateKeys: DuplicateKeys
  readonly faults: Faults
  /** The error code of MSG_WAIT_TIMEOUT. */
  readonly waitTimeoutCode: Settings['waitTimeoutCode']
  readonly delays: Pick<Delays, 'wait'>
  /** Knows who is connected. */
  readonly presence?: Pick<Presence, 'note'> | undefined
  /** Remembers the calls of accounts that tests act as. */
  readonly watchedCalls?: Pick<WatchedCalls, 'begin'> | undefined
  /** For requests that wait for others. Default: the machine's timers. */
  readonly startTimer?: StartTimer | undefined
  /** Measures how long turns of the event loop take. Default: the machine's steady clock. */
  readonly turnClock?: (() => number) | undefined
  /** Called for each answer, with `ok` or the type of its error. */
  readonly onRpc?: ((method: string, result: string) => void) | undefined
  readonly logger: Logger
}

const RPC_ERROR = 0x2144ca19
/** This method has no handler, because it is about the message it came in. */
const BIND = 'auth.bindTempAuthKey'
/** An identical request may also ask for another code. */
const RESEND = 'auth.resendCode'
/** Longest text of a client's that is logged. */
const MAX_LOGGED_TEXT = 64
/** Lines of the log about methods: the schemas have fewer, but a client can make up ids. */
const MAX_TOLD = 1_000
/** The name that metrics have for a method that no schema knows. */
const UNKNOWN = 'unknown'
/** Temporary keys that have sent initConnection before they were bound. */
const MAX_UNBOUND_CLIENTS = 10_000
/** Each request may come out of gzip as a megabyte. */
const REQUESTS_PER_TURN = 32
/** A call of another connection waits for about one turn. */
const TURN_MS = 6

/** Trouble that lasts, and fails one request after the other. */
const TOLD_ONCE: ReadonlySet<StoreErrorCode> = new Set(['STORE_FULL', 'STORE_READ_ONLY', 'STORE_UNREACHABLE'])

/** Calls that wait for others, and must hold nobody up. Their answers tell of no events. */
const WAITING_METHODS: ReadonlySet<string> = new Set([
  'messages.getBotCallbackAnswer',
  'messages.getInlineBotResults',
])

/** The one method of the CDN, which no other data centre has. */
const CDN_METHOD = 'upload.getCdnFile'
/** Methods that bring a part of a file, of which nothing is kept but in the store of files. */
const PART_WRITES: ReadonlySet<string> = new Set(['upload.saveFilePart', 'upload.saveBigFilePart'])
/** Methods that answer with bytes of a file. */
const FILE_READS: ReadonlySet<string> = new Set(['upload.getFile', 'upload.getWebFile', 'upload.getCdnFile'])
/** Their answers. */
const FILE_PARTS: ReadonlySet<string> = new Set(['upload.file', 'upload.webFile', 'upload.cdnFile'])
/** The longest part of a file. */
const MAX_PART_BYTES = 1024 * 1024
/** The longest request for a part of a file, with its wrappers: it stays here until its client has read others. */
const MAX_FILE_READ_BYTES = 8 * 1024

/** Facts about a request, as far as they are known. */
interface About {
  /** Undefined before the call begins, and for calls whose answers have no place in an order. */
  ticket: Ticket | undefined
  /** Of the answer. */
  claim: Claim | undefined
  /** Of a call that was refused: to be called once that was handed over. */
  onSent: (() => void) | undefined
  /** Undefined if it cannot be told, or no schema knows it. */
  method: string | undefined
  /** The client, as this request or an earlier one described it. */
  client: Partial<ClientInfo> | undefined
  /** Undefined unless a test watches the account. */
  watched: OpenCall | undefined
  result: unknown
}

const NOTHING_KNOWN: About = {
  method: undefined,
  client: undefined,
  ticket: undefined,
  claim: undefined,
  onSent: undefined,
  watched: undefined,
  result: undefined,
}

/** A request whose wrappers and key have been read. */
interface Prepared {
  readonly request: GatewayRequest
  readonly unwrapped: Unwrapped
  readonly key: RequestKey
  readonly client: ClientInfo | undefined
  /** Undefined for an id that no schema knows. */
  readonly method: string | undefined
  readonly constructorId: number
  readonly about: About
}

/** Answers requests: takes wrappers off, checks who may call what, runs the handler, and writes its outcome. */
export class Dispatcher {
  readonly #options: DispatchOptions
  readonly #after: AfterMessages
  readonly #unbound = new Map<bigint, ClientInfo>()
  readonly #turns: Turns
  readonly #packed = new PackedAnswers()
  /** Methods of which the log has said that a request could not be read, or that the server does not have them. */
  readonly #told = new Set<string>()

  constructor(options: DispatchOptions) {
    this.#options = options
    this.#after = new AfterMessages(options.waitTimeoutCode, options.startTimer)
    const { turnClock = steadyNowMs } = options
    this.#turns = new Turns({ limit: REQUESTS_PER_TURN, turnMs: TURN_MS, nowMs: turnClock })
  }

  /** Runs a request. The outcome is an answer, which may be an rpc_error, unless a fault withholds it. Never rejects. */
  run(request: GatewayRequest): Promise<Outcome> {
    const turn = this.#turns.next({ network: () => networkOf(request.ip), connection: request.connection })
    const about: About = { ...NOTHING_KNOWN }
    const outcome = inOrder(
      turn === undefined ? this.#decide(request, about) : turn.then(() => this.#decide(request, about)),
      about,
    )
    this.#after.add(request.session, request.msgId, outcome, hasSucceeded)
    return outcome.then(
      (ended) => {
        about.watched?.end(endOf(ended, about))
        return ended
      },
      (error: unknown): Outcome => {
        if (error instanceof ClientGone) {
          about.watched?.end({ kind: 'withheld' })
          about.onSent?.()
          return NOT_RUN
        }
        const refused = this.#refuse(error, request, about)
        about.watched?.end({ kind: 'refused', error: refused })
        return { kind: 'answered', body: encodeError(refused), onSent: about.onSent }
      },
    )
  }

  async #decide(request: GatewayRequest, about: About): Promise<Outcome> {
    const unwrapping = beginUnwrap(request.body)
    const unwrapped = unwrapping.isPacked ? await unpack(unwrapping, request) : unwrapping.end()
    const constructorId = constructorIdOf(unwrapped)
    const method = methodNameOfAnyLayer(constructorId)
    about.method = method
    about.client = { ...unwrapped.client, ...(unwrapped.layer !== undefined && { layer: unwrapped.layer }) }
    // This comes first, because the awaited message may be the very sign-in that allows this one.
    if (unwrapped.afterMsgIds.length > 0) await this.#after.wait(request.session, unwrapped.afterMsgIds)
    const key = await findRequestKey(this.#options.rules, request.session.authKeyId)
    const client = await this.#rememberClient(request, key, unwrapped)
    about.client = client ?? about.client
    about.watched = this.#options.watchedCalls?.begin(userOf(key), method ?? UNKNOWN, unwrapped.body)
    const run = async (): Promise<Answer> => {
      const answer = await this.#answer({ request, unwrapped, key, client, method, constructorId, about })
      this.#note(about, undefined, request)
      return answer
    }
    const fault = this.#options.faults.isEmpty
      ? undefined
      : await this.#takeFault(request, key, { method, body: unwrapped.body })
    const outcome: Outcome =
      fault === undefined
        ? { ...(await run()), kind: 'answered' }
        : await applyFault(fault, {
            run,
            noteRefusal: (error) => void this.#refuse(error, request, about),
            refuseDuplicate: () => this.#refuseDuplicate(key),
            delays: this.#options.delays,
          })
    if (method === RESEND && outcome.kind === 'answered') this.#noteResendTold(key, unwrapped)
    return isFilePart(about.result) && outcome.kind === 'answered' ? { ...outcome, isFile: true } : outcome
  }

  /** Written after the answer has gone out: a server that is killed in between has told nobody. */
  #noteResendTold({ record }: RequestKey, unwrapped: Unwrapped): void {
    if (record === undefined) return
    const caller = { authKeyId: record.authKeyId, digest: () => digestOf(unwrapped) }
    const onTrouble = (error: unknown) => this.#options.logger.warn({ err: error }, 'resend not noted')
    noteResendTold(this.#options.rules, caller).catch(onTrouble)
  }

  /** A method whose answer the client's layer cannot carry must not run. */
  async #canAnswer(method: string, client: ClientInfo | undefined): Promise<boolean> {
    if (client === undefined || !isBuilt(method)) return true
    return (await this.#options.codecs.for(client.layer)).canAnswer(method)
  }

  async #takeFault(
    { connection, session }: GatewayRequest,
    key: RequestKey,
    { method, body }: { readonly method: string | undefined; readonly body: Uint8Array },
  ): Promise<Fault | undefined> {
    const { faults, rules } = this.#options
    const phone = faults.wantsPhone ? await phoneOf(body, key.record, rules) : undefined
    return await faults.take({
      method,
      connectionId: connection,
      phone,
      userId: userOf(key),
      dcId: dcOf(key),
      authKeyId: session.authKeyId,
      body,
    })
  }

  async #answer({
    request,
    unwrapped,
    key,
    client,
    method,
    constructorId,
    about,
  }: Prepared): Promise<Answer> {
    if (method === undefined) throw refusal('INPUT_METHOD_INVALID_X', { x: constructorId })
    // Most clients bind before they say who they are.
    if (client === undefined && method !== BIND) throw refusal('CONNECTION_NOT_INITED')
    if (!(await this.#canAnswer(method, client)))
      throw refusal('INPUT_METHOD_INVALID_X', { x: constructorId })
    const isCdn = isCdnCall(method, request, key)
    await this.#checkAlone(key, request.ip)
    // The CDN knows nobody, and temporary keys need not be bound there: TDLib binds none.
    if (!isCdn) checkMayCall(method, key)
    if (method === BIND) return await this.#bind(unwrapped.body, request)
    if (!isBuilt(method)) throw refusal('METHOD_NOT_IMPLEMENTED')
    // The answer to a watched call is kept whole: whoever watches is told how many bytes of the file it had.
    const ending = new FileEnding(about.watched === undefined)
    const context = await this.#context({ request, unwrapped, key, client, ending })
    const userId = userOf(key)
    if (userId !== undefined) this.#options.presence?.note(request.connection, userId)
    if (key.record !== undefined && !unwrapped.withoutUpdates && !isOfFiles(method)) {
      const { authKeyId } = key.record
      if (userId !== undefined) await this.#options.subscribers.begin(userId)
      const { session, connection } = request
      const { layer } = context.caller
      this.#options.subscribers.note({ authKeyId, session, layer, connection, userId })
      this.#options.subscribers.check(key.record)
    }
    if (userId !== undefined && !WAITING_METHODS.has(method) && !isOfFiles(method)) {
      about.ticket = this.#options.subscribers.beginCall(context.caller.authKeyId, request.session)
    }
    if (FILE_READS.has(method)) await awaitRoom(unwrapped, request)
    const call = this.#call(method, unwrapped.body, context, (result) => {
      about.result = result
      about.claim = claimOf(result, userId)
    }).then((answer) => ending.end(answer))
    return await (isAudited(method) ? this.#noted(call, method, unwrapped.body, context) : call)
  }

  /** Notes the outcome in the audit trail. */
  async #noted(
    call: Promise<Answer>,
    method: string,
    body: Uint8Array,
    { caller }: HandlerContext,
  ): Promise<Answer> {
    const note = (refused: string | undefined): void =>
      noteCall(this.#options.rules, { method, refusal: refused, caller, phone: phoneIn(body) })
    try {
      const answer = await call
      note(undefined)
      return answer
    } catch (error) {
      if (error instanceof RpcError) note(error.message)
      throw error
    }
  }

  /** Refuses a call on a key that two clients use at once, if the server's policy for such keys says so. */
  async #checkAlone(key: RequestKey, ip: string): Promise<void> {
    const { record } = key
    const { duplicateKeys, nowMs, logger } = this.#options
    if (record?.state.at !== 'authorized' || !duplicateKeys.note(record.authKeyId, ip, nowMs())) return
    logger.warn(
      { ip, userId: String(record.state.userId), policy: duplicateKeys.policy },
      'a key is used by two',
    )
    if (duplicateKeys.policy === 'strict') await this.#refuseDuplicate(key)
  }

  async #refuseDuplicate({ record }: RequestKey): Promise<never> {
    if (record?.state.at === 'authorized') {
      await this.#options.rules.store.decide(() => endDuplicatedLogin(record.authKeyId))
    }
    throw refusal('AUTH_KEY_DUPLICATED')
  }

  /** @throws {DecodeError} for arguments that are none of the method's */
  async #call<M extends MethodName>(
    method: M,
    body: Uint8Array,
    context: HandlerContext,
    onResult: (result: unknown) => void,
  ): Promise<Answer> {
    const handler: Handler<M> | undefined = HANDLERS[method]
    if (handler === undefined) throw refusal('METHOD_NOT_IMPLEMENTED')
    // The body's constructor id is that of `method`. The body stays as it is until the call has ended.
    const request = decodeRequest(body, PART_WRITES.has(method)) as RequestOf<M>
    const result = await handler(request, context)
    onResult(result)
    const codec = await this.#options.codecs.for(context.caller.layer)
    const encode = () => codec.encodeResult(method, result)
    return { body: isConstantAnswer(result) ? this.#packed.get(result, codec.layer, encode) : encode() }
  }

  async #bind(body: Uint8Array, request: GatewayRequest): Promise<Answer> {
    const { rules, nowMs } = this.#options
    const { authKeyId } = request.session
    const params = decodeRequest(body)
    if (params._ !== BIND) throw refusal('INPUT_FETCH_ERROR')
    const result = await bindTempAuthKey(params, request, rules, Math.floor(nowMs() / 1000))
    const client = this.#unbound.get(authKeyId)
    this.#unbound.delete(authKeyId)
    if (client !== undefined) await rules.store.decide(() => rememberClient(params.permAuthKeyId, client))
    return { body: (await this.#options.codecs.for(LAYER)).encodeResult(BIND, result) }
  }

  /** The client as it is known after this request; stored if that is new. */
  async #rememberClient(
    request: GatewayRequest,
    { record }: RequestKey,
    said: Unwrapped,
  ): Promise<ClientInfo | undefined> {
    const { authKeyId } = request.session
    const known = record === undefined ? this.#unbound.get(authKeyId) : record.client
    const client = mergeClientInfo(known, said)
    if (client === undefined || isSameClient(known, client)) return client
    if (record === undefined) {
      this.#unbound.set(authKeyId, client)
      const [oldest] = this.#unbound.keys()
      if (oldest !== undefined && this.#unbound.size > MAX_UNBOUND_CLIENTS) this.#unbound.delete(oldest)
    } else {
      await this.#options.rules.store.decide(() => rememberClient(record.authKeyId, client))
    }
    return client
  }

  async #context({
    request,
    unwrapped,
    key: { temp, record },
    client,
    ending,
  }: Pick<Prepared, 'request' | 'unwrapped' | 'key' | 'client'> & {
    readonly ending: FileEnding
  }): Promise<HandlerContext> {
    const { rules, nowMs, dataCentresFor, langPacks, logger } = this.#options
    const { ip, session } = request
    const layer = client?.layer ?? LAYER
    // A full disk, say, is no reason not to answer what only reads.
    const onTrouble = (error: unknown) => logger.warn({ err: error }, 'activity not noted')
    if (record !== undefined) await noteActivity(rules, record, ip).catch(onTrouble)
    const userId = record?.state.at === 'authorized' ? record.state.userId : undefined
    return {
      caller: {
        authKeyId: record?.authKeyId ?? session.authKeyId,
        dcId: dcOf({ record, temp }),
        ip,
        layer,
        channels: channelsOf(layer),
        apiId: client?.apiId ?? 0,
        appVersion: client?.appVersion ?? '',
        state: record?.state ?? { at: 'anonymous' },
        digest: () => digestOf(unwrapped),
      },
      tempAuthKeyId: temp?.key.authKey.id,
      isTest: record?.isTest ?? temp?.isTest ?? false,
      on: rules,
      client,
      langPacks,
      // Anew each time: what a call has written is not older than its answer.
      get nowS() {
        return Math.floor(nowMs() / 1000)
      },
      dataCentres: dataCentresFor(request),
      cdnKey: this.#options.cdnKey,
      lastBytes: (pieces) => ending.take(pieces),
      takeDifferenceFault: async () =>
        userId === undefined ? undefined : cutDifference(await this.#options.faults.takeDifference(userId)),
      async requireUser() {
        const [user] = userId === undefined ? [] : await findAccounts(rules, [userId])
        if (user === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
        return user
      },
    }
  }

  /** Logs the method and its outcome, and nothing of the content: that belongs to others. */
  #note({ method, client }: About, refused: RpcError | undefined, { ip, connection }: GatewayRequest): void {
    this.#options.onRpc?.(method ?? UNKNOWN, refused?.type ?? 'ok')
    const { logger } = this.#options
    // Every request comes through here, and hardly a server logs them.
    if (!logger.isLevelEnabled('debug')) return
    logger.debug({ method, refused: refused?.message, ip, connection, ...loggedClient(client) }, 'answered')
  }

  #refuse(error: unknown, request: GatewayRequest, about: About): RpcError {
    const refused = this.#refusalOf(error, about)
    this.#note(about, refused, request)
    return refused
  }

  /** Says once for each method what the server makes of it: the client may show its person nothing. */
  #tellOnce(method: string, client: Partial<ClientInfo> | undefined, about: string): void {
    const what = `${method}: ${about}`
    if (this.#told.has(what) || this.#told.size >= MAX_TOLD) return
    this.#told.add(what)
    this.#options.logger.warn({ method, ...loggedClient(client) }, about)
  }

  #refusalOf(error: unknown, { method, client }: About): RpcError {
    if (error instanceof RpcError) {
      const { type, argument } = error
      if (type === 'METHOD_NOT_IMPLEMENTED' && method !== undefined) {
        this.#tellOnce(method, client, 'the server does not have this method')
      }
      if (type === 'INPUT_METHOD_INVALID') {
        const id = `0x${(argument ?? 0).toString(16).padStart(8, '0')}`
        this.#tellOnce(method ?? id, client, 'no method of this layer has this id')
      }
      return error
    }
    if (error instanceof DecodeError) {
      if (method !== undefined) this.#tellOnce(method, client, 'a request is not in the form of its layer')
      return refusal('INPUT_FETCH_ERROR')
    }
    // The store, and that of files, say themselves that they cannot be reached, or take no writes.
    const isKnown = error instanceof StoreError && TOLD_ONCE.has(error.code)
    const failed = { err: error, method, ...loggedClient(client) }
    this.#options.logger[isKnown ? 'debug' : 'error'](failed, 'request failed')
    const ofStore =
      error instanceof StoreError && method !== undefined ? storeRefusal(method, error) : undefined
    return ofStore ?? refusal('INTERNAL')
  }
}

/** Has an answer that tells of events leave in their order. */
async function inOrder(decided: Promise<Outcome>, about: About): Promise<Outcome> {
  try {
    const outcome = await decided
    const { ticket, claim } = about
    const allowed = ticket?.settle(claim)
    if (ticket === undefined || allowed === undefined) return outcome
    if (outcome.kind === 'answered') {
      await allowed
      return { ...outcome, onSent: () => ticket.sent() }
    }
    // Nobody gets it, as if it were lost on the way.
    void allowed.then(() => ticket.sent())
    return outcome
  } catch (error) {
    const { ticket } = about
    if (ticket?.settle(undefined) !== undefined) about.onSent = () => ticket.sent()
    throw error
  }
}

function endOf(outcome: Outcome, { result }: About): CallEnd {
  if (outcome.kind === 'withheld') return { kind: 'withheld' }
  return { kind: 'answered', result, bytes: bodyBytes(outcome) }
}

/**
 * Tells whether a call is one of the CDN, which serves parts of files as no other data centre does.
 *
 * @throws {RpcError} CDN_METHOD_INVALID, METHOD_INVALID
 */
function isCdnCall(method: string, { dcId }: GatewayRequest, { record, temp }: RequestKey): boolean {
  const isCdn = dcId === CDN_DC || (record ?? temp)?.dcId === CDN_DC
  if (isCdn === (method === CDN_METHOD)) return isCdn
  throw refusal(isCdn ? 'CDN_METHOD_INVALID' : 'METHOD_INVALID')
}

/** The client of a request has gone: it gets no answer, and the request counts as never received. */
class ClientGone extends Error {}

const NOT_RUN: Outcome = { kind: 'withheld', wasRun: false, hasSucceeded: false, instead: undefined }

/**
 * Clients upload and download in sessions of their own, many at once. These are told of no events, unless they call
 * something else, and what is called in them is no reason to hold back what others are told.
 */
function isOfFiles(method: string): boolean {
  return method.startsWith('upload.')
}

/** Unpacks a request once there is memory for it. */
async function unpack(packed: Unwrapping, { unpacking }: GatewayRequest): Promise<Unwrapped> {
  await unpacking?.begin(MAX_REQUEST_BYTES)
  const unwrapped = packed.end()
  unpacking?.end(unwrapped.longestBytes)
  return unwrapped
}

/**
 * Has a request for a part of a file wait until there is room for the part.
 *
 * @throws ClientGone
 * @throws {RpcError} INPUT_REQUEST_TOO_LONG, FILE_REFERENCE_INVALID
 */
async function awaitRoom(
  { body, longestBytes }: Unwrapped,
  { askRoom }: Pick<GatewayRequest, 'askRoom'>,
): Promise<void> {
  const request = decodeRequest(body)
  if (request._ === 'upload.getFile') checkReferenceLength(request.location)
  if (longestBytes > MAX_FILE_READ_BYTES) throw refusal('INPUT_REQUEST_TOO_LONG')
  if (askRoom === undefined) return
  if (!('limit' in request) || typeof request.limit !== 'number') return
  const bytes = Math.min(Math.max(request.limit, 0), MAX_PART_BYTES)
  if (!(await askRoom(bytes))) throw new ClientGone()
}

function checkReferenceLength(location: InputFileLocation): void {
  if (!('fileReference' in location) || location.fileReference.length <= REFERENCE_BYTES) return
  throw refusal('FILE_REFERENCE_INVALID')
}

function isFilePart(result: unknown): boolean {
  const isObject = typeof result === 'object' && result !== null && '_' in result
  return isObject && FILE_PARTS.has(String(result._))
}

function claimOf(result: unknown, boxId: bigint | undefined): Claim | undefined {
  const places = boxId === undefined ? [] : placesIn(result)
  return boxId === undefined || places.length === 0 ? undefined : { boxId, places }
}

/** The account that is signed in on a key. */
function userOf({ record }: RequestKey): bigint | undefined {
  return record?.state.at === 'authorized' ? record.state.userId : undefined
}

/** The data centre that a key was made for; 0 if the client named none. */
function dcOf({ record, temp }: RequestKey): number {
  return record?.dcId ?? temp?.dcId ?? 0
}

function digestOf({ body }: Unwrapped): Uint8Array {
  return createHash('sha256').update(body).digest()
}

/** Tells one client from another in the log: its app, its device, and the layer that it speaks. */
function loggedClient(client: Partial<ClientInfo> | undefined): Record<string, unknown> {
  const { layer, apiId, appVersion, deviceModel } = client ?? {}
  // A client's description of itself may be as long as its request.
  const app = appVersion?.slice(0, MAX_LOGGED_TEXT)
  const device = deviceModel?.slice(0, MAX_LOGGED_TEXT)
  return { layer, apiId, app, device }
}

function constructorIdOf({ body }: Unwrapped): number {
  return new TlReader(body).uint()
}

function hasSucceeded(outcome: Outcome): boolean {
  return outcome.kind === 'answered' || outcome.hasSucceeded
}

function isBuilt(method: string): method is MethodName {
  return Object.hasOwn(HANDLERS, method)
}

function checkMayCall(method: string, { temp, record }: RequestKey): void {
  if (record === undefined) {
    if (temp === undefined) throw refusal('AUTH_KEY_INVALID')
    if (!UNBOUND_METHODS.has(method)) throw refusal('AUTH_KEY_PERM_EMPTY')
    return
  }
  const { state } = record
  if (state.at === 'authorized') checkCaller(method, state.isBot)
  if (state.at === 'authorized' || ANONYMOUS_METHODS.has(method)) return
  if (state.at === 'passwordPending') {
    if (PENDING_METHODS.has(method)) return
    throw refusal('SESSION_PASSWORD_NEEDED')
  }
  throw refusal(state.at === 'revoked' ? state.reason : 'AUTH_KEY_UNREGISTERED')
}

/** Refuses a bot's call of a method for users, and a user's call of a method for bots. */
function checkCaller(method: string, isBot: boolean): void {
  if (isBot && userMethods.has(method)) throw refusal('BOT_METHOD_INVALID')
  if (!isBot && botMethods.has(method)) throw refusal('USER_BOT_REQUIRED')
}

function encodeError({ code, message }: RpcError): Uint8Array {
  const writer = new TlWriter(64)
  writer.uint(RPC_ERROR)
  writer.int(code)
  writer.string(message)
  return writer.take()
}
