import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { encryptRsaPad, exportRsaPublicKey, makePq, parseRsaPublicKey } from '../crypto/index.ts'
import { MtprotoError, TransportError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { SERVER_LIMITS, type ServerLimits } from '../options.ts'
import { generateRsaPrivateKey, importRsaPrivateKey } from '../private-keys.ts'
import { decodeService, encodeService } from '../service.ts'
import { type ClientExchange, type ClientExchangeSetup, onExchangeMessage, startExchange } from './client.ts'
import { computeExchange } from './compute.ts'
import { ServerExchanges } from './table.ts'

const { rsa_key: rsa } = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const publicKey = parseRsaPublicKey(rsa.public_pem_pkcs1)
const key = importRsaPrivateKey(rsa.private_pem_pkcs1)
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))
const client: ClientExchangeSetup = {
  random,
  serverKeys: [publicKey],
  dcId: 2,
  expiresInS: undefined,
  encryptInnerData: encryptRsaPad,
}

function exchanges(limits: Partial<ServerLimits> = {}, offloads = false): ServerExchanges {
  const rsaKeys = [{ fingerprint: publicKey.fingerprint, key }]
  const setup = { random, rsaKeys, makePq, maxDhRetries: 3, offloads }
  return new ServerExchanges(setup, { ...SERVER_LIMITS, ...limits })
}

const isRefused = (error: unknown) => error instanceof TransportError && error.transportCode === -429

/** The client's next message after the server's. */
function next(
  state: ClientExchange,
  answer: Uint8Array | undefined,
): { state: ClientExchange; send: Uint8Array } {
  assert.ok(answer)
  const step = onExchangeMessage(state, decodeService(answer), client)
  assert.ok('send' in step)
  return step
}

test('padding behind a message is not part of it, even if a repeat has other padding', () => {
  const server = exchanges()
  const padded = (body: Uint8Array, length: number) => {
    const bytes = new Uint8Array(body.length + length)
    bytes.set(body)
    bytes.set(random(length), body.length)
    return server.onMessage({ connection: 1 }, bytes, 0)
  }
  const first = startExchange(client)
  const resPq = padded(first.send, 140).send
  assert.deepEqual(padded(first.send, 12).send, resPq)
  const second = next(first.state, resPq)
  const third = next(second.state, padded(second.send, 16).send)
  assert.ok(padded(third.send, 28).keep)
})

test('a byte-identical repeat gets the same answer at every step, except while the key is being stored', () => {
  const server = exchanges()
  const ask = (body: Uint8Array) => server.onMessage({ connection: 1 }, body, 0)
  const first = startExchange(client)
  const resPq = ask(first.send).send
  assert.deepEqual(ask(first.send).send, resPq)
  const second = next(first.state, resPq)
  const dhParams = ask(second.send).send
  assert.deepEqual(ask(second.send).send, dhParams)
  const third = next(second.state, dhParams)
  const { keep, send } = ask(third.send)
  assert.ok(keep && send === undefined)
  assert.deepEqual(ask(third.send), { send: undefined })
  const answered = server.onKept(keep.exchange, true)
  assert.equal(answered?.connection, 1)
  assert.deepEqual(ask(third.send).send, answered?.send)
  assert.equal(server.onKept(keep.exchange, true), undefined)
})

test('an exchange belongs to its connection, ends with it and lasts ten minutes at most', () => {
  const server = exchanges()
  const first = startExchange(client)
  const second = next(first.state, server.onMessage({ connection: 1 }, first.send, 0).send)
  const isOver = (error: unknown) => error instanceof MtprotoError && error.code === 'EXCHANGE_UNKNOWN'
  assert.throws(() => server.onMessage({ connection: 2 }, second.send, 0), isOver)
  assert.throws(() => server.onMessage({ connection: 1 }, second.send, 600_001), isOver)
  const again = startExchange(client)
  const step = next(again.state, server.onMessage({ connection: 1 }, again.send, 0).send)
  assert.ok(server.has(1))
  server.drop(1)
  assert.ok(!server.has(1))
  assert.throws(() => server.onMessage({ connection: 1 }, step.send, 0), isOver)
})

test('exchanges are limited for each connection and each node, and the oldest is dropped', () => {
  const server = exchanges({ maxConnectionExchanges: 2, maxExchanges: 3 })
  const begun = [1, 1, 1, 2, 2].map((connection) => {
    const first = startExchange(client)
    return {
      connection,
      step: next(first.state, server.onMessage({ connection }, first.send, 0).send),
    }
  })
  const isAlive = begun.map(({ connection, step }) => {
    try {
      return server.onMessage({ connection }, step.send, 0).send !== undefined
    } catch {
      return false
    }
  })
  assert.deepEqual(isAlive, [false, false, true, true, true])
})

test('an acknowledgement during an exchange is ignored, and any other message ends in an error', () => {
  const server = exchanges()
  assert.deepEqual(server.onMessage({ connection: 1 }, encodeService({ _: 'msgs_ack', msgIds: [1n] }), 0), {
    ignored: true,
  })
  assert.throws(
    () => server.onMessage({ connection: 1 }, encodeService({ _: 'ping', pingId: 1n }), 0),
    (error) => error instanceof MtprotoError && error.code === 'EXCHANGE_UNEXPECTED',
  )
  assert.throws(() => server.onMessage({ connection: 1 }, new Uint8Array(8), 0), MtprotoError)
})

test('slow steps can be computed elsewhere while a repeat waits and any other message ends the exchange', () => {
  const server = exchanges({}, true)
  const place = { connection: 1, dcId: 2 }
  const ask = (body: Uint8Array) => server.onMessage(place, body, 0)
  const first = startExchange(client)
  const second = next(first.state, ask(first.send).send)
  const { compute } = ask(second.send)
  assert.ok(compute)
  assert.deepEqual(ask(second.send), { send: undefined })
  assert.equal(server.waitingFor(compute.exchange), 1)
  const params = server.onComputed(compute.exchange, computeExchange(compute.task, [key], random), 0)
  assert.deepEqual(ask(second.send).send, params.send)
  assert.equal(server.waitingFor(compute.exchange), undefined)
  assert.deepEqual(server.onComputed(compute.exchange, undefined, 0), {}, 'nobody asked')
  const third = next(second.state, params.send)
  const last = ask(third.send).compute
  assert.ok(last?.task.kind === 'makeKey')
  const { keep } = server.onComputed(last.exchange, computeExchange(last.task, [key], random), 0)
  assert.ok(keep)
  const done = onExchangeMessage(
    third.state,
    decodeService(server.onKept(keep.exchange, true)?.send ?? new Uint8Array(0)),
    client,
  )
  assert.ok('made' in done)
  assert.deepEqual(done.made.authKey, keep.authKey)

  const other = startExchange(client)
  const step = next(other.state, ask(other.send).send)
  ask(step.send)
  const changed = step.send.slice()
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  assert.throws(() => ask(changed), { code: 'EXCHANGE_UNEXPECTED' })
})

test('garbage under RSA does not make the server compute g^a', () => {
  const encryptedData = new Uint8Array(256).fill(1)
  const result = computeExchange({ kind: 'openParams', rsaKey: 0, encryptedData }, [key], random, () =>
    assert.fail('made one'),
  )
  assert.ok(result.kind === 'openParams' && result.dh === undefined)
})

test('a step that cannot be computed, or one too many at once, is refused with -429', () => {
  const server = exchanges({ maxComputing: 2 }, true)
  const begun = [1, 2, 3].map((connection) => {
    const first = startExchange(client)
    return { connection, body: next(first.state, server.onMessage({ connection }, first.send, 0).send).send }
  })
  const ask = (index: number) => {
    const { connection = 0, body = new Uint8Array(0) } = begun[index] ?? {}
    return server.onMessage({ connection }, body, 0)
  }
  const jobs = [ask(0), ask(1)].map(({ compute }) => compute?.exchange ?? 0)
  assert.throws(() => ask(2), isRefused)
  assert.throws(() => server.onComputed(jobs[0] ?? 0, undefined, 0), isRefused)
  server.drop(2)
  assert.equal(server.waitingFor(jobs[1] ?? 0), undefined)
  server.giveUp(jobs[1] ?? 0)
  assert.equal(server.size, 0)
})

test('each network may begin a limited number of exchanges, repeats excepted, without affecting others', () => {
  const server = exchanges({ maxNetworkExchanges: 2, networkWindowMs: 1000 })
  const begin = (network: string | undefined, nowMs: number, connection = 1) =>
    server.onMessage({ connection, network }, startExchange(client).send, nowMs)
  const { send } = startExchange(client)
  for (let i = 0; i < 3; i++) server.onMessage({ connection: 1, network: 'a' }, send, 0)
  begin('a', 999)
  assert.throws(() => begin('a', 999), isRefused)
  begin('b', 999)
  for (let i = 0; i < 3; i++) begin(undefined, 999)
  begin('a', 1000)
})

test('a data centre with keys of its own offers them, and no other data centre does', () => {
  const own = importRsaPrivateKey(generateRsaPrivateKey())
  const rsaKeys = [
    { fingerprint: publicKey.fingerprint, key },
    { fingerprint: parseRsaPublicKey(exportRsaPublicKey(own)).fingerprint, key: own, dcId: 203 },
  ]
  const server = new ServerExchanges({ random, rsaKeys, makePq, maxDhRetries: 3 }, SERVER_LIMITS)
  const offered = (connection: number, dcId: number | undefined): readonly bigint[] => {
    const { send } = server.onMessage({ connection, dcId }, startExchange(client).send, 0)
    const answer = decodeService(send ?? new Uint8Array())
    assert.equal(answer._, 'resPQ')
    return answer.serverPublicKeyFingerprints
  }
  const [common, cdn] = rsaKeys.map(({ fingerprint }) => fingerprint)
  assert.deepEqual([offered(1, undefined), offered(2, 2), offered(3, 203)], [[common], [common], [cdn]])
  // A client that names a key which its data centre does not have gets no further.
  const first = startExchange(client)
  const second = next(first.state, exchanges().onMessage({ connection: 4 }, first.send, 0).send)
  server.onMessage({ connection: 4, dcId: 203 }, first.send, 0)
  assert.throws(() => server.onMessage({ connection: 4, dcId: 203 }, second.send, 0), MtprotoError)
})
