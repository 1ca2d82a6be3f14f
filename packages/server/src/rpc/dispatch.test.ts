// Long form: every layer, where the short one has a layer of each kind.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { SessionRef } from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { TlReader, TlWriter } from '@cablegram/tl'
import {
  decodeResult,
  encodeRequest,
  LAYER,
  type MethodName,
  type Requests,
  type Results,
} from '@cablegram/tl/api'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import fc from 'fast-check'
import { type Logger, pino } from 'pino'
import { isLong } from '../../../../test/effort.ts'
import { HANDLERS } from '../api/index.ts'
import { createBus } from '../bus/bus.ts'
import { createInbox } from '../courier/index.ts'
import { StoreError } from '../database/errors.ts'
import { openStore } from '../database/index.ts'
import type { Store } from '../database/store.ts'
import { createMemoryFiles } from '../files/memory.ts'
import type { GatewayRequest } from '../gateway/driver.ts'
import { createClock } from '../ground/clock.ts'
import { NO_LANG_PACKS } from '../lang-packs/index.ts'
import { firstApp } from '../rules/accounts/apps.ts'
import { authorize } from '../rules/accounts/decide-authorizations.ts'
import { findKey, keepMadeKey } from '../rules/accounts/keys.ts'
import { PICTURE_HASH } from '../rules/chats/picture-part.ts'
import { reactionPictures } from '../rules/chats/reaction-pictures.ts'
import { createRules, createSettings } from '../rules/index.ts'
import { createAccount } from '../rules/passwords/new-accounts.ts'
import { Delays } from './apply-fault.ts'
import { Dispatcher } from './dispatch.ts'
import { DuplicateKeys } from './duplicate-keys.ts'
import { Faults } from './faults.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { Subscribers } from './subscribers.ts'

const vector = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/bind-temp-auth-key.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const long = (hex: string) => Buffer.from(hex, 'hex').readBigInt64LE()

const NOW_MS = 1_700_000_000_000
const PHONE = '+9996621234'
const BAD_METHOD = 0x0badf00d

/** A dispatcher over an empty store, and one permanent key that calls it. */
async function setUp(
  change: (store: Store) => Store = (store) => store,
  logger: Logger = pino({ level: 'silent' }),
) {
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const clock = createClock(() => NOW_MS)
  const bus = createBus()
  const store = change(openStore({ random, onNudges: (nudges) => bus.publish(nudges), checkDecisions: true }))
  const inbox = createInbox({ store, bus, clock })
  const files = createMemoryFiles({ random, nowMs: () => clock.nowMs() })
  const rules = createRules({
    store,
    files,
    clock,
    random,
    bus,
    courier: inbox.courier,
    settings: createSettings('box'),
  })
  const authKey = makeAuthKey(bytes(vector.perm_auth_key))
  await keepMadeKey(rules, { authKey, firstSalt: 1n, createdAtS: NOW_MS / 1000, dcId: 4, isTest: false })
  const codecs = new LayerCodecs()
  const faults = new Faults()
  const subscribers = new Subscribers(rules, codecs)
  /** Sessions that are to be told of events. */
  const toBeTold: bigint[] = []
  const note = subscribers.note.bind(subscribers)
  subscribers.note = (use) => {
    toBeTold.push(use.session.sessionId)
    note(use)
  }
  const dispatcher = new Dispatcher({
    duplicateKeys: new DuplicateKeys({ duplicateKeys: 'off', duplicateWithinS: 30 }),
    rules,
    nowMs: () => NOW_MS,
    dataCentresFor: () => [2, 4].map((id) => ({ id, ip: '192.0.2.1', port: 443 })),
    langPacks: NO_LANG_PACKS,
    codecs,
    subscribers,
    faults,
    delays: new Delays(),
    waitTimeoutCode: 400,
    logger,
  })
  let lastMsgId = 0n
  /** One object for each session, as in the machine. */
  const sessions = new Map<string, SessionRef>()
  interface Under extends Pick<GatewayRequest, 'askRoom' | 'unpacking'> {
    authKeyId?: bigint
    sessionId?: bigint
    msgId?: bigint
  }
  const run = (body: Uint8Array, under: Under = {}) => {
    lastMsgId += 4n
    const { authKeyId = authKey.id, sessionId = 1n, msgId = lastMsgId, askRoom, unpacking } = under
    const session = sessions.get(`${authKeyId}:${sessionId}`) ?? { authKeyId, sessionId }
    sessions.set(`${authKeyId}:${sessionId}`, session)
    const from = { connection: 1, ip: '203.0.113.7', localIp: '127.0.0.1' }
    return dispatcher.run({ ...from, session, msgId, body, askRoom, unpacking })
  }
  const send = async (...given: Parameters<typeof run>): Promise<Uint8Array> => {
    const outcome = await run(...given)
    assert.ok(outcome.kind === 'answered')
    return outcome.body
  }
  const app = await firstApp(rules)
  return { rules, inbox, app, authKey, clock, faults, subscribers, run, send, toBeTold }
}

/** The same, with the lines that the server's log has. */
async function setUpLogged() {
  const lines: { msg: string; method: string; layer: number }[] = []
  const write = (line: string) => {
    const { msg, method, layer } = JSON.parse(line)
    lines.push({ msg, method, layer })
  }
  return { ...(await setUp(undefined, pino({ level: 'warn' }, { write }))), lines }
}

/** Constructor ids by method name in the newest layer. */
const METHOD_IDS = new Map(
  Array.from(
    readFileSync(new URL(`../../../tl/sources/layers/${LAYER}.tl`, import.meta.url), 'utf8').matchAll(
      /^([\w.]+)#([0-9a-f]+) /gm,
    ),
    ([, name, id]) => [name, Number.parseInt(id ?? '', 16)] as const,
  ),
)

function errorOf(answer: Uint8Array): { code: number; text: string } {
  const reader = new TlReader(answer)
  reader.expect(0x2144ca19)
  return { code: reader.int(), text: reader.string() }
}

async function refusal(answer: Promise<Uint8Array>): Promise<string> {
  const { code, text } = errorOf(await answer)
  return `${code} ${text}`
}

async function result<M extends MethodName>(method: M, answer: Promise<Uint8Array>): Promise<Results[M]> {
  const body = await answer
  const isError = new TlReader(body).peekId() === 0x2144ca19
  assert.equal(isError, false, isError ? JSON.stringify(errorOf(body)) : '')
  return decodeResult(method, body)
}

function wrap(write: (writer: TlWriter) => void, query: Uint8Array): Uint8Array {
  const writer = new TlWriter()
  write(writer)
  return Buffer.concat([writer.take(), query])
}

function withLayer(layer: number, query: Uint8Array): Uint8Array {
  return wrap((writer) => {
    writer.uint(0xda9b0d0d)
    writer.int(layer)
  }, query)
}

function withInit(query: Uint8Array, texts = ['PC', 'Linux', '1.0', 'en', '', 'en'], apiId = 17): Uint8Array {
  return wrap((writer) => {
    writer.uint(0xc1cd5ea9)
    writer.int(0)
    writer.int(apiId)
    for (const text of texts) writer.string(text)
  }, query)
}

function afterMsg(msgId: bigint, query: Uint8Array): Uint8Array {
  return wrap((writer) => {
    writer.uint(0xcb9f372d)
    writer.long(msgId)
  }, query)
}

const request = <M extends MethodName>(value: Requests[M]) => encodeRequest(value)
const first = (query: Uint8Array, layer = 228) => withLayer(layer, withInit(query))
const GET_CONFIG = request<'help.getConfig'>({ _: 'help.getConfig' })
const GET_STATE = request<'updates.getState'>({ _: 'updates.getState' })
const NEAREST_DC = request<'help.getNearestDc'>({ _: 'help.getNearestDc' })

describe('initConnection', () => {
  it('is required before the first call and then known for the key', async () => {
    const { send, rules, authKey } = await setUp()
    assert.equal(await refusal(send(NEAREST_DC)), '400 CONNECTION_NOT_INITED')
    await result('help.getNearestDc', send(first(NEAREST_DC)))
    await result('help.getNearestDc', send(NEAREST_DC))
    const record = await findKey(rules, authKey.id)
    assert.deepEqual(record?.client, {
      layer: 228,
      apiId: 17,
      deviceModel: 'PC',
      systemVersion: 'Linux',
      appVersion: '1.0',
      systemLangCode: 'en',
      langPack: '',
      langCode: 'en',
    })
  })

  it('is refused if a part of it is missing or wrong', async () => {
    const { send } = await setUp()
    const texts = (at: number, text: string) => {
      const all = ['PC', 'Linux', '1.0', 'en', '', 'en']
      all[at] = text
      return withLayer(228, withInit(NEAREST_DC, all))
    }
    assert.equal(await refusal(send(withInit(NEAREST_DC))), '400 CONNECTION_LAYER_INVALID')
    assert.equal(await refusal(send(withLayer(228, NEAREST_DC))), '400 CONNECTION_LAYER_INVALID')
    assert.equal(await refusal(send(first(NEAREST_DC, 1))), '400 CONNECTION_LAYER_INVALID')
    assert.equal(await refusal(send(first(NEAREST_DC, -1))), '400 INPUT_LAYER_INVALID')
    assert.equal(
      await refusal(send(withLayer(228, withInit(NEAREST_DC, undefined, 0)))),
      '400 CONNECTION_API_ID_INVALID',
    )
    assert.equal(await refusal(send(texts(0, ''))), '400 CONNECTION_DEVICE_MODEL_EMPTY')
    assert.equal(await refusal(send(texts(1, ''))), '400 CONNECTION_SYSTEM_EMPTY')
    assert.equal(await refusal(send(texts(2, ''))), '400 CONNECTION_APP_VERSION_EMPTY')
    assert.equal(await refusal(send(texts(3, ''))), '400 CONNECTION_SYSTEM_LANG_CODE_EMPTY')
    assert.equal(await refusal(send(texts(4, 'no such pack!'))), '400 CONNECTION_LANG_PACK_INVALID')
  })
})

describe('a packed request inside a wrapper', () => {
  const packed = (query: Uint8Array): Uint8Array => {
    const writer = new TlWriter()
    writer.uint(0x3072cfa1)
    writer.bytes(gzipSync(query))
    return writer.take()
  }

  it('waits for the memory it may need, and then says how much it has', async () => {
    const { run } = await setUp()
    const told: string[] = []
    let grant = (): void => undefined
    const unpacking = {
      begin: (maxBytes: number): Promise<void> => {
        told.push(`at most ${maxBytes}`)
        return new Promise((resolve) => {
          grant = resolve
        })
      },
      end: (bytes: number): void => {
        told.push(`${bytes} stay`)
      },
    }
    const body = first(packed(NEAREST_DC))
    const running = run(body, { unpacking })
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(told, ['at most 1048576'])
    grant()
    const outcome = await running
    assert.ok(outcome.kind === 'answered')
    await result('help.getNearestDc', Promise.resolve(outcome.body))
    assert.deepEqual(told, ['at most 1048576', `${body.length} stay`])
    await run(first(NEAREST_DC), { unpacking: { begin: () => assert.fail(), end: () => assert.fail() } })
  })
})

describe('the debug log', () => {
  interface Line {
    readonly method?: string
    readonly refused?: string
    readonly layer?: number
    readonly apiId?: number
    readonly app?: string
    readonly device?: string
    readonly connection?: number
  }

  async function lines(...requests: readonly Uint8Array[]): Promise<Line[]> {
    const logged: Line[] = []
    const write = (line: string) => void logged.push(JSON.parse(line))
    const { send } = await setUp(undefined, pino({ level: 'debug' }, { write }))
    for (const each of requests) await send(each)
    return logged
  }

  const ABOUT = { layer: 228, apiId: 17, app: '1.0', device: 'PC' }
  const told = ({ method, refused, layer, apiId, app, device }: Line) =>
    JSON.parse(JSON.stringify({ method, refused, layer, apiId, app, device }))

  it('names the client and layer in the line of each answer', async () => {
    const logged = await lines(
      NEAREST_DC,
      first(NEAREST_DC),
      NEAREST_DC,
      first(GET_STATE, 131),
      first(NEAREST_DC, 1),
      first(NEAREST_DC, -1),
      withInit(NEAREST_DC),
      withLayer(200, NEAREST_DC),
      new Uint8Array(),
    )
    const method = 'help.getNearestDc'
    assert.deepEqual(logged.map(told), [
      { method, refused: 'CONNECTION_NOT_INITED' },
      { method, ...ABOUT },
      { method, ...ABOUT },
      { method: 'updates.getState', refused: 'AUTH_KEY_UNREGISTERED', ...ABOUT, layer: 131 },
      { method, refused: 'CONNECTION_LAYER_INVALID', ...ABOUT, layer: 1 },
      { method, refused: 'INPUT_LAYER_INVALID', ...ABOUT, layer: -1 },
      { method, ...ABOUT, layer: 131 },
      { method, ...ABOUT, layer: 200 },
      { refused: 'INPUT_FETCH_ERROR' },
    ])
    assert.ok(logged.every(({ connection }) => connection === 1))
  })

  it('repeats only a few words of what a client says about itself', async () => {
    const texts = ['d'.repeat(5000), 'Linux', 'a'.repeat(5000), 'en', '', 'en']
    const [line] = await lines(withLayer(228, withInit(NEAREST_DC, texts)))
    assert.deepEqual([line?.device?.length, line?.app?.length], [64, 64])
  })
})

describe('an anonymous key', () => {
  it('gets 401 for methods that need a login, built or not', async () => {
    const { send } = await setUp()
    const dialogs = request<'contacts.getStatuses'>({ _: 'contacts.getStatuses' })
    assert.equal(await refusal(send(first(GET_STATE))), '401 AUTH_KEY_UNREGISTERED')
    assert.equal(await refusal(send(first(dialogs))), '401 AUTH_KEY_UNREGISTERED')
  })

  it('gets 400 for unknown methods and wrong arguments', async () => {
    const { send } = await setUp()
    const unknown = wrap((writer) => writer.uint(BAD_METHOD), new Uint8Array(8))
    assert.equal(await refusal(send(first(unknown))), `400 INPUT_METHOD_INVALID_${BAD_METHOD}`)
    const cut = request<'help.getAppConfig'>({ _: 'help.getAppConfig', hash: 0 }).subarray(0, 4)
    assert.equal(await refusal(send(first(cut))), '400 INPUT_FETCH_ERROR')
    assert.equal(await refusal(send(new Uint8Array())), '400 INPUT_FETCH_ERROR')
    assert.equal(await refusal(send(new Uint8Array(2 * 1024 * 1024))), '400 INPUT_REQUEST_TOO_LONG')
  })

  it('is named in the log once for each method that it writes in another form', async () => {
    const { send, lines } = await setUpLogged()
    const cut = request<'help.getAppConfig'>({ _: 'help.getAppConfig', hash: 0 }).subarray(0, 4)
    for (let n = 0; n < 2; n++) assert.equal(await refusal(send(first(cut))), '400 INPUT_FETCH_ERROR')
    assert.deepEqual(lines, [
      { msg: 'a request is not in the form of its layer', method: 'help.getAppConfig', layer: LAYER },
    ])
  })

  it('is named in the log once for each id that is no method', async () => {
    const { send, lines } = await setUpLogged()
    const unknown = wrap((writer) => writer.uint(BAD_METHOD), new Uint8Array(8))
    for (let n = 0; n < 2; n++)
      assert.equal(await refusal(send(first(unknown))), `400 INPUT_METHOD_INVALID_${BAD_METHOD}`)
    assert.deepEqual(lines, [
      { msg: 'no method of this layer has this id', method: '0x0badf00d', layer: LAYER },
    ])
  })
})

/** Of the layers that can carry the same answers, the oldest; in the long form all of them. */
async function layersThatAnswerAlike(): Promise<readonly number[]> {
  if (isLong) return LAYERS
  const oldest = new Map<string, number>()
  for (const layer of LAYERS.toSorted((a, b) => b - a)) {
    const codec = await loadLayer(layer)
    const carried = Object.keys(HANDLERS).filter((method) => codec.canAnswer(method as MethodName))
    oldest.set(carried.join(), layer)
  }
  return [...oldest.values()]
}

describe('a method whose answer a layer cannot carry', () => {
  it('is refused before it runs in every such layer, and no other method is', async () => {
    const { send } = await setUp()
    for (const layer of await layersThatAnswerAlike()) {
      const codec = await loadLayer(layer)
      await result('help.getNearestDc', send(first(NEAREST_DC, layer)))
      for (const method of Object.keys(HANDLERS) as MethodName[]) {
        const id = METHOD_IDS.get(method) ?? 0
        const answer = await send(wrap((writer) => writer.uint(id), new Uint8Array()))
        const refused = new TlReader(answer).peekId() === 0x2144ca19 ? errorOf(answer).text : 'none'
        const isRefused = refused === `INPUT_METHOD_INVALID_${id}`
        assert.equal(isRefused, !codec.canAnswer(method), `${method} in layer ${layer}: ${refused}`)
      }
    }
  })
})

describe('help.getConfig', () => {
  it('names the data centre of the key and gives our address for all of them', async () => {
    const { send } = await setUp()
    const config = await result('help.getConfig', send(first(GET_CONFIG)))
    assert.equal(config.thisDc, 4)
    assert.deepEqual(
      config.dcOptions.map(({ id, ipAddress, port }) => [id, ipAddress, port]),
      [2, 4].map((id) => [id, '192.0.2.1', 443]),
    )
    assert.equal(config.date, NOW_MS / 1000)
    assert.equal(config.testMode, false)
  })

  it('says so to a client with a test environment key', async () => {
    const { send, rules } = await setUp()
    const authKey = makeAuthKey(new Uint8Array(256).fill(3))
    await keepMadeKey(rules, { authKey, firstSalt: 1n, createdAtS: NOW_MS / 1000, dcId: 2, isTest: true })
    const config = await result('help.getConfig', send(first(GET_CONFIG), { authKeyId: authKey.id }))
    assert.deepEqual([config.testMode, config.thisDc], [true, 2])
  })
})

describe('auth.dropTempAuthKeys', () => {
  it('is open to callers without a login, because TDLib takes a 401 for a logout', async () => {
    const { send } = await setUp()
    const drop = encodeRequest({ _: 'auth.dropTempAuthKeys', exceptAuthKeys: [5n] })
    assert.equal(await result('auth.dropTempAuthKeys', send(first(drop))), true)
  })
})

describe('invokeAfterMsg', () => {
  it('runs after a message that succeeded, and not after a failed or unknown one', async () => {
    const { send } = await setUp()
    await result('help.getNearestDc', send(first(NEAREST_DC), { msgId: 100n }))
    await refusal(send(GET_STATE, { msgId: 104n }))
    await result('help.getNearestDc', send(afterMsg(100n, NEAREST_DC)))
    assert.equal(await refusal(send(afterMsg(104n, NEAREST_DC))), '400 MSG_WAIT_FAILED')
    assert.equal(await refusal(send(afterMsg(999n, NEAREST_DC))), '400 MSG_WAIT_FAILED')
    const elsewhere = send(afterMsg(100n, NEAREST_DC), { sessionId: 2n })
    assert.equal(await refusal(elsewhere), '400 MSG_WAIT_FAILED')
  })

  it('tells success from failure even if a fault delays or drops the answer', async () => {
    const { faults, run, send } = await setUp()
    await result('help.getNearestDc', send(first(NEAREST_DC)))
    for (const fault of [{ delayMs: 1 }, { drop: true }]) {
      const id = faults.add(fault)
      await run(NEAREST_DC, { msgId: 1000n })
      await run(GET_STATE, { msgId: 1004n })
      faults.remove(id)
      await result('help.getNearestDc', send(afterMsg(1000n, NEAREST_DC)))
      assert.equal(await refusal(send(afterMsg(1004n, NEAREST_DC))), '400 MSG_WAIT_FAILED')
    }
  })

  it('does not wait for itself', async () => {
    const { send } = await setUp()
    await result('help.getNearestDc', send(first(NEAREST_DC)))
    assert.equal(await refusal(send(afterMsg(400n, NEAREST_DC), { msgId: 400n })), '400 MSG_WAIT_FAILED')
  })
})

describe('login', () => {
  it('signs up, returns the own user and logs out', async () => {
    const { send, inbox, app, lines } = await setUpLogged()
    const sent = await result(
      'auth.sendCode',
      send(
        first(
          request<'auth.sendCode'>({
            _: 'auth.sendCode',
            phoneNumber: PHONE,
            apiId: app.apiId,
            apiHash: app.apiHash,
            settings: { _: 'codeSettings' },
          }),
        ),
      ),
    )
    assert.equal(sent._, 'auth.sentCode')
    assert.ok(sent._ === 'auth.sentCode' && sent.type._ === 'auth.sentCodeTypeSms')
    assert.equal(sent.type.length, 5)
    const code = (await inbox.list(PHONE))[0]?.code ?? ''
    const hash = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
    const signIn = (phoneCode: string) =>
      send(request<'auth.signIn'>({ _: 'auth.signIn', ...hash, phoneCode }))
    assert.equal(await refusal(signIn('00000')), '400 PHONE_CODE_INVALID')
    assert.equal((await result('auth.signIn', signIn(code)))._, 'auth.authorizationSignUpRequired')
    const signUp = request<'auth.signUp'>({ _: 'auth.signUp', ...hash, firstName: 'A', lastName: '' })
    const authorization = await result('auth.signUp', send(signUp))
    assert.ok(authorization._ === 'auth.authorization' && authorization.user._ === 'user')
    const { user } = authorization
    assert.deepEqual(
      [user.self, user.phone, user.firstName, user.lastName],
      [true, '9996621234', 'A', undefined],
    )

    const others = await result(
      'users.getUsers',
      send(
        request<'users.getUsers'>({
          _: 'users.getUsers',
          id: [
            { _: 'inputUserSelf' },
            { _: 'inputUser', userId: user.id, accessHash: 0n },
            { _: 'inputUser', userId: user.id + 1n, accessHash: 0n },
          ],
        }),
      ),
    )
    assert.deepEqual(
      others.map((other) => [other._, other.id]),
      [
        ['user', user.id],
        ['user', user.id],
        ['userEmpty', user.id + 1n],
      ],
    )
    const full = await result(
      'users.getFullUser',
      send(request<'users.getFullUser'>({ _: 'users.getFullUser', id: { _: 'inputUserSelf' } })),
    )
    assert.equal(full.fullUser.id, user.id)
    const state = await result('updates.getState', send(GET_STATE))
    const difference = await result(
      'updates.getDifference',
      send(request<'updates.getDifference'>({ ...state, _: 'updates.getDifference' })),
    )
    assert.equal(difference._, 'updates.differenceEmpty')
    const notBuilt = request<'phone.getCallConfig'>({ _: 'phone.getCallConfig' })
    for (let n = 0; n < 2; n++) assert.equal(await refusal(send(notBuilt)), '400 METHOD_NOT_IMPLEMENTED')
    const notHere = { msg: 'the server does not have this method', method: 'phone.getCallConfig' }
    assert.deepEqual(lines, [{ ...notHere, layer: LAYER }])

    const out = await result('auth.logOut', send(request<'auth.logOut'>({ _: 'auth.logOut' })))
    assert.equal(out._, 'auth.loggedOut')
    assert.equal(await refusal(send(GET_STATE)), '401 AUTH_KEY_UNREGISTERED')
  })
})

describe('a call for a part of a file', () => {
  const [pictures] = reactionPictures()
  const location = {
    _: 'inputDocumentFileLocation',
    id: pictures?.still.id ?? 0n,
    accessHash: PICTURE_HASH,
    fileReference: new Uint8Array(),
    thumbSize: '',
  } as const
  const getFile = (limit: number): Uint8Array =>
    request<'upload.getFile'>({ _: 'upload.getFile', location, offset: 0n, limit })

  async function signedIn() {
    const world = await setUp()
    const { send, inbox, app } = world
    const params = { phoneNumber: PHONE, apiId: app.apiId, apiHash: app.apiHash }
    const settings = { _: 'codeSettings' } as const
    const sendCode = request<'auth.sendCode'>({ _: 'auth.sendCode', ...params, settings })
    const sent = await result('auth.sendCode', send(first(sendCode)))
    assert.ok(sent._ === 'auth.sentCode')
    const hash = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
    const phoneCode = (await inbox.list(PHONE))[0]?.code ?? ''
    await send(request<'auth.signIn'>({ _: 'auth.signIn', ...hash, phoneCode }))
    await send(request<'auth.signUp'>({ _: 'auth.signUp', ...hash, firstName: 'A', lastName: '' }))
    return world
  }

  it('waits for as much room as it may need, and its answer is marked as bytes of a file', async () => {
    const { run } = await signedIn()
    const asked: number[] = []
    let grant: (hasRoom: boolean) => void = () => undefined
    const askRoom = (bytes: number): Promise<boolean> => {
      asked.push(bytes)
      return new Promise((resolve) => {
        grant = resolve
      })
    }
    let outcome: Awaited<ReturnType<typeof run>> | undefined
    const running = run(getFile(8192), { askRoom }).then((its) => {
      outcome = its
    })
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([asked, outcome], [[8192], undefined])
    grant(true)
    await running
    assert.ok(outcome?.kind === 'answered' && outcome.isFile)
    const refused = await run(getFile(-1), { askRoom: async (bytes) => asked.push(bytes) > 0 })
    assert.ok(refused.kind === 'answered' && !refused.isFile)
    assert.deepEqual(asked, [8192, 0])
  })

  it('is refused before it waits if it is longer than any that is right', async () => {
    const { run } = await signedIn()
    const askRoom = () => assert.fail('asked for room')
    const long = (fileReference: Uint8Array): Uint8Array =>
      request<'upload.getFile'>({
        _: 'upload.getFile',
        location: { ...location, fileReference },
        offset: 0n,
        limit: 4096,
      })
    const refusedWith = async (body: Uint8Array): Promise<string> => {
      const outcome = await run(body, { askRoom })
      assert.ok(outcome.kind === 'answered')
      return errorOf(outcome.body).text
    }
    assert.equal(await refusedWith(long(new Uint8Array(35))), 'FILE_REFERENCE_INVALID')
    assert.equal(await refusedWith(long(new Uint8Array(1_000_000))), 'FILE_REFERENCE_INVALID')
    const wrapped = request<'invokeAfterMsgs'>({
      _: 'invokeAfterMsgs',
      msgIds: new Array(1024).fill(4n),
      query: getFile(4096),
    })
    assert.equal(await refusedWith(wrapped), 'INPUT_REQUEST_TOO_LONG')
    const ours = await run(long(new Uint8Array(34)), { askRoom: async () => true })
    assert.ok(ours.kind === 'answered' && ours.isFile)
  })

  it('counts as never received if the client goes while it waits', async () => {
    const { run } = await signedIn()
    const outcome = await run(getFile(4096), { askRoom: async () => false })
    assert.deepEqual(outcome, { kind: 'withheld', wasRun: false, hasSucceeded: false, instead: undefined })
  })

  it('does not make a session one that is told of events, and any other call does', async () => {
    const { send, toBeTold } = await signedIn()
    await send(getFile(4096), { sessionId: 5n })
    assert.ok(!toBeTold.includes(5n))
    await send(request<'updates.getState'>({ _: 'updates.getState' }), { sessionId: 5n })
    assert.ok(toBeTold.includes(5n))
  })
})

describe('a store that refuses writes', () => {
  it('does not keep a key from reading', async () => {
    let isFull = false
    const { rules, inbox, app, clock, send } = await setUp((store) => ({
      ...store,
      decide: (run) =>
        isFull ? Promise.reject(new StoreError('STORE_FULL', 'the disk is full')) : store.decide(run),
    }))
    await createAccount(rules, { phone: PHONE, firstName: 'A' })
    const sendCode = request<'auth.sendCode'>({
      _: 'auth.sendCode',
      phoneNumber: PHONE,
      apiId: app.apiId,
      apiHash: app.apiHash,
      settings: { _: 'codeSettings' },
    })
    const sent = await result('auth.sendCode', send(first(sendCode)))
    const phoneCodeHash = sent._ === 'auth.sentCode' ? sent.phoneCodeHash : ''
    const phoneCode = (await inbox.list(PHONE))[0]?.code ?? ''
    const signIn = { _: 'auth.signIn', phoneNumber: PHONE, phoneCodeHash, phoneCode } as const
    await result('auth.signIn', send(request<'auth.signIn'>(signIn)))
    clock.advance(61_000)
    isFull = true
    const state = await result(
      'updates.getState',
      send(request<'updates.getState'>({ _: 'updates.getState' })),
    )
    assert.equal(state._, 'updates.state')
  })
})

describe('a store that is away', () => {
  for (const [code, answer] of [
    ['STORE_UNREACHABLE', '500 INTERNAL'],
    ['STORE_LATE', '-503 Timeout'],
  ] as const) {
    it(`refuses every step of a login with ${answer}, and the login goes on afterwards (${code})`, async () => {
      let isAway = false
      const { inbox, app, send } = await setUp((store) => {
        const unlessAway =
          <A, R>(work: (run: A) => Promise<R>) =>
          (run: A): Promise<R> =>
            isAway ? Promise.reject(new StoreError(code, 'PostgreSQL is away')) : work(run)
        return { ...store, decide: unlessAway(store.decide), look: unlessAway(store.look) } as Store
      })
      const appOf = { apiId: app.apiId, apiHash: app.apiHash }
      const sendCode = request<'auth.sendCode'>({
        _: 'auth.sendCode',
        phoneNumber: PHONE,
        ...appOf,
        settings: { _: 'codeSettings' },
      })
      const sent = await result('auth.sendCode', send(first(sendCode)))
      const phoneCodeHash = sent._ === 'auth.sentCode' ? sent.phoneCodeHash : ''
      const login = { phoneNumber: PHONE, phoneCodeHash } as const
      const phoneCode = (await inbox.list(PHONE))[0]?.code ?? ''
      const signIn = request<'auth.signIn'>({ _: 'auth.signIn', ...login, phoneCode })
      const signUp = request<'auth.signUp'>({ _: 'auth.signUp', ...login, firstName: 'A', lastName: '' })
      isAway = true
      const calls = [
        sendCode,
        request<'auth.resendCode'>({ _: 'auth.resendCode', ...login }),
        request<'auth.cancelCode'>({ _: 'auth.cancelCode', ...login }),
        signIn,
        signUp,
        request<'auth.checkPassword'>({
          _: 'auth.checkPassword',
          password: { _: 'inputCheckPasswordEmpty' },
        }),
        request<'auth.exportLoginToken'>({ _: 'auth.exportLoginToken', ...appOf, exceptIds: [] }),
        request<'auth.initPasskeyLogin'>({ _: 'auth.initPasskeyLogin', ...appOf }),
        request<'auth.logOut'>({ _: 'auth.logOut' }),
        GET_STATE,
      ]
      for (const call of calls) assert.equal(await refusal(send(call)), answer)
      isAway = false
      const verified = await result('auth.signIn', send(signIn))
      assert.equal(verified._, 'auth.authorizationSignUpRequired')
      assert.equal((await result('auth.signUp', send(signUp)))._, 'auth.authorization')
    })
  }
})

describe('a call that others wait for', () => {
  it('says when its answer has left, be it an error', async () => {
    const { rules, app, authKey, subscribers, run } = await setUp()
    const { id: userId } = await createAccount(rules, { phone: PHONE, firstName: 'A' })
    const login = { authKeyId: authKey.id, userId, hash: 1n, apiId: app.apiId, ip: '', homeHash: null }
    await rules.store.decide(() => authorize({ ...login, nowS: NOW_MS / 1000 }))
    const outlet = { nowS: () => NOW_MS / 1000, push: () => {} }
    const sent: bigint[] = []
    const begin = subscribers.beginCall.bind(subscribers)
    subscribers.beginCall = (...call) => {
      const ticket = begin(...call)
      void subscribers.hear({ kind: 'key', authKeyId: String(authKey.id) }, outlet)
      return { settle: (claim) => ticket.settle(claim), sent: () => void sent.push(call[0]) }
    }
    const wrong = { _: 'auth.exportAuthorization', dcId: 99 } as const
    for (const query of [GET_STATE, request<'auth.exportAuthorization'>(wrong)]) {
      const outcome = await run(first(query))
      assert.ok(outcome.kind === 'answered')
      outcome.onSent?.()
    }
    assert.equal(sent.length, 2)
  })
})

describe('auth.bindTempAuthKey', () => {
  const bind = request<'auth.bindTempAuthKey'>({
    _: 'auth.bindTempAuthKey',
    permAuthKeyId: long(vector.perm_auth_key_id_wire),
    nonce: long(vector.nonce_wire),
    expiresAt: vector.expires_at,
    encryptedMessage: bytes(vector.encrypted_message),
  })
  const tempKey = makeAuthKey(bytes(vector.temp_auth_key))
  const from = {
    authKeyId: tempKey.id,
    sessionId: long(vector.temp_session_id_wire),
    msgId: BigInt(vector.msg_id),
  }
  const madeTempKey = {
    authKey: tempKey,
    expiresAtS: NOW_MS / 1000 + 86_400,
    firstSalt: 2n,
    createdAtS: NOW_MS / 1000,
  }

  it('lets a temporary key act for a permanent one', async () => {
    const { send, rules } = await setUp()
    rules.tempKeys.keep(madeTempKey, { dcId: 4, isTest: false })
    assert.equal(
      await refusal(send(first(NEAREST_DC), from).then(() => send(GET_STATE, from))),
      '401 AUTH_KEY_PERM_EMPTY',
    )
    assert.equal(await result('auth.bindTempAuthKey', send(bind, from)), true)
    assert.equal(await refusal(send(GET_STATE, from)), '401 AUTH_KEY_UNREGISTERED')
    await result('help.getNearestDc', send(NEAREST_DC, from))
    assert.equal(await result('auth.bindTempAuthKey', send(bind, from)), true, 'a repeat is as good')
  })

  it('refuses another message, session or key', async () => {
    const { send, rules, authKey } = await setUp()
    rules.tempKeys.keep(madeTempKey, { dcId: 4, isTest: false })
    const invalid = '400 ENCRYPTED_MESSAGE_INVALID'
    assert.equal(await refusal(send(bind, { ...from, msgId: from.msgId + 4n })), invalid)
    assert.equal(await refusal(send(bind, { ...from, sessionId: 5n })), invalid)
    assert.equal(await refusal(send(bind, { ...from, authKeyId: authKey.id })), '400 TEMP_AUTH_KEY_EMPTY')
  })
})

describe('layers', () => {
  it('answers each key in its declared layer, but not above the newest', async () => {
    for (const layer of [198, 200, 227, 228, 300]) {
      const { send } = await setUp()
      const config = await result('help.getConfig', send(first(GET_CONFIG, layer)))
      assert.equal(config.thisDc, 4, `layer ${layer}`)
    }
  })
})

describe('hostile requests', () => {
  it('get an error each, and never INTERNAL', async () => {
    const { send } = await setUp()
    await result('help.getNearestDc', send(first(NEAREST_DC)))
    const ids = [
      0xda9b0d0d, 0xc1cd5ea9, 0xcb9f372d, 0x3dc4b4f0, 0x365275f2, 0x3072cfa1, 0xa677244f, 0xcdd42a05,
    ]
    const body = fc
      .tuple(fc.constantFrom(...ids), fc.uint8Array({ maxLength: 200 }))
      .map(([id, rest]) => wrap((writer) => writer.uint(id), rest))
    const property = fc.asyncProperty(body, async (bytes) => {
      assert.notEqual(errorOf(await send(bytes)).text, 'INTERNAL')
    })
    await fc.assert(property, { numRuns: 300 })
  })
})
