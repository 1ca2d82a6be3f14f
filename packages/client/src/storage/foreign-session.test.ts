import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileSession } from './file.ts'
import { foreignLibrary } from './foreign-session.ts'
import { SessionKeeper } from './keeper.ts'
import { memorySession } from './memory.ts'
import { encodeStringSession } from './session.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-foreign-'))
after(() => rm(folder, { recursive: true }))

const KEY = Buffer.alloc(256, 0xab)
const PORT = Buffer.from([1, 187])
const bytes = (...parts: readonly (number | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)))
/** Python's form: the URL alphabet with padding. */
const padded = (data: Buffer) => data.toString('base64').replaceAll('+', '-').replaceAll('/', '_')

const host = Buffer.from('149.154.167.91')
const telethon4 = `1${padded(bytes(2, Buffer.from([149, 154, 167, 51]), PORT, KEY))}`
const telethon6 = `1${padded(bytes(4, Buffer.from('2001067c04e8f004000000000000000a', 'hex'), PORT, KEY))}`
const gramJs = `1${bytes(4, 0, host.length, host, PORT, KEY).toString('base64')}`
const pyrogram = (more: number) => bytes(5, Buffer.alloc(more), KEY, Buffer.alloc(9)).toString('base64url')

const STRINGS = [
  ['Telethon, IPv4', telethon4, /Telethon/],
  ['Telethon, IPv6', telethon6, /Telethon/],
  ['GramJS', gramJs, /GramJS/],
  [
    'GramJS, with a name for a host',
    `1${bytes(2, 0, 9, Buffer.from('localhost'), PORT, KEY).toString('base64')}`,
    /GramJS/,
  ],
  ['Pyrogram and kurigram', pyrogram(5), /Pyrogram/],
  ['Pyrogram, without api_id', pyrogram(1), /Pyrogram/],
  ['an old Pyrogram', bytes(1, 0, KEY, Buffer.alloc(5)).toString('base64url'), /Pyrogram/],
  [
    'mtcute',
    bytes(3, Buffer.from([4, 0, 0, 0]), Buffer.alloc(40), Buffer.from([254, 0, 1, 0]), KEY).toString(
      'base64url',
    ),
    /mtcute/,
  ],
  ['a line end behind it', `${telethon4}\n`, /Telethon/],
] as const

for (const [what, text, library] of STRINGS) {
  test(`a string session of another library is recognised: ${what}`, () => {
    assert.throws(
      () => memorySession(text),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'SESSION_FOREIGN')
        assert.match(error.message, library)
        assert.ok(!error.message.includes(text.slice(0, 20)))
        return true
      },
    )
  })

  test(`a session file of another library is recognised: ${what}`, async () => {
    const file = join(folder, 'me.session')
    await writeFile(file, text)
    const keeper = new SessionKeeper(fileSession(file))
    await assert.rejects(keeper.open(), { code: 'SESSION_FOREIGN', message: library })
    assert.equal(await readFile(file, 'utf8'), text)
  })
}

test('an SQLite database is recognised and left as it is', async () => {
  const file = join(folder, 'anon.session')
  await writeFile(file, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4080)]))
  await assert.rejects(new SessionKeeper(fileSession(file)).open(), {
    code: 'SESSION_FOREIGN',
    message:
      /anon\.session is a session of Telethon, Pyrogram or another library that keeps sessions in SQLite/,
  })
})

test('our own sessions and arbitrary text are not taken for those of another library', async () => {
  const session = {
    server: { name: 'a', fingerprints: ['f'] },
    dcId: 2,
    dcs: {},
    addresses: {},
    userId: undefined,
    logoutTokens: [],
  }
  for (const text of [encodeStringSession(session), '1', '1***', '{}', 'hello', 'x'.repeat(400)]) {
    assert.equal(foreignLibrary(text), undefined, text)
  }
  const file = join(folder, 'string.session')
  await writeFile(file, encodeStringSession(session))
  await assert.rejects(new SessionKeeper(fileSession(file)).open(), {
    code: 'SESSION_CORRUPT',
    message: /holds a string session: give it to memorySession/,
  })
})

for (const text of ['', ' ', '\n', undefined]) {
  test(`memorySession(${JSON.stringify(text)}) is a new session`, async () => {
    assert.equal(await memorySession(text).open(), undefined)
  })
}
