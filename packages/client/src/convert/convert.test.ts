import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { encodeSession, encodeStringSession } from '../storage/session.ts'
import { sqliteSession } from '../storage/sqlite.ts'
import { convertSession, readSession, readSessionText, type SessionLibrary } from './index.ts'
import { ipBytes, ipText } from './ip-address.ts'
import { exportSession, importSession } from './strings.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-convert-'))
after(() => rm(folder, { recursive: true }))

const KEY = Uint8Array.from({ length: 256 }, (_, i) => (i * 7 + 3) & 255)
const USER = 123_456_789_012n
const HOST = '149.154.167.51'
/** A login on Telegram's data centre 2. */
const OURS = encodeStringSession({
  server: { name: 'production', fingerprints: ['d09d1d85de64fd85'] },
  dcId: 2,
  dcs: { 2: { authKey: KEY, timeOffsetMs: 0, salts: [] } },
  addresses: {},
  userId: USER,
  logoutTokens: [],
})
const found = readSessionText(OURS, 'the session')
const key = Buffer.from(KEY).toString('base64')

/** Strings that the libraries themselves wrote for this login: their base64 up to the key, and what is behind it. */
const STRINGS = [
  ['telethon', /^1ApWapzMBu/, { address: { host: HOST, port: 443 }, userId: undefined }],
  ['gramjs', /^1AgAOMTQ5LjE1NC4xNjcuNTEBu/, { address: { host: HOST, port: 443 }, userId: undefined }],
  ['pyrogram', /^AgAAEJIA/, { address: undefined, userId: USER }],
  [
    'mtcute',
    /^AwEAAAAXAgIADjE0OS4xNTQuMTY3LjUxALsBAAAU/,
    { address: { host: HOST, port: 443 }, userId: USER },
  ],
] as const

/** Characters of Pyrogram's older strings: a new one cut off here reads like an old one. */
const OLDER_PYROGRAM = [351, 356]

for (const [library, begins, { address, userId }] of STRINGS) {
  test(`a string session of ${library} is written and read`, async () => {
    const text = (await convertSession(found, undefined, { library, apiId: 4242 })) ?? ''
    assert.match(text, begins)
    const back = readSessionText(`${text}\n`, 'the string')
    assert.equal(back.library, library)
    assert.equal(back.login?.dcId, 2)
    assert.deepEqual(back.login?.address, address)
    assert.equal(back.login?.userId, userId)
    assert.equal(Buffer.from(back.login?.authKey ?? []).toString('base64'), key)
  })

  test(`a string session of ${library} becomes one of ours, and of Telegram`, async () => {
    const text = (await convertSession(found, undefined, { library, apiId: 4242 })) ?? ''
    const ours = readSessionText(await importSession(text), 'the session')
    assert.equal(ours.session?.server.name, 'production')
    assert.equal(ours.session?.userId, userId)
    assert.deepEqual(ours.session?.dcs[2]?.authKey, KEY)
  })

  test(`a string session of ${library} that is cut off, at any place, is refused`, async () => {
    const text = (await convertSession(found, undefined, { library, apiId: 4242 })) ?? ''
    for (let length = 1; length < text.length - 4; length++) {
      if (library === 'pyrogram' && OLDER_PYROGRAM.includes(length)) continue
      assert.throws(() => readSessionText(text.slice(0, length), 'the string'), { name: 'SessionError' })
    }
  })
}

const FILES = [
  ['telethon', 'database'],
  ['pyrogram', 'database'],
  ['desktop', 'folder'],
  ['cablegram', 'file'],
] as const satisfies readonly (readonly [SessionLibrary, string])[]

for (const [library, form] of FILES) {
  test(`a ${form} of ${library} is written for its owner only, and read`, async () => {
    const to = join(folder, `${library}-${form}`)
    assert.equal(await convertSession(found, to, { library, apiId: 4242 }), undefined)
    const back = await readSession(to)
    assert.deepEqual([back.library, back.form], [library, form])
    assert.equal(back.login?.dcId, 2)
    assert.equal(Buffer.from(back.login?.authKey ?? []).toString('base64'), key)
    if (process.platform !== 'win32') assert.equal((await stat(to)).mode & 0o077, 0)
  })

  test(`an existing file or folder is not overwritten by one of ${library}`, async () => {
    const to = join(folder, `there-${library}`)
    await writeFile(to, 'precious')
    await assert.rejects(convertSession(found, to, { library, apiId: 4242 }), {
      code: 'SESSION_STORAGE',
    })
    assert.equal(await readFile(to, 'utf8'), 'precious')
  })
}

test("Telegram Desktop's folder says why it cannot be opened", async () => {
  const to = join(folder, 'tdata')
  await convertSession(found, to, { library: 'desktop' })
  await assert.rejects(readSession(to, { passcode: 'wrong' }), { code: 'SESSION_PASSCODE' })
  await assert.rejects(readSession(to, { account: 1 }), { code: 'SESSION_ACCOUNT' })
  await truncate(join(to, 'key_datas'), 100)
  await assert.rejects(readSession(to), { code: 'SESSION_CORRUPT', message: /checksum/ })
  await assert.rejects(readSession(folder), {
    code: 'SESSION_STORAGE',
    message: /no folder of Telegram Desktop/,
  })
})

test('a session of ours in SQLite is read', async () => {
  const file = join(folder, 'me.db')
  const storage = sqliteSession(file)
  await storage.open()
  await storage.write(encodeSession(found.session ?? assert.fail()))
  await storage.close()
  const back = await readSession(file)
  assert.deepEqual([back.library, back.form, back.login?.userId], ['cablegram', 'database', USER])
})

/** Their sessions have no user. */
const ID_UNKNOWN = ['telethon', 'gramjs'] as const
for (const library of ID_UNKNOWN) {
  test(`a session of ${library} leaves it to the server to say who is signed in`, async () => {
    const text = await convertSession(found, undefined, { library })
    const ours = readSessionText(await importSession(text ?? ''), 'it').session
    assert.deepEqual([ours?.userId, ours?.hasUnknownUser], [undefined, true])
  })
}

test('what a library cannot do without is asked for', async () => {
  const of = (library: SessionLibrary, more = {}) => convertSession(found, undefined, { library, ...more })
  await assert.rejects(of('pyrogram'), { code: 'SESSION_API_ID' })
  await assert.rejects(of('desktop'), { code: 'SESSION_FORM' })
  const telethon = readSessionText((await of('telethon')) ?? '', 'the string')
  await assert.rejects(convertSession(telethon, undefined, { library: 'pyrogram', apiId: 1 }), {
    code: 'SESSION_USER',
  })
  const pyrogram = readSessionText((await of('pyrogram', { apiId: 1 })) ?? '', 'the string')
  await assert.rejects(convertSession(pyrogram, undefined, { library: 'telethon' }), {
    code: 'SESSION_ADDRESS',
  })
})

test('a session without a login cannot be exported', async () => {
  const empty = encodeStringSession({
    server: { name: 'production', fingerprints: [] },
    dcId: 2,
    dcs: {},
    addresses: {},
    userId: undefined,
    logoutTokens: [],
  })
  await assert.rejects(exportSession(empty, 'telethon'), { code: 'SESSION_SIGNED_OUT' })
})

test('a session of the test servers does not become one of the production servers', async () => {
  const text = await convertSession(found, undefined, {
    library: 'pyrogram',
    apiId: 1,
    server: 'test',
  })
  await assert.rejects(importSession(text ?? '', { server: 'production' }), { code: 'SESSION_OTHER_SERVER' })
  assert.match(readSessionText(await importSession(text ?? ''), 'it').session?.server.name ?? '', /^test$/)
})

test('addresses of the session keep their bytes', () => {
  for (const host of ['149.154.167.51', '2001:67c:4e8:f002::a', '::1', 'fe80::']) {
    assert.equal(ipText(ipBytes(host)), host)
  }
  for (const host of ['localhost', '1.2.3', '1.2.3.400', 'a:b::c::d', '']) {
    assert.throws(() => ipBytes(host), { code: 'SESSION_ADDRESS' })
  }
})
