import assert from 'node:assert/strict'
import { createDecipheriv, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { concatBytes, hexToBytes, parseRsaPublicKey } from './crypto/index.ts'
import { makeServerFraming } from './framing/index.ts'
import {
  type ClientInput,
  type ClientMachineOptions,
  type ClientOutput,
  createClientMachine,
  createServerMachine,
  type ServerInput,
  type ServerOutput,
  UsageError,
} from './index.ts'
import { importRsaPrivateKey } from './private-keys.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PRIVATE_KEY = importRsaPrivateKey(vectors.rsa_key.private_pem_pkcs1)
const PUBLIC_KEY = parseRsaPublicKey(vectors.rsa_key.public_pem_pkcs1)
const SECRET = hexToBytes('00112233445566778899aabbccddeeff')
const NOW_MS = 1_750_000_000_000
const BODY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

type Way = Pick<ClientMachineOptions, 'framing' | 'obfuscation' | 'quickAcks' | 'keys'>
type Opened = (ServerInput & { kind: 'opened' })['framing']

function clientOf(way: Way) {
  return createClientMachine({
    random,
    serverKeys: [PUBLIC_KEY],
    dcId: 2,
    initPrefix: new Uint8Array(4),
    ...way,
  })
}

function serverOf(secrets: readonly Uint8Array[] = [SECRET]) {
  return createServerMachine({
    random,
    rsaKeys: [PRIVATE_KEY],
    saltSecret: new Uint8Array(32),
    mtproxySecrets: secrets,
  })
}

/**
 * One client and one server that hear each other at once; the server answers each request with its own
 * body.
 */
function converse(way: Way, opened: Opened, calls: number) {
  const client = clientOf(way)
  const server = serverOf()
  const seen: (ClientOutput | ServerOutput)[] = []
  let connection = 1
  const toServer: ServerInput[] = [{ kind: 'opened', connection, framing: opened }]
  const toClient: ClientInput[] = [{ kind: 'opened' }]
  for (let callId = 1; callId <= calls; callId++) toClient.push({ kind: 'call', callId, body: BODY })
  while (toServer.length + toClient.length > 0) {
    const forServer = toServer.shift()
    for (const output of forServer ? server.step(forServer, NOW_MS) : []) {
      seen.push(output)
      if (output.kind === 'send') toClient.push({ kind: 'bytes', chunk: output.chunk })
      else if (output.kind === 'keyMade')
        toServer.push({ kind: 'keyKept', exchange: output.exchange, kept: true })
      else if (output.kind === 'request') {
        const { session, msgId } = output
        toServer.push({ kind: 'answer', session, msgId, body: BODY })
      }
    }
    const forClient = toClient.shift()
    for (const output of forClient ? client.step(forClient, NOW_MS) : []) {
      seen.push(output)
      if (output.kind !== 'send') continue
      // Over HTTP a request may use any connection that has answered all before it.
      if (opened === 'bare') toServer.push({ kind: 'opened', connection: ++connection, framing: opened })
      toServer.push({ kind: 'bytes', connection, chunk: output.chunk })
    }
  }
  return { seen }
}

const answersOf = (seen: readonly (ClientOutput | ServerOutput)[]) =>
  seen.filter((output) => output.kind === 'result').map((output) => output.callId)

const WAYS: readonly (readonly [string, Way, Opened, hasQuickAcks: boolean])[] = [
  ['abridged', { framing: 'abridged' }, undefined, true],
  ['intermediate', { framing: 'intermediate' }, 'detect', true],
  ['padded', { framing: 'padded' }, undefined, true],
  ['full', { framing: 'full' }, undefined, false],
  ['obfuscated abridged', { framing: 'abridged', obfuscation: {} }, undefined, true],
  ['obfuscated intermediate', { obfuscation: {} }, 'obfuscated', true],
  ['obfuscated padded', { framing: 'padded', obfuscation: {} }, 'obfuscated', true],
  ['an MTProxy secret', { obfuscation: { secret: SECRET } }, undefined, true],
  ['a dd secret', { obfuscation: { secret: concatBytes(Uint8Array.of(0xdd), SECRET) } }, undefined, true],
  ['bare bodies', { framing: 'bare' }, 'bare', false],
]

for (const [name, way, opened, hasQuickAcks] of WAYS) {
  test(`a key is made and calls are answered over ${name}`, () => {
    const { seen } = converse({ ...way, quickAcks: true }, opened, 3)
    assert.deepEqual(answersOf(seen), [1, 2, 3])
    const acknowledged = seen.flatMap((output) => (output.kind === 'quickAck' ? output.callIds : []))
    assert.deepEqual(acknowledged, hasQuickAcks ? [1, 2, 3] : [])
    const order = seen.map(({ kind }) => kind)
    if (hasQuickAcks) assert.ok(order.indexOf('quickAck') < order.indexOf('result'))
  })
}

/** The data centre that the header of obfuscated2 names. */
function dcInHeader(header: Uint8Array, secret: Uint8Array): number {
  const key = createHash('sha256').update(header.subarray(8, 40)).update(secret).digest()
  const cipher = createDecipheriv(
    'aes-256-ctr',
    secret.length > 0 ? key : header.subarray(8, 40),
    header.subarray(40, 56),
  )
  return cipher.update(header.subarray(0, 64)).readInt16LE(60)
}

test('an address may want frames of its own', () => {
  const client = clientOf({ framing: 'intermediate' })
  for (const [framing, kind, namedDc] of [
    [undefined, 'intermediate', undefined],
    [{ obfuscation: {}, dcId: 2 }, 'intermediate', 2],
    [{ obfuscation: { secret: SECRET }, dcId: -2 }, 'intermediate', -2],
    [{ obfuscation: { secret: concatBytes(Uint8Array.of(0xdd), SECRET) } }, 'padded', 2],
  ] as const) {
    const server = makeServerFraming({ random, proxySecrets: [SECRET] })
    const [first] = client.step({ kind: 'opened', ...(framing && { framing }) }, NOW_MS)
    assert.ok(first?.kind === 'send')
    assert.equal(server.push(first.chunk)[0]?.kind, 'payload')
    assert.equal(server.kind, kind)
    const secret = framing && 'secret' in framing.obfuscation ? SECRET : new Uint8Array(0)
    assert.equal(framing && dcInHeader(first.chunk, secret), namedDc)
    client.step({ kind: 'closed' }, NOW_MS)
  }
})

test('a client that does not ask for quick acknowledgements gets none', () => {
  const { seen } = converse({ framing: 'intermediate' }, undefined, 1)
  assert.deepEqual(answersOf(seen), [1])
  assert.ok(seen.every(({ kind }) => kind !== 'quickAck'))
})

test('a call that waits for its key is quickly acknowledged once the key arrives', () => {
  const { seen } = converse({ framing: 'abridged' }, undefined, 1)
  const made = seen.find((output) => output.kind === 'keyMade') ?? assert.fail('no key')
  const keys = seen.findLast((output) => output.kind === 'save')?.keys
  const known = clientOf({ framing: 'abridged', quickAcks: true, keys })
  const server = serverOf()
  server.step({ kind: 'wake' }, NOW_MS - 60_000)
  server.step({ kind: 'opened', connection: 4 }, NOW_MS)
  const sent = [
    ...known.step({ kind: 'opened' }, NOW_MS),
    ...known.step({ kind: 'call', callId: 9, body: BODY }, NOW_MS),
  ]
  for (const output of sent) {
    if (output.kind === 'send') server.step({ kind: 'bytes', connection: 4, chunk: output.chunk }, NOW_MS)
  }
  const answers = server.step({ kind: 'key', authKeyId: made.key.authKey.id, key: made.key }, NOW_MS)
  const heard = answers.flatMap((output) =>
    output.kind === 'send' ? known.step({ kind: 'bytes', chunk: output.chunk }, NOW_MS) : [],
  )
  assert.deepEqual(
    heard.filter(({ kind }) => kind === 'quickAck'),
    [{ kind: 'quickAck', callIds: [9] }],
  )
})

test('over bare bodies the gateway sends transport errors, and the client is told of them', () => {
  const server = serverOf()
  server.step({ kind: 'opened', connection: 1, framing: 'bare' }, NOW_MS)
  const unknown = concatBytes(BODY, new Uint8Array(56))
  const [asked] = server.step({ kind: 'bytes', connection: 1, chunk: unknown }, NOW_MS)
  assert.ok(asked?.kind === 'needKey')
  const { authKeyId } = asked
  assert.deepEqual(server.step({ kind: 'key', authKeyId, key: undefined }, NOW_MS), [
    { kind: 'transportError', connection: 1, code: -404 },
  ])
  const client = clientOf({ framing: 'bare' })
  client.step({ kind: 'opened' }, NOW_MS)
  const [told] = client.step({ kind: 'transportError', code: -429 }, NOW_MS)
  assert.ok(told?.kind === 'reconnect' && told.reason.code === 'TRANSPORT_ERROR')
})

test('bytes of no known transport close the connection without an answer', () => {
  const server = serverOf()
  for (const [connection, opened, first] of [
    [1, 'detect', random(64).fill(1)],
    [2, 'obfuscated', new Uint8Array(64).fill(0xee)],
  ] as const) {
    server.step({ kind: 'opened', connection, framing: opened }, NOW_MS)
    assert.deepEqual(server.step({ kind: 'bytes', connection, chunk: first.subarray(0, 60) }, NOW_MS), [])
    const [closed, ...more] = server.step({ kind: 'bytes', connection, chunk: first.subarray(60) }, NOW_MS)
    assert.ok(closed?.kind === 'close' && closed.reason?.code === 'TRANSPORT_UNKNOWN')
    assert.deepEqual(more, [])
  }
})

test('a machine with unusable secrets or framings is refused', () => {
  const fakeTls = concatBytes(Uint8Array.of(0xee), SECRET, BODY)
  const isUsageError = (error: unknown) => error instanceof UsageError
  assert.throws(() => serverOf([fakeTls]), isUsageError)
  assert.throws(() => clientOf({ obfuscation: { secret: fakeTls } }), isUsageError)
  assert.throws(() => clientOf({ framing: 'full', obfuscation: {} }), isUsageError)
})
