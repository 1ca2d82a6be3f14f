import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  type ClientInput,
  type ClientOutput,
  createClientMachine,
  createServerMachine,
  type Machine,
  type ServerInput,
  type ServerKey,
  type ServerOutput,
} from '@cablegram/mtproto'
import {
  concatBytes,
  encryptIge,
  longToBytes,
  makeAuthKey,
  parseRsaPublicKey,
  sha256,
} from '@cablegram/mtproto/crypto'
import { importRsaPrivateKey } from '@cablegram/mtproto/private-keys'
import { encode, encodeRequest } from '@cablegram/tl/service'
import fc from 'fast-check'
import { Rng } from '../simulation/rng.ts'

const { rsa_key: rsa } = JSON.parse(
  readFileSync(new URL('../vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PRIVATE_KEY = importRsaPrivateKey(rsa.private_pem_pkcs1)
const PUBLIC_KEY = parseRsaPublicKey(rsa.public_pem_pkcs1)
const NOW_MS = 1_750_000_000_000
const AUTH_KEY = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 13 + 5) & 0xff))
const FIRST_SALT = 77n
const SESSION_ID = 42n
const SERVER_KEY: ServerKey = {
  authKey: AUTH_KEY,
  expiresAtS: undefined,
  firstSalt: FIRST_SALT,
  createdAtS: NOW_MS / 1000,
}

type Client = Machine<ClientInput, ClientOutput>
type Server = Machine<ServerInput, ServerOutput>

function makeClient(seed: number, hasKey: boolean): Client {
  const salts = [{ salt: FIRST_SALT, validSinceS: 0, validUntilS: 2e9 }]
  return createClientMachine({
    random: new Rng(seed).bytes,
    serverKeys: [PUBLIC_KEY],
    dcId: 2,
    initPrefix: Uint8Array.of(1, 2, 3, 4),
    keys: hasKey ? { authKey: AUTH_KEY, timeOffsetMs: 0, salts } : undefined,
  })
}

function makeServer(seed: number): Server {
  return createServerMachine({
    random: new Rng(seed).bytes,
    rsaKeys: [PRIVATE_KEY],
    saltSecret: new Uint8Array(32),
  })
}

/** A conversation of one client and one server, with a key exchange and calls, and the input of each. */
function converse(seed: number): { client: ClientInput[]; server: ServerInput[] } {
  const client = makeClient(seed, false)
  const server = makeServer(seed + 1)
  const given = { client: [] as ClientInput[], server: [] as ServerInput[] }
  const inputs: ({ to: 'client'; input: ClientInput } | { to: 'server'; input: ServerInput })[] = [
    { to: 'server', input: { kind: 'opened', connection: 1 } },
    { to: 'client', input: { kind: 'opened' } },
    ...[1, 2, 3].map((callId) => ({
      to: 'client' as const,
      input: { kind: 'call' as const, callId, body: new Uint8Array(400).fill(callId) },
    })),
  ]
  for (let next = inputs.shift(); next; next = inputs.shift()) {
    if (next.to === 'client') {
      given.client.push(next.input)
      for (const output of client.step(next.input, NOW_MS)) {
        if (output.kind !== 'send') continue
        inputs.push({ to: 'server', input: { kind: 'bytes', connection: 1, chunk: output.chunk } })
      }
      continue
    }
    given.server.push(next.input)
    for (const output of server.step(next.input, NOW_MS)) {
      if (output.kind === 'send') inputs.push({ to: 'client', input: { kind: 'bytes', chunk: output.chunk } })
      if (output.kind === 'keyMade') {
        inputs.push({ to: 'server', input: { kind: 'keyKept', exchange: output.exchange, kept: true } })
      }
      if (output.kind === 'request') {
        const { session, msgId, body } = output
        inputs.push({ to: 'server', input: { kind: 'answer', session, msgId, body } })
      }
    }
  }
  return given
}

const conversation = converse(1)

/** `chunk` in pieces, cut at these shares of its length. */
function cut(chunk: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const places = shares.map((share) => Math.floor(share * (chunk.length + 1))).sort((a, b) => a - b)
  return [0, ...places].map((from, i) => chunk.subarray(from, places[i] ?? chunk.length))
}

function isBytes<I extends { kind: string }>(input: I): input is I & { kind: 'bytes'; chunk: Uint8Array } {
  return input.kind === 'bytes'
}

test('the machines give the same output however the stream is cut', () => {
  const replay = <I extends ClientInput | ServerInput, O>(machine: Machine<I, O>, inputs: readonly I[]) =>
    inputs.flatMap((input) => machine.step(input, NOW_MS))
  const expectedClient = replay(makeClient(1, false), conversation.client)
  const expectedServer = replay(makeServer(2), conversation.server)
  assert.equal(expectedClient.filter(({ kind }) => kind === 'result').length, 3)
  const shares = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 6 })
  fc.assert(
    fc.property(fc.array(shares, { minLength: 40, maxLength: 40 }), (all) => {
      const recut = <I extends ClientInput | ServerInput>(inputs: readonly I[]): I[] =>
        inputs.flatMap((input, i) =>
          isBytes(input) ? cut(input.chunk, all[i] ?? []).map((chunk) => ({ ...input, chunk })) : [input],
        )
      assert.deepEqual(replay(makeClient(1, false), recut(conversation.client)), expectedClient)
      assert.deepEqual(replay(makeServer(2), recut(conversation.server)), expectedServer)
    }),
    { numRuns: 15 },
  )
})

/** A client in each of its states, ready for hostile bytes. */
const CLIENTS: Record<string, () => Client> = {
  fresh: () => {
    const client = makeClient(3, false)
    client.step({ kind: 'opened' }, NOW_MS)
    return client
  },
  'in an exchange': () => {
    const client = makeClient(1, false)
    const answered = conversation.client.findIndex(({ kind }) => kind === 'bytes')
    for (const input of conversation.client.slice(0, answered + 1)) client.step(input, NOW_MS)
    return client
  },
  'in a session': () => {
    const client = makeClient(5, true)
    client.step({ kind: 'opened' }, NOW_MS)
    client.step({ kind: 'call', callId: 1, body: new Uint8Array(8) }, NOW_MS)
    return client
  },
}

const SERVERS: Record<string, () => Server> = {
  fresh: () => {
    const server = makeServer(3)
    server.step({ kind: 'opened', connection: 1 }, NOW_MS)
    return server
  },
  'in an exchange': () => {
    const server = makeServer(2)
    for (const input of conversation.server.slice(0, 2)) server.step(input, NOW_MS)
    return server
  },
  'in a session': () => {
    const server = makeServer(2)
    for (const input of conversation.server) server.step(input, NOW_MS)
    return server
  },
}

/** Bytes as they come, or with a frame's length before them. */
const hostileChunk = fc
  .tuple(fc.constantFrom('raw', 'frame', 'first'), fc.uint8Array({ maxLength: 600 }))
  .map(([form, bytes]) => {
    if (form === 'raw') return bytes
    const body = bytes.subarray(0, bytes.length & ~3)
    const head = new Uint8Array(4)
    new DataView(head.buffer).setUint32(0, body.length, true)
    const tag = form === 'first' ? new Uint8Array(4).fill(0xee) : new Uint8Array(0)
    return concatBytes(tag, head, body)
  })

const CLIENT_ENDS = [
  'send',
  'reconnect',
  'failed',
  'ready',
  'save',
  'newSession',
  'update',
  'result',
  'refused',
]

for (const [state, make] of Object.entries(CLIENTS)) {
  test(`arbitrary bytes make a client that is ${state} ask for another connection at worst`, () => {
    fc.assert(
      fc.property(fc.array(hostileChunk, { maxLength: 8 }), (chunks) => {
        const client = make()
        for (const chunk of chunks) {
          const kinds = client.step({ kind: 'bytes', chunk }, NOW_MS).map(({ kind }) => kind)
          assert.ok(kinds.every((kind) => CLIENT_ENDS.includes(kind)))
          assert.ok(!kinds.includes('result') && !kinds.includes('ready'), 'nothing of it was authentic')
        }
        client.step({ kind: 'closed' }, NOW_MS)
        const again = client.step({ kind: 'opened' }, NOW_MS + 1000)
        assert.ok(again.some(({ kind }) => kind === 'send') || state !== 'in a session')
      }),
      { numRuns: 100 },
    )
  })
}

for (const [state, make] of Object.entries(SERVERS)) {
  test(`arbitrary bytes make a server that is ${state} close the connection at worst`, () => {
    fc.assert(
      fc.property(fc.array(hostileChunk, { maxLength: 8 }), (chunks) => {
        const server = make()
        for (const chunk of chunks) {
          const outputs = server.step({ kind: 'bytes', connection: 1, chunk }, NOW_MS)
          for (const { kind } of outputs) assert.ok(['send', 'close', 'needKey'].includes(kind), kind)
        }
        server.step({ kind: 'closed', connection: 1 }, NOW_MS)
        server.step({ kind: 'wake' }, NOW_MS + 10 * 3_600_000)
        assert.equal(server.wakeAtMs, undefined, 'nothing is left of it')
      }),
      { numRuns: 100 },
    )
  })
}

/** A packet under a key that the hostile peer has. */
function seal(x: 0 | 8, msgId: bigint, seqNo: number, body: Uint8Array): Uint8Array {
  const head = new Uint8Array(8)
  const view = new DataView(head.buffer)
  view.setInt32(0, seqNo, true)
  view.setInt32(4, body.length, true)
  const unpadded = 32 + body.length
  const padding = new Uint8Array(12 + (-(unpadded + 12) & 15))
  const plaintext = concatBytes(
    longToBytes(FIRST_SALT),
    longToBytes(SESSION_ID),
    longToBytes(msgId),
    head,
    body,
    padding,
  )
  const { key, id } = AUTH_KEY
  const msgKey = sha256(key.subarray(88 + x, 120 + x), plaintext).subarray(8, 24)
  const a = sha256(msgKey, key.subarray(x, x + 36))
  const b = sha256(key.subarray(40 + x, 76 + x), msgKey)
  const aesKey = concatBytes(a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32))
  const iv = concatBytes(b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32))
  const packet = concatBytes(longToBytes(id), msgKey, encryptIge(aesKey, iv, plaintext))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, packet.length, true)
  return concatBytes(length, packet)
}

const longs = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 20 })
const words = (name: number) =>
  fc.uint8Array({ maxLength: 80 }).map((bytes) => {
    const body = new Uint8Array(4 + (bytes.length & ~3))
    new DataView(body.buffer).setUint32(0, name, true)
    body.set(bytes.subarray(0, bytes.length & ~3), 4)
    return body
  })
/** Bodies that are MTProto, or almost. */
const authenticBody = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 200 }).map((bytes) => bytes.slice(0, bytes.length & ~3)),
  ...[0x73f1f8dc, 0x3072cfa1, 0xf35c6d01, 0xedab447b, 0xa7eff811, 0x9ec20908, 0x276d3ec6, 0xae500895].map(
    words,
  ),
  longs.map((msgIds) => encode('MsgsAck', { _: 'msgs_ack', msgIds })),
  longs.map((msgIds) => encode('MsgsStateReq', { _: 'msgs_state_req', msgIds })),
  longs.map((msgIds) => encode('MsgResendReq', { _: 'msg_resend_req', msgIds })),
  fc.integer().map((num) => encodeRequest({ _: 'get_future_salts', num })),
  fc
    .integer()
    .map((disconnectDelay) => encodeRequest({ _: 'ping_delay_disconnect', pingId: 1n, disconnectDelay })),
)
const authenticPacket = fc.record({
  body: authenticBody,
  seqNo: fc.integer({ min: -3, max: 20 }),
  ageS: fc.oneof(fc.constant(0), fc.integer({ min: -400, max: 400 })),
  bits: fc.constantFrom(0n, 0n, 0n, 1n, 2n, 3n),
  order: fc.bigInt({ min: 0n, max: 100n }),
})
const msgIdOf = (ageS: number, order: bigint, bits: bigint) =>
  (BigInt(NOW_MS / 1000 - ageS) << 32n) | (order << 2n) | bits

test('a peer with the key cannot break a server with garbage under it', () => {
  fc.assert(
    fc.property(fc.array(authenticPacket, { maxLength: 30 }), (packets) => {
      const server = makeServer(9)
      server.step({ kind: 'opened', connection: 1 }, NOW_MS)
      server.step({ kind: 'bytes', connection: 1, chunk: new Uint8Array(4).fill(0xee) }, NOW_MS)
      for (const { body, seqNo, ageS, bits, order } of packets) {
        const chunk = seal(0, msgIdOf(ageS, order, bits), seqNo, body)
        const outputs = server.step({ kind: 'bytes', connection: 1, chunk }, NOW_MS)
        for (const output of outputs) {
          if (output.kind === 'needKey') {
            server.step({ kind: 'key', authKeyId: output.authKeyId, key: SERVER_KEY }, NOW_MS)
          }
          if (output.kind !== 'close') continue
          assert.notEqual(output.reason?.code, 'INTERNAL', String(output.reason?.cause))
          server.step({ kind: 'opened', connection: 1 }, NOW_MS)
          server.step({ kind: 'bytes', connection: 1, chunk: new Uint8Array(4).fill(0xee) }, NOW_MS)
        }
      }
      server.step({ kind: 'wake' }, NOW_MS + 60_000)
    }),
    { numRuns: 200 },
  )
})

test('a server with the key cannot break a client with garbage under it', () => {
  fc.assert(
    fc.property(fc.array(authenticPacket, { maxLength: 30 }), (packets) => {
      // Its session id is drawn first: this one is ours.
      let drawn = 0
      const client = createClientMachine({
        random: (length) => (drawn++ === 0 ? longToBytes(SESSION_ID) : new Uint8Array(length).fill(drawn)),
        serverKeys: [PUBLIC_KEY],
        dcId: 2,
        initPrefix: new Uint8Array(0),
        keys: { authKey: AUTH_KEY, timeOffsetMs: 0, salts: [] },
      })
      client.step({ kind: 'opened' }, NOW_MS)
      client.step({ kind: 'call', callId: 1, body: new Uint8Array(8) }, NOW_MS)
      for (const { body, seqNo, ageS, bits, order } of packets) {
        const chunk = seal(8, msgIdOf(ageS, order, bits), seqNo, body)
        for (const output of client.step({ kind: 'bytes', chunk }, NOW_MS)) {
          assert.notEqual(output.kind, 'failed')
          if (output.kind !== 'reconnect') continue
          client.step({ kind: 'closed' }, NOW_MS)
          client.step({ kind: 'opened' }, NOW_MS)
        }
      }
      client.step({ kind: 'wake' }, NOW_MS + 60_000)
    }),
    { numRuns: 200 },
  )
})
