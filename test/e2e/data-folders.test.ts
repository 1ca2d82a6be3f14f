// Long form: every third folder; with --full every folder.
/**
 * Opens data folders that earlier commits left (`test/fixtures/data-folders`, which says how they were
 * made) with today's server: their users keep working with their old sessions.
 * Full rounds: other processes set the passwords.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { memorySession, passwordProof, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { document, InputFileLocation, InputMedia, Message, photo } from '@cablegram/tl/api'
import { openStore } from '../../packages/server/src/database/index.ts'
import { testBytes } from '../../packages/server/src/files/test-bytes.ts'
import { findUserByPhone, listSessions } from '../../packages/server/src/rules/accounts/decide-users.ts'
import { isLong, sampled } from '../effort.ts'
import { DATA_FOLDERS, type DataFolderFacts, unpackDataFolder } from '../fixtures/data-folders/unpack.ts'
import { sendCode, TEST_CODE } from './logins.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-data-folders-'))
after(() => rm(folder, { recursive: true }))

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

/** Some minutes after most of the folders were made: their logins are young and their codes still valid. */
const MADE_AT_MS = Date.UTC(2026, 10, 28, 22, 48)
const shiftMs = MADE_AT_MS - Date.now()

/** A client of this server with a session saved beside the folder. */
async function withClient<T>(
  server: CablegramServer,
  session: string | undefined,
  use: (client: TelegramClient) => Promise<T>,
): Promise<T> {
  const client = new TelegramClient(memorySession(session), { server: server.info })
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

async function selfOf(client: TelegramClient) {
  const [self] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  assert.equal(self?._, 'user')
  return self
}

async function checkAda(server: CablegramServer, facts: DataFolderFacts): Promise<void> {
  await withClient(server, facts.adaSession, async (client) => {
    const { phone, firstName, lastName, photo } = await selfOf(client)
    assert.deepEqual([phone, firstName, lastName], ['9996621111', 'Ada', 'Byron'])
    assert.equal(photo?._, facts.did.includes(PHOTOS_OF_PEERS) ? 'userProfilePhoto' : undefined)
    const history = await client.messages.getHistory({ ...FIRST_PAGE, peer: { _: 'inputPeerSelf' } })
    assert.equal(history._, 'messages.messages')
    const texts = history.messages.map((message) => message._ === 'message' && message.message)
    assert.deepEqual(texts, facts.did.includes('message') ? ['a note of mine'] : [])
    await checkServiceChat(client)
    if (facts.did.includes('group')) await checkGroup(client, facts)
    await client.messages.sendMessage({ peer: { _: 'inputPeerSelf' }, message: 'one more', randomId: 8n })
  })
}

/** The group has its texts, its poll with Bob's vote, and the reaction; a new text joins them. */
async function checkGroup(client: TelegramClient, { did }: DataFolderFacts): Promise<void> {
  const dialogs = await client.messages.getDialogs({ ...FIRST_CHATS, limit: 10 })
  assert.ok(dialogs._ === 'messages.dialogs')
  const group = dialogs.chats.find((chat) => chat._ === 'chat')
  assert.equal(group?.title, 'Engines')
  const peer = { _: 'inputPeerChat', chatId: group.id } as const
  await client.messages.sendMessage({ peer, message: 'a new text', randomId: 31n })
  const history = await client.messages.getHistory({ ...FIRST_PAGE, peer })
  assert.ok(history._ === 'messages.messages')
  const hasFiles = did.includes('photo, document, part')
  if (hasFiles) await checkFiles(client, history.messages, dialogs.messages)
  const [newest, poll, welcome, created] = history.messages.filter(
    (message) => photoIn(message) === undefined,
  )
  assert.ok(newest?._ === 'message' && newest.message === 'a new text')
  assert.ok(poll?._ === 'message' && poll.media?._ === 'messageMediaPoll')
  assert.equal(poll.media.results.totalVoters, 1)
  assert.ok(welcome?._ === 'message' && welcome.reactions?.results[0]?.count === 1)
  assert.equal(created?._, 'messageService')
  const draft = dialogs.dialogs.find((dialog) => dialog._ === 'dialog' && dialog.draft !== undefined)
  assert.ok(draft?._ === 'dialog' && draft.draft?._ === 'draftMessage' && draft.draft.message === 'a draft')
}

/** The photo of the group and Bob's document are read as they were sent, and an upload that was begun can end. */
async function checkFiles(client: TelegramClient, history: readonly Message[], chats: readonly Message[]) {
  const photo = history.flatMap((message) => photoIn(message) ?? [])[0]
  const notes = chats.flatMap((message) => documentIn(message) ?? [])[0]
  assert.ok(photo && notes)
  const photoBytes = await readAt(client, { ...photo, _: 'inputPhotoFileLocation', thumbSize: 'x' })
  assert.equal(photoBytes.length, 700)
  const noteBytes = await readAt(client, { ...notes, _: 'inputDocumentFileLocation', thumbSize: '' })
  assert.deepEqual(Buffer.from(noteBytes), Buffer.from(testBytes(1000)))
  await client.upload.saveFilePart({ fileId: 103n, filePart: 1, bytes: testBytes(9) })
  const file = { _: 'inputFile', id: 103n, parts: 2, name: 'two parts', md5Checksum: '' } as const
  const mimeType = 'text/plain'
  const media: InputMedia = { _: 'inputMediaUploadedDocument', file, mimeType, attributes: [] }
  await client.messages.sendMedia({ peer: { _: 'inputPeerSelf' }, media, message: '', randomId: 32n })
}

function photoIn(message: Message): photo | undefined {
  const media = message._ === 'message' ? message.media : undefined
  return media?._ === 'messageMediaPhoto' && media.photo?._ === 'photo' ? media.photo : undefined
}

function documentIn(message: Message): document | undefined {
  const media = message._ === 'message' ? message.media : undefined
  return media?._ === 'messageMediaDocument' && media.document?._ === 'document' ? media.document : undefined
}

async function readAt(client: TelegramClient, location: InputFileLocation): Promise<Uint8Array> {
  const part = await client.upload.getFile({ location, offset: 0n, limit: 4096 })
  return part._ === 'upload.file' ? part.bytes : assert.fail(part._)
}

/** Every text of the service chat can be read, and the log leads from its beginning to the present state. */
async function checkServiceChat(client: TelegramClient): Promise<void> {
  const peer = { _: 'inputPeerUser', userId: 777000n, accessHash: 1n } as const
  const history = await client.messages.getHistory({ ...FIRST_PAGE, peer })
  assert.equal(history._, 'messages.messages')
  const texts = history.messages.map((message) => (message._ === 'message' ? message.message : ''))
  assert.ok(texts.every((text) => /code|logged in/i.test(text)))
  const { pts, date, qts } = await client.updates.getState()
  if (pts === 1) return
  const missed = await client.updates.getDifference({ pts: 1, date, qts })
  assert.ok(missed._ === 'updates.difference')
  assert.equal(missed.state.pts, pts)
  const ids = missed.newMessages.map(({ id }) => id)
  assert.deepEqual(
    history.messages.filter(({ id }) => !ids.includes(id)),
    [],
  )
}

const FIRST_CHATS = { offsetDate: 0, offsetId: 0, offsetPeer: { _: 'inputPeerEmpty' }, hash: 0n } as const
const FIRST_PAGE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n }

/** Bob has a password in folders of commits that could set one, and a login that waits for it. */
async function checkBob(server: CablegramServer, facts: DataFolderFacts): Promise<void> {
  const { bobSession, pendingSession } = facts
  if (bobSession === undefined || pendingSession === undefined) return
  await withClient(server, bobSession, async (client) =>
    assert.equal((await selfOf(client)).firstName, 'Bob'),
  )
  await withClient(server, pendingSession, async (client) => {
    const password = await passwordProof(await client.account.getPassword(), facts.password, random)
    assert.equal((await client.auth.checkPassword({ password }))._, 'auth.authorization')
  })
}

/**
 * Cyd was sent a code. Before commit 69d04bf codes had another form: those are cancelled and sent again.
 */
async function checkCyd(server: CablegramServer, { cyd, cydSession, botToken }: DataFolderFacts) {
  await withClient(server, cydSession, async (client) => {
    const answer = await client.auth.signIn({ ...cyd, phoneCode: TEST_CODE }).catch((error) => error.type)
    if (answer !== 'PHONE_CODE_EXPIRED') assert.equal(answer._, 'auth.authorizationSignUpRequired')
    const sent = await sendCode(client, server.info, cyd.phoneNumber)
    const again = await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    assert.equal(again._, 'auth.authorizationSignUpRequired')
    if (botToken !== undefined) await logInBot(server, client, botToken)
  })
}

async function logInBot(server: CablegramServer, client: TelegramClient, botAuthToken: string) {
  const [app] = server.info.apps
  assert.ok(app)
  const login = { flags: 0, apiId: app.apiId, apiHash: app.apiHash, botAuthToken }
  assert.equal((await client.auth.importBotAuthorization(login))._, 'auth.authorization')
}

async function checkConsole(server: CablegramServer, facts: DataFolderFacts): Promise<void> {
  const { app } = facts
  assert.ok(app)
  const apps = await server.apps.list()
  assert.equal(apps.find(({ apiId }) => apiId === app.apiId)?.apiHash, app.apiHash)
  const rules = (await server.phoneRules.list()).map(({ digits, rule }) => `${digits} ${rule}`)
  assert.deepEqual(rules, facts.did.includes('phoneRule') ? ['88812 ban'] : [])
  await server.audit.list({ limit: 10 })
}

/** Name and SQL of everything in a database, without comments and spaces: a new one begins with other text. */
function schemaOf(file: string): string[] {
  const db = new DatabaseSync(file)
  try {
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
    assert.deepEqual(db.prepare('PRAGMA foreign_key_check').all(), [])
    return db
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name")
      .all()
      .map(({ type, name, sql }) => {
        const text = String(sql).replace(/--[^\n]*/g, '')
        return `${type} ${name}: ${text.replace(/\s+/g, ' ').replace(/ ?([(),]) ?/g, '$1')}`
      })
  } finally {
    db.close()
  }
}

/** The migration counts the messages of each chat, and what happens since goes on from there. */
function checkCounts(file: string): void {
  const db = new DatabaseSync(file)
  try {
    const counted = db
      .prepare(
        'SELECT box_id, peer_id, message_count AS n FROM dialogs WHERE message_count <> 0 ORDER BY box_id, peer_id',
      )
      .all()
    const there = db
      .prepare(
        'SELECT box_id, peer_id, count(*) AS n FROM messages GROUP BY box_id, peer_id ORDER BY box_id, peer_id',
      )
      .all()
    assert.deepEqual(counted, there)
  } finally {
    db.close()
  }
}

/** The step of schema 11. */
const PHOTOS_OF_PEERS = 'profile photo, ended group with a photo'

/** Until schema 12, a group that had ended could still name its photo. */
function checkEndedGroups(file: string, { did }: DataFolderFacts): void {
  const db = new DatabaseSync(file)
  try {
    const ended = db.prepare('SELECT photo_id, photo_dc_id FROM chats WHERE is_deactivated = 1').all()
    assert.equal(ended.length, did.includes(PHOTOS_OF_PEERS) ? 1 : 0)
    for (const row of ended) assert.deepEqual({ ...row }, { photo_id: 0, photo_dc_id: 0 })
  } finally {
    db.close()
  }
}

const fresh = join(folder, 'fresh')
await (await startServer({ data: fresh })).close()
const freshSchema = schemaOf(join(fresh, 'cablegram.db'))

/** The folder of the first commit, those of two servers that were killed, and one of the schema before this one. */
const SHORT = ['f7ef24e-stopped', '03b990f-killed', '4ac4271-killed', 'dffbc175-stopped']

for (const name of new Set([...SHORT, ...(isLong ? sampled(DATA_FOLDERS, 3, 3) : [])])) {
  test(`the data folder ${name} opens, and its users keep working`, async () => {
    const data = join(folder, name)
    const facts = unpackDataFolder(name, data)
    const server = await startServer({ data, nowMs: () => Date.now() + shiftMs })
    try {
      await checkAda(server, facts)
      await withClient(server, facts.botSession ?? facts.adaSession, async (client) =>
        assert.equal((await selfOf(client)).username, facts.botSession && 'fixture_bot'),
      )
      await checkBob(server, facts)
      await checkCyd(server, facts)
      await checkConsole(server, facts)
    } finally {
      await server.close()
    }
    assert.deepEqual(schemaOf(join(data, 'cablegram.db')), freshSchema)
    checkCounts(join(data, 'cablegram.db'))
    checkEndedGroups(join(data, 'cablegram.db'), facts)
  })
}

/**
 * Opens a store on a folder, and copies its files before each `exec` that finds others: the possible
 * results of a kill.
 */
async function openWithCopies(data: string): Promise<string[]> {
  const copies = new Map<string, string>()
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql) {
    const hash = createHash('sha256')
    for (const name of readdirSync(data)) hash.update(name).update(readFileSync(join(data, name)))
    const state = hash.digest('hex')
    if (!copies.has(state)) {
      copies.set(state, mkdtempSync(join(folder, 'copy-')))
      cpSync(data, copies.get(state) ?? '', { recursive: true })
    }
    exec.call(this, sql)
  }
  try {
    await openStore({ data, random }).close()
  } finally {
    DatabaseSync.prototype.exec = exec
  }
  return [...copies.values()]
}

for (const name of [
  'f7ef24e-stopped',
  '4ac4271-killed',
  ...(isLong ? ['d6e2b10-stopped', 'ee58958-killed'] : []),
]) {
  test(`the data folder ${name} opens wherever its migration was killed`, async () => {
    const data = join(folder, `${name}-cut`)
    unpackDataFolder(name, data)
    const copies = await openWithCopies(data)
    assert.ok(copies.length > 1, `${copies.length} states`)
    for (const copy of copies) {
      const store = openStore({ data: copy, random })
      const ada = await store.look(() => findUserByPhone('9996621111'))
      assert.equal(ada && (await store.look(() => listSessions(ada.id))).length, 1)
      await store.close()
      assert.deepEqual(schemaOf(join(copy, 'cablegram.db')), freshSchema)
    }
  })
}

test('a server killed during a migration leaves the folder as it was', async () => {
  for (const point of [5, 30]) {
    const data = join(folder, `killed-${point}`)
    unpackDataFolder('d6e2b10-stopped', data)
    const { signal } = spawnSync(process.execPath, ['-e', OPEN_AND_DIE, data, String(point)])
    assert.equal(signal, 'SIGKILL')
    const db = new DatabaseSync(join(data, 'cablegram.db'), { readOnly: true })
    assert.equal(db.prepare('SELECT version FROM schema_version').get()?.['version'], 3)
    db.close()
    await openStore({ data, random }).close()
    assert.deepEqual(schemaOf(join(data, 'cablegram.db')), freshSchema)
  }
})

const OPEN_AND_DIE = `
  const { DatabaseSync } = require('node:sqlite')
  const { exec } = DatabaseSync.prototype
  let left = Number(process.argv[2])
  DatabaseSync.prototype.exec = function (sql) {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL')
    exec.call(this, sql)
  }
  import(${JSON.stringify(import.meta.resolve('../../packages/server/src/database/index.ts'))}).then(({ openStore }) =>
    openStore({ data: process.argv[1], random: (length) => crypto.getRandomValues(new Uint8Array(length)) }))`
