import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { makeAuthKey } from '../crypto/index.ts'
import type { ServerKey } from '../machine.ts'
import { ClientSalts } from './client-salts.ts'
import { ServerSalts } from './server-salts.ts'

const NOW_S = 1_750_000_000
const SECRET = new Uint8Array(32).fill(3)
const KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).fill(4)),
  expiresAtS: undefined,
  firstSalt: 11n,
  createdAtS: NOW_S,
}

test('a salt is the HMAC-SHA256 of key id and half hour', () => {
  const [salt] = new ServerSalts(SECRET).future(KEY, 1, NOW_S)
  const message = Buffer.alloc(16)
  message.writeBigInt64LE(KEY.authKey.id)
  message.writeBigInt64LE(BigInt(Math.floor(NOW_S / 1800)), 8)
  const expected = createHmac('sha256', SECRET).update(message).digest().readBigInt64LE()
  assert.equal(salt?.salt, expected)
})

test('what is asked again, for more or for less, by another key or later, gets the same salts', () => {
  const salts = new ServerSalts(SECRET)
  const other: ServerKey = { ...KEY, authKey: makeAuthKey(new Uint8Array(256).fill(5)) }
  for (const [key, count, nowS] of [
    [KEY, 2, NOW_S],
    [KEY, 64, NOW_S],
    [KEY, 3, NOW_S + 10],
    [other, 3, NOW_S],
    [KEY, 3, NOW_S + 1800],
    [KEY, 64, NOW_S + 1800],
  ] as const) {
    assert.deepEqual(salts.future(key, count, nowS), new ServerSalts(SECRET).future(key, count, nowS))
  }
})

test('a salt is taken for its hour, a little before it, and not after', () => {
  const salts = new ServerSalts(SECRET)
  const [, next] = salts.future(KEY, 2, NOW_S)
  assert.ok(next)
  const accepts = (nowS: number) => salts.acceptedUntilS(KEY, next.salt, nowS) !== undefined
  assert.equal(next.validUntilS - next.validSinceS, 3600)
  assert.equal(accepts(next.validSinceS - 31), false)
  assert.equal(accepts(next.validSinceS - 30), true)
  assert.equal(accepts(next.validSinceS), true)
  assert.equal(accepts(next.validUntilS - 1), true)
  assert.equal(accepts(next.validUntilS), false)
})

test('the salt of the exchange is good for an hour, and named for half of it', () => {
  const salts = new ServerSalts(SECRET)
  assert.equal(salts.acceptedUntilS(KEY, 11n, NOW_S + 3599), NOW_S + 3600)
  assert.equal(salts.acceptedUntilS(KEY, 11n, NOW_S + 3600), undefined)
  assert.equal(salts.current(KEY, NOW_S + 1799).salt, 11n)
  assert.notEqual(salts.current(KEY, NOW_S + 1800).salt, 11n)
})

test('at any time the salt that is named is taken until it is named no more', () => {
  const salts = new ServerSalts(SECRET)
  for (let nowS = NOW_S; nowS < NOW_S + 20_000; nowS += 77) {
    const { salt, untilS } = salts.current(KEY, nowS)
    assert.ok((salts.acceptedUntilS(KEY, salt, nowS) ?? 0) > nowS)
    assert.ok(salts.acceptedUntilS(KEY, salt, untilS - 1) !== undefined)
  }
})

test('a client uses the newest salt that has begun, keeps those to come, and takes the one it is told', () => {
  const salt = (n: number) => ({
    salt: BigInt(n),
    validSinceS: NOW_S + n * 1800,
    validUntilS: NOW_S + n * 1800 + 3600,
  })
  const client = ClientSalts.fromExchange(99n, NOW_S)
  assert.equal(client.current(NOW_S), 99n)
  client.onFutureSalts([salt(1), salt(2), salt(3)], NOW_S)
  assert.equal(client.ahead(NOW_S), 3)
  assert.equal(client.current(NOW_S + 1799), 99n)
  assert.equal(client.current(NOW_S + 1800), 1n)
  client.onServerSalt(50n, NOW_S + 1900)
  assert.equal(client.current(NOW_S + 1900), 50n)
  assert.equal(client.current(NOW_S + 3 * 1800), 3n)
  assert.equal(client.current(NOW_S + 100 * 1800), 3n, 'the last known, when all have ended')
})
