import { type MsgId, RpcError } from '@cablegram/mtproto'
import { unpack } from '@cablegram/mtproto/crypto'
import { MtprotoError, TlReader } from '@cablegram/tl'
import { read } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'

/** Larger requests are answered INPUT_REQUEST_TOO_LONG; so are gzipped ones that unpack to more. */
export const MAX_REQUEST_BYTES: number = 1024 * 1024
const MAX_WRAPPERS = 16
const MAX_AWAITED = 1024
/** `gzip_packed packed_data:bytes` */
const GZIP_PACKED = 0x3072cfa1

/** A client as initConnection describes it. */
export interface InitConnection {
  readonly apiId: number
  readonly deviceModel: string
  readonly systemVersion: string
  readonly appVersion: string
  readonly systemLangCode: string
  readonly langPack: string
  readonly langCode: string
}

/** A request without its wrappers, and what they said. */
export interface Unwrapped {
  /** The serialized method. */
  readonly body: Uint8Array
  readonly layer: number | undefined
  readonly client: InitConnection | undefined
  /** Messages of the session that must have succeeded before. */
  readonly afterMsgIds: readonly MsgId[]
  readonly withoutUpdates: boolean
  /** The length of the request, or of what was packed in it if that is more. */
  readonly longestBytes: number
}

/** A request whose wrappers are off as far as the first that is gzip. */
export interface Unwrapping {
  /** It goes on with gzip, of which {@link MAX_REQUEST_BYTES} may come out. */
  readonly isPacked: boolean
  /**
   * Takes off the rest.
   * @throws {RpcError} what to answer to a request that cannot be taken apart
   */
  end(): Unwrapped
}

/**
 * Takes the wrappers off a request, in whatever order they stand: clients are seen to send
 * invokeWithLayer(initConnection(invokeAfterMsg(gzip(query)))) as well as
 * invokeAfterMsg(gzip(invokeWithLayer(initConnection(query)))).
 *
 * @returns the request as far as gzip: what comes out of it takes memory
 * @throws {RpcError} what to answer to a request that cannot be taken apart
 */
export function beginUnwrap(body: Uint8Array): Unwrapping {
  const state: State = {
    body,
    depth: 0,
    layer: undefined,
    client: undefined,
    afterMsgIds: [],
    withoutUpdates: false,
    longestBytes: 0,
  }
  const isPacked = refusing(() => unwrapUntil(state, GZIP_PACKED)) === GZIP_PACKED
  const end = (): Unwrapped => {
    if (isPacked) refusing(() => unwrapUntil(state, undefined))
    return state
  }
  return { isPacked, end }
}

function refusing<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof RpcError || !(error instanceof MtprotoError)) throw error
    throw refusal(error.code === 'GZIP_TOO_LARGE' ? 'INPUT_REQUEST_TOO_LONG' : 'INPUT_FETCH_ERROR')
  }
}

interface State {
  body: Uint8Array
  /** Wrappers that are off. */
  depth: number
  layer: number | undefined
  client: InitConnection | undefined
  afterMsgIds: MsgId[]
  withoutUpdates: boolean
  longestBytes: number
}

/** Reads one wrapper behind its id; what is left after it is the query, or it returns the query. */
type Wrapper = (state: State, reader: TlReader) => Uint8Array | undefined

/** Takes wrappers off until one of that id is next, or none. @returns its id; undefined if none is next */
function unwrapUntil(state: State, id: number | undefined): number | undefined {
  for (;;) {
    if (state.body.length > MAX_REQUEST_BYTES) throw refusal('INPUT_REQUEST_TOO_LONG')
    state.longestBytes = Math.max(state.longestBytes, state.body.length)
    const reader = new TlReader(state.body)
    const next = reader.peekId() ?? 0
    const wrapper = WRAPPERS.get(next)
    if (wrapper === undefined) return undefined
    if (next === id) return next
    if (state.depth === MAX_WRAPPERS) throw refusal('INPUT_FETCH_ERROR')
    reader.id()
    state.body = wrapper(state, reader) ?? reader.rest()
    state.depth += 1
  }
}

/** The function for each wrapper, which takes the fields before the query. */
const WRAPPER_METHODS: readonly (readonly [name: string, id: number, wrapper: Wrapper])[] = [
  ['invokeWithLayer', 0xda9b0d0d, onLayer],
  ['initConnection', 0xc1cd5ea9, onInitConnection],
  ['invokeAfterMsg', 0xcb9f372d, (state, reader) => awaitMessages(state, [reader.long()])],
  ['invokeAfterMsgs', 0x3dc4b4f0, (state, reader) => awaitMessages(state, reader.vector(readLong, 8))],
  ['invokeWithoutUpdates', 0xbf9459b7, onWithoutUpdates],
  ['invokeWithMessagesRange', 0x365275f2, (_state, reader) => skip(() => read('MessageRange', reader))],
  ['invokeWithTakeout', 0xaca9fd2e, (_state, reader) => skip(() => reader.long())],
  ['invokeWithBusinessConnection', 0xdd289f8e, (_state, reader) => skip(() => reader.view())],
  ['invokeWithGooglePlayIntegrity', 0x1df92984, skipTwoStrings],
  ['invokeWithApnsSecret', 0x0dae54f8, skipTwoStrings],
  ['invokeWithReCaptcha', 0xadbb0f94, (_state, reader) => skip(() => reader.view())],
]

/** The methods that are taken off, by name, with their ids. */
export const WRAPPER_IDS: ReadonlyMap<string, number> = new Map(
  WRAPPER_METHODS.map(([name, id]) => [name, id]),
)

const WRAPPERS: ReadonlyMap<number, Wrapper> = new Map<number, Wrapper>([
  ...WRAPPER_METHODS.map(([, id, wrapper]) => [id, wrapper] as const),
  // Older clients use this id of initConnection for the same fields.
  [0x785188b8, onInitConnection],
  [GZIP_PACKED, (_state, reader) => unpack(reader.view(), MAX_REQUEST_BYTES)],
])

/** `invokeWithLayer layer:int query:!X` */
function onLayer(state: State, reader: TlReader): undefined {
  state.layer = reader.int()
}

/** `invokeWithoutUpdates query:!X` */
function onWithoutUpdates(state: State): undefined {
  state.withoutUpdates = true
}

/** For what a wrapper says that changes nothing here: a range, a takeout, a connection, proof of being an official app. */
function skip(readPast: () => unknown): undefined {
  readPast()
}

/** `nonce:string token:string query:!X`, or a secret instead of the token */
function skipTwoStrings(_state: State, reader: TlReader): undefined {
  reader.view()
  reader.view()
}

function readLong(reader: TlReader): bigint {
  return reader.long()
}

/** `invokeAfterMsg msg_id:long query:!X`, `invokeAfterMsgs msg_ids:Vector<long> query:!X` */
function awaitMessages(state: State, msgIds: readonly MsgId[]): undefined {
  if (state.afterMsgIds.length + msgIds.length > MAX_AWAITED) throw refusal('INPUT_FETCH_ERROR')
  state.afterMsgIds.push(...msgIds)
}

/**
 * `flags:# api_id:int device_model system_version app_version system_lang_code lang_pack lang_code:string
 * proxy:flags.0?InputClientProxy params:flags.1?JSONValue query:!X`
 */
function onInitConnection(state: State, reader: TlReader): undefined {
  const flags = reader.uint()
  state.client = {
    apiId: reader.int(),
    deviceModel: reader.string(),
    systemVersion: reader.string(),
    appVersion: reader.string(),
    systemLangCode: reader.string(),
    langPack: reader.string(),
    langCode: reader.string(),
  }
  if (flags & 1) read('InputClientProxy', reader)
  if (flags & 2) read('JSONValue', reader)
}
