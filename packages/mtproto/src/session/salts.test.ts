import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { makeAuthKey } from '../crypto/index.ts'
import type { ServerKey } from '../machine.ts'
import { ClientSalts } from './client-salts.ts'
import { type SaltedKey, ServerSalts } from './server-salts.ts'

const NOW_S = 1_750_000_000
const SECRET = new Uint8Array(32).fill(3)
const NONCE = new Uint8Array(16).fill(8)
const SERVER_KEY: ServerKey = {
  authKey: makeAuthKey(new Uint8Array(256).fill(4)),
  expiresAtS: undefined,
  firstSalt: 11n,
  createdAtS: NOW_S,
}
const KEY: SaltedKey = { server: SERVER_KEY, version: 0, takesFirstSalt: true }

test('a salt is the HMAC-SHA256 of key id, half hour, version and start nonce', () => {
  const [salt] = new ServerSalts(SECRET, () => NONCE).future(KEY, 1, NOW_S)
  const message = Buffer.alloc(40, 8)
  message.writeBigInt64LE(SERVER_KEY.authKey.id)
  message.writeBigInt64LE(BigInt(Math.floor(NOW_S / 1800)), 8)
  message.writeBigInt64LE(0n, 16)
  const expected = createHmac('sha256', SECRET).update(message).digest().readBigInt64LE()
  assert.equal(salt?.salt, expected)
})

test('a repeated question gets the same salts, for another number, from another key or later', () => {
  const salts = new ServerSalts(SECRET, () => NONCE)
  const server = { ...SERVER_KEY, authKey: makeAuthKey(new Uint8Array(256).fill(5)) }
  const other: SaltedKey = { ...KEY, server }
  for (const [key, count, nowS] of [
    [KEY, 2, NOW_S],
    [KEY, 64, NOW_S],
    [KEY, 3, NOW_S + 10],
    [other, 3, NOW_S],
    [{ ...KEY, version: 1 }, 3, NOW_S],
    [KEY, 3, NOW_S + 1800],
    [KEY, 64, NOW_S + 1800],
  ] as const) {
    assert.deepEqual(
      salts.future(key, count, nowS),
      new ServerSalts(SECRET, () => NONCE).future(key, count, nowS),
    )
  }
})

test('a salt is accepted for its hour and a little before, but not after', () => {
  const salts = new ServerSalts(SECRET, () => NONCE)
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

test('the salt of an exchange is accepted for an hour and announced for half of it', () => {
  const salts = new ServerSalts(SECRET, () => NONCE)
  assert.equal(salts.acceptedUntilS(KEY, 11n, NOW_S + 3599), NOW_S + 3600)
  assert.equal(salts.acceptedUntilS(KEY, 11n, NOW_S + 3600), undefined)
  assert.equal(salts.current(KEY, NOW_S + 1799).salt, 11n)
  assert.notEqual(salts.current(KEY, NOW_S + 1800).salt, 11n)
})

test('a new start or version refuses the earlier salts, including that of the exchange', () => {
  const restarted = new ServerSalts(SECRET, () => new Uint8Array(16).fill(9))
  const salts = new ServerSalts(SECRET, () => NONCE)
  const [salt] = salts.future(KEY, 1, NOW_S)
  assert.ok(salt)
  const accepts = (by: ServerSalts, key: SaltedKey, one: bigint) => by.acceptedUntilS(key, one, NOW_S)
  assert.ok(accepts(salts, KEY, salt.salt))
  assert.equal(accepts(restarted, KEY, salt.salt), undefined)
  assert.equal(accepts(salts, { ...KEY, version: 1 }, salt.salt), undefined)
  const old = { ...KEY, takesFirstSalt: false }
  assert.equal(accepts(salts, old, 11n), undefined)
  assert.equal(salts.current(old, NOW_S).salt, salt.salt)
})

test('an announced salt is accepted at least until it is no longer announced', () => {
  const salts = new ServerSalts(SECRET, () => NONCE)
  for (let nowS = NOW_S; nowS < NOW_S + 20_000; nowS += 77) {
    const { salt, untilS } = salts.current(KEY, nowS)
    assert.ok((salts.acceptedUntilS(KEY, salt, nowS) ?? 0) > nowS)
    assert.ok(salts.acceptedUntilS(KEY, salt, untilS - 1) !== undefined)
  }
})

test('a client uses the newest salt that has begun and keeps the future ones', () => {
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
  client.onServerSalt(1n, NOW_S + 1700)
  assert.equal(client.current(NOW_S + 1700), 1n, 'the one it is told')
  assert.equal(client.current(NOW_S + 3 * 1800), 3n)
  assert.equal(client.current(NOW_S + 100 * 1800), 3n, 'the last known, when all have ended')
})

test('a client that is given an unknown salt drops its future salts as those of an earlier start', () => {
  const client = ClientSalts.fromExchange(99n, NOW_S)
  client.onFutureSalts([{ salt: 1n, validSinceS: NOW_S + 1800, validUntilS: NOW_S + 5400 }], NOW_S)
  client.onServerSalt(50n, NOW_S + 10)
  assert.equal(client.ahead(NOW_S + 10), 0)
  assert.equal(client.current(NOW_S + 1800), 50n)
})

test('a client keeps the salts that have begun and not ended', () => {
  const salt = (n: number, sinceS: number) => ({
    salt: BigInt(n),
    validSinceS: NOW_S + sinceS,
    validUntilS: NOW_S + sinceS + 3600,
  })
  const client = new ClientSalts([salt(1, -3600), salt(2, -3599), salt(3, -1), salt(4, 0), salt(5, 1)])
  client.onFutureSalts([salt(6, 1800), salt(7, -3600)], NOW_S)
  assert.deepEqual(
    client.all.map((one) => one.salt),
    [3n, 4n, 6n],
    'the two newest of those in use, and what the server says of the future',
  )
})

test('a client drops a salt in the second it ends, and takes a salt that it has only once', () => {
  const until = (n: number, validUntilS: number) => ({
    salt: BigInt(n),
    validSinceS: NOW_S - 1000,
    validUntilS,
  })
  const client = new ClientSalts([until(1, NOW_S), until(2, NOW_S + 1)])
  client.onFutureSalts([{ ...until(2, NOW_S + 9999), validSinceS: NOW_S + 1 }, until(3, NOW_S)], NOW_S)
  assert.deepEqual(client.all, [until(2, NOW_S + 1)])
})
