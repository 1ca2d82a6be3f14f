import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { encryptRsaPad, importRsaPrivateKey, makePq, parseRsaPublicKey } from '../crypto/index.ts'
import { MtprotoError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { SERVER_LIMITS, type ServerLimits } from '../options.ts'
import { decodeService, encodeService } from '../service.ts'
import { type ClientExchange, type ClientExchangeSetup, onExchangeMessage, startExchange } from './client.ts'
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

function exchanges(limits: Partial<ServerLimits> = {}): ServerExchanges {
  const rsaKeys = [{ fingerprint: publicKey.fingerprint, key }]
  return new ServerExchanges({ random, rsaKeys, makePq, maxDhRetries: 3 }, { ...SERVER_LIMITS, ...limits })
}

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

test('a byte-identical repeat gets the same answer at every step, and none while the key is being kept', () => {
  const server = exchanges()
  const ask = (body: Uint8Array) => server.onMessage(1, undefined, body, 0)
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

test('an exchange belongs to its connection, ends with it, and lasts ten minutes at most', () => {
  const server = exchanges()
  const first = startExchange(client)
  const second = next(first.state, server.onMessage(1, undefined, first.send, 0).send)
  const isOver = (error: unknown) => error instanceof MtprotoError && error.code === 'EXCHANGE_UNKNOWN'
  assert.throws(() => server.onMessage(2, undefined, second.send, 0), isOver)
  assert.throws(() => server.onMessage(1, undefined, second.send, 600_001), isOver)
  const again = startExchange(client)
  const step = next(again.state, server.onMessage(1, undefined, again.send, 0).send)
  assert.ok(server.has(1))
  server.drop(1)
  assert.ok(!server.has(1))
  assert.throws(() => server.onMessage(1, undefined, step.send, 0), isOver)
})

test('a connection, and a node, keep so many exchanges; the oldest goes', () => {
  const server = exchanges({ maxConnectionExchanges: 2, maxExchanges: 3 })
  const begun = [1, 1, 1, 2, 2].map((connection) => {
    const first = startExchange(client)
    return {
      connection,
      step: next(first.state, server.onMessage(connection, undefined, first.send, 0).send),
    }
  })
  const isAlive = begun.map(({ connection, step }) => {
    try {
      return server.onMessage(connection, undefined, step.send, 0).send !== undefined
    } catch {
      return false
    }
  })
  assert.deepEqual(isAlive, [false, false, true, true, true])
})

test('an acknowledgement between the messages of an exchange is let be, and anything else ends in an error', () => {
  const server = exchanges()
  assert.deepEqual(server.onMessage(1, undefined, encodeService({ _: 'msgs_ack', msgIds: [1n] }), 0), {})
  assert.throws(
    () => server.onMessage(1, undefined, encodeService({ _: 'ping', pingId: 1n }), 0),
    (error) => error instanceof MtprotoError && error.code === 'EXCHANGE_UNEXPECTED',
  )
  assert.throws(() => server.onMessage(1, undefined, new Uint8Array(8), 0), MtprotoError)
})
