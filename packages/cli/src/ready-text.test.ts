import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readyText } from './ready-text.ts'

const info = {
  dcs: [{ id: 2, host: '127.0.0.1', port: 10443 }],
  publicKeys: [
    {
      pem: '-----BEGIN RSA PUBLIC KEY-----\nMII\n-----END RSA PUBLIC KEY-----\n',
      fingerprint: 'c1d2e3f405162738',
    },
  ],
  apps: [{ apiId: 12345, apiHash: '0123456789abcdef0123456789abcdef' }],
  console: 'http://127.0.0.1:10081',
  layer: 228,
  version: '0.1.0',
}

test('the ready text tells a person everything a client needs and what to type next', () => {
  const text = readyText(info, { data: './cablegram-data' })
  for (const part of [
    '127.0.0.1:10443',
    'c1d2e3f405162738',
    '-----BEGIN RSA PUBLIC KEY-----',
    '12345',
    '0123456789abcdef',
    'http://127.0.0.1:10081',
    'http://127.0.0.1:10081/docs',
    './cablegram-data',
  ]) {
    assert.ok(text.includes(part), part)
  }
  assert.ok(text.endsWith('npx cablegram login +9996621234\n'))
})

test('the next command names a console at another address', () => {
  const text = readyText({ ...info, console: 'http://127.0.0.1:8080' }, {})
  assert.ok(text.endsWith('npx cablegram login +9996621234 --server http://127.0.0.1:8080\n'))
  assert.match(text, /in memory/)
})

test('a server whose data is in PostgreSQL names the database, without the password', () => {
  const text = readyText(info, { store: 'postgres://cablegram:secret@db.example.org:5433/cablegram' })
  assert.match(text, /Data +the PostgreSQL database db\.example\.org:5433\/cablegram\n/)
  assert.doesNotMatch(text, /secret/)
})
