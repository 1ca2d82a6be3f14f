/**
 * The service chat over the wire: pushed, read by a session that was away, and changed by several sessions.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import {
  encodeRequest,
  type Message,
  type MessageEntity,
  type Params,
  type Update,
  type Updates,
  type User,
} from '@cablegram/tl/api'

const PHONE = '+9996621234'
const SERVICE: bigint = 777000n
const SERVICE_PEER = { _: 'inputPeerUser', userId: SERVICE, accessHash: 1n } as const
const HISTORY = {
  peer: SERVICE_PEER,
  offsetId: 0,
  offsetDate: 0,
  addOffset: 0,
  limit: 100,
  maxId: 0,
  minId: 0,
  hash: 0n,
}
const DIALOGS = {
  offsetDate: 0,
  offsetId: 0,
  offsetPeer: { _: 'inputPeerEmpty' },
  limit: 20,
  hash: 0n,
} as const

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', testClock: true })
  open.push(server)
  return server
}

function connect(server: CablegramServer, session?: string): TelegramClient {
  const client = new TelegramClient(memorySession(session), { server: server.info })
  open.push(client)
  return client
}

async function signedIn(server: CablegramServer): Promise<TelegramClient> {
  const client = connect(server)
  await client.start({
    phone: async () => PHONE,
    code: async ({ length = 5 }) => '2'.repeat(length),
    name: async () => ({ firstName: 'Ada' }),
  })
  return client
}

/** Somebody wants to sign in; an app code can only reach them through another session of the account. */
async function askForCode(
  server: CablegramServer,
): Promise<{ client: TelegramClient; phoneCodeHash: string }> {
  const client = connect(server)
  const [app] = server.info.apps
  assert.ok(app)
  const { apiId, apiHash } = app
  const sent = await client.auth.sendCode({
    phoneNumber: PHONE,
    apiId,
    apiHash,
    settings: { _: 'codeSettings' },
  })
  assert.ok(sent._ === 'auth.sentCode')
  assert.equal(sent.type._, 'auth.sentCodeTypeApp')
  return { client, phoneCodeHash: sent.phoneCodeHash }
}

/** Updates that a client receives about its box, in order: those after its state at the beginning. */
class Ear {
  readonly #sincePts: number
  readonly #heard: { update: Update; users: readonly User[] }[] = []
  #wake = (): void => undefined

  /** Begins at the present state. Pushes of earlier events may still be on their way: they are left out. */
  static async of(client: TelegramClient): Promise<Ear> {
    return new Ear(client, (await client.updates.getState()).pts)
  }

  constructor(client: TelegramClient, sincePts: number) {
    this.#sincePts = sincePts
    client.onUpdate((updates: Updates) => {
      if (updates._ !== 'updates') return
      for (const update of updates.updates) this.#hear(update, updates.users)
      this.#wake()
    })
  }

  #hear(update: Update, users: readonly User[]): void {
    const pts = 'pts' in update ? update.pts : undefined
    if (pts !== undefined && pts > this.#sincePts) this.#heard.push({ update, users })
  }

  async next<K extends Update['_']>(
    kind: K,
  ): Promise<Extract<Update, { _: K }> & { users: readonly User[] }> {
    for (;;) {
      const first = this.#heard.shift()
      if (first !== undefined) {
        assert.equal(first.update._, kind)
        return { ...(first.update as Extract<Update, { _: K }>), users: first.users }
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  get isSilent(): boolean {
    return this.#heard.length === 0
  }
}

function textOf(message: Message | undefined): string {
  assert.ok(message?._ === 'message')
  return message.message
}

async function history(client: TelegramClient, change: Partial<Params<'messages.getHistory'>> = {}) {
  const answer = await client.messages.getHistory({ ...HISTORY, ...change })
  assert.ok(answer._ === 'messages.messages' || answer._ === 'messages.messagesSlice')
  return answer
}

test('the code of another login is pushed to every session and stays in the chat', async () => {
  const server = await start()
  const first = await signedIn(server)
  const empty = await first.updates.getState()
  assert.deepEqual([empty.pts, empty.unreadCount], [1, 0])
  const second = await signedIn(server)
  const ears = [await Ear.of(first), await Ear.of(second)]
  // The second of them was itself a login: the first has received its code, and the notice about it.
  const before = await first.updates.getState()
  assert.equal(before.pts, 3)
  const { client, phoneCodeHash } = await askForCode(server)
  for (const ear of ears) {
    const { message, pts, ptsCount, users } = await ear.next('updateNewMessage')
    assert.deepEqual([pts, ptsCount], [4, 1])
    assert.match(textOf(message), /22222/)
    assert.ok(message._ === 'message')
    assert.deepEqual(message.peerId, { _: 'peerUser', userId: SERVICE })
    assert.deepEqual(
      message.entities?.map((entity) => entity._),
      ['messageEntityBold'],
    )
    const [user] = users
    assert.ok(user?._ === 'user')
    assert.deepEqual([user.id, user.phone, user.verified, user.support], [SERVICE, '42777', true, true])
    const inChat = await history(first)
    assert.deepEqual(inChat.messages[0], message)
    assert.deepEqual(inChat.users[0], user)
  }
  assert.equal(
    (await client.auth.signIn({ phoneNumber: PHONE, phoneCodeHash, phoneCode: '22222' }))._,
    'auth.authorization',
  )
})

test('a session that was away gets the difference with later changes', async () => {
  const server = await start()
  const away = await signedIn(server)
  const { pts, date, qts } = await away.updates.getState()
  const session = await away.exportSession()
  await away.close()
  const here = await signedIn(server)
  await askForCode(server)
  await askForCode(server)
  const [newest, middle] = (await history(here)).messages
  await here.messages.readHistory({ peer: SERVICE_PEER, maxId: middle?.id ?? 0 })
  const deleted = await here.messages.deleteMessages({ id: [newest?.id ?? 0] })
  assert.deepEqual([deleted.pts, deleted.ptsCount], [7, 1])

  const back = connect(server, session)
  const missed = await back.updates.getDifference({ pts, date, qts })
  assert.ok(missed._ === 'updates.difference')
  assert.deepEqual(
    missed.newMessages.map((message) => message.id),
    [1, 2, 3],
  )
  assert.deepEqual(
    missed.otherUpdates.map((update) => update._),
    ['updateReadHistoryInbox', 'updateDeleteMessages'],
  )
  assert.deepEqual([missed.state.pts, missed.state.unreadCount], [7, 0])
  assert.deepEqual(
    missed.users.map(({ id }) => id),
    [SERVICE],
  )
  const rest = await back.updates.getDifference({ pts: 7, date, qts })
  assert.equal(rest._, 'updates.differenceEmpty')
  const part = await back.updates.getDifference({ pts, ptsLimit: 1, date, qts })
  assert.ok(part._ === 'updates.differenceSlice')
  assert.deepEqual([part.newMessages.length, part.intermediateState.pts], [1, 2])
  const tooLong = await back.updates.getDifference({ pts, ptsTotalLimit: 5, date, qts })
  assert.deepEqual(tooLong, { _: 'updates.differenceTooLong', pts: 7 })
  await assert.rejects(back.updates.getDifference({ pts: 8, date, qts }), {
    type: 'PERSISTENT_TIMESTAMP_INVALID',
  })
})

function withoutUser(session: string): string {
  const known = JSON.parse(Buffer.from(session.slice(1), 'base64url').toString())
  return session.slice(0, 1) + Buffer.from(JSON.stringify({ ...known, userId: null })).toString('base64url')
}

test('every session of a key is told except one that wants no updates', async () => {
  const server = await start()
  const first = await signedIn(server)
  const session = await first.exportSession()
  // A client with a listener that knows its user asks for updates by itself.
  const [second, deaf] = [connect(server, session), connect(server, withoutUser(session))]
  const ears = [await Ear.of(first), await Ear.of(second)]
  const deafEar = new Ear(deaf, 0)
  await second.updates.getState()
  await deaf.root.invokeWithoutUpdates({ query: encodeRequest({ _: 'updates.getState' }) })
  await askForCode(server)
  for (const ear of ears) assert.equal((await ear.next('updateNewMessage')).pts, 2)
  await deaf.root.invokeWithoutUpdates({ query: encodeRequest({ _: 'updates.getState' }) })
  assert.ok(deafEar.isSilent)
})

test('reading and deleting reach the other sessions but not a logged-out one', async () => {
  const server = await start()
  const reader = await signedIn(server)
  const other = await signedIn(server)
  const gone = await signedIn(server)
  const [own, ear, deaf] = [await Ear.of(reader), await Ear.of(other), await Ear.of(gone)]
  await gone.auth.logOut()
  const peer = SERVICE_PEER
  assert.deepEqual(await reader.messages.readHistory({ peer, maxId: 1 }), {
    _: 'messages.affectedMessages',
    pts: 6,
    ptsCount: 1,
  })
  const { peer: readIn, maxId, stillUnreadCount, pts } = await ear.next('updateReadHistoryInbox')
  assert.deepEqual([readIn, maxId, stillUnreadCount, pts], [{ _: 'peerUser', userId: SERVICE }, 1, 3, 6])
  await reader.messages.deleteMessages({ id: [1, 2, 9] })
  const gap = await ear.next('updateDeleteMessages')
  assert.deepEqual([gap.messages, gap.pts, gap.ptsCount], [[1, 2], 8, 2])
  await reader.updates.getState()
  assert.ok(own.isSilent && deaf.isSilent)
})

test('chat lists and history slices come to an end', async () => {
  const server = await start()
  const client = await signedIn(server)
  assert.deepEqual((await client.messages.getDialogs(DIALOGS))._, 'messages.dialogs')
  const emptied = await client.messages.getPeerDialogs({
    peers: [
      { _: 'inputDialogPeer', peer: SERVICE_PEER },
      { _: 'inputDialogPeer', peer: { _: 'inputPeerSelf' } },
    ],
  })
  assert.deepEqual(
    emptied.dialogs.map((dialog) => dialog._ === 'dialog' && dialog.topMessage),
    [0, 0],
  )
  assert.deepEqual(
    emptied.users.map(({ id }) => id),
    [SERVICE, client.userId],
  )
  for (let n = 0; n < 5; n++) await askForCode(server)
  const list = await client.messages.getDialogs(DIALOGS)
  assert.ok(list._ === 'messages.dialogs')
  const [dialog] = list.dialogs
  assert.ok(dialog?._ === 'dialog')
  assert.deepEqual([dialog.topMessage, dialog.unreadCount, dialog.readInboxMaxId], [5, 5, 0])
  assert.deepEqual([list.messages[0]?.id, list.users[0]?.id], [5, SERVICE])
  const further = await client.messages.getDialogs({ ...DIALOGS, offsetId: 5, offsetPeer: SERVICE_PEER })
  assert.ok(further._ === 'messages.dialogsSlice')
  assert.deepEqual([further.dialogs, further.count], [[], 1])
  const archive = await client.messages.getDialogs({ ...DIALOGS, folderId: 1 })
  assert.ok(archive._ === 'messages.dialogs' && archive.dialogs.length === 0)
  assert.deepEqual((await client.messages.getPinnedDialogs({ folderId: 0 })).dialogs, [])
  await assert.rejects(client.messages.getDialogs({ ...DIALOGS, folderId: 2 }), { type: 'FOLDER_ID_INVALID' })

  const read: number[] = []
  for (let offsetId = 0; ; ) {
    const { messages } = await history(client, { offsetId, limit: 2 })
    read.push(...messages.map(({ id }) => id))
    const last = messages.at(-1)
    if (last === undefined) break
    offsetId = last.id
  }
  assert.deepEqual(read, [5, 4, 3, 2, 1])
  const slice = await history(client, { limit: 2, offsetId: 4 })
  assert.ok(slice._ === 'messages.messagesSlice')
  assert.deepEqual([slice.count, slice.offsetIdOffset], [5, 2])
  const hash = [5n, 4n, 3n, 2n, 1n].reduce((all, id) => {
    const once = all ^ (all >> 21n)
    const twice = BigInt.asUintN(64, once ^ (once << 35n))
    return BigInt.asUintN(64, (twice ^ (twice >> 4n)) + id)
  }, 0n)
  const known = await client.messages.getHistory({ ...HISTORY, hash: BigInt.asIntN(64, hash) })
  assert.deepEqual(known, { _: 'messages.messagesNotModified', count: 5 })
  const found = await client.messages.getMessages({
    id: [9, 2].map((id) => ({ _: 'inputMessageID', id })),
  })
  assert.ok(found._ === 'messages.messages')
  assert.deepEqual(
    found.messages.map((message) => [message._, message.id]),
    [
      ['messageEmpty', 9],
      ['message', 2],
    ],
  )
  assert.deepEqual(await client.messages.receivedMessages({ maxId: 5 }), [])
})

test('only known users are peers', async () => {
  const server = await start()
  const client = await signedIn(server)
  const [service, nobody] = await client.users.getUsers({
    id: [SERVICE, 1_234_567n].map((userId) => ({ _: 'inputUser', userId, accessHash: 1n })),
  })
  assert.deepEqual([service?._, nobody?._], ['user', 'userEmpty'])
  const full = await client.users.getFullUser({ id: { _: 'inputUser', userId: SERVICE, accessHash: 0n } })
  assert.deepEqual([full.fullUser.id, full.users[0]], [SERVICE, service])
  const strangers = [
    { _: 'inputPeerUser', userId: 1_234_567n, accessHash: 1n },
    { _: 'inputPeerChannel', channelId: 5n, accessHash: 1n },
    { _: 'inputPeerChat', chatId: 5n },
    { _: 'inputPeerEmpty' },
  ] as const
  for (const peer of strangers) {
    await assert.rejects(client.messages.getHistory({ ...HISTORY, peer }), { type: 'PEER_ID_INVALID' })
    await assert.rejects(client.messages.readHistory({ peer, maxId: 0 }), { type: 'PEER_ID_INVALID' })
    await assert.rejects(client.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] }), {
      type: 'PEER_ID_INVALID',
    })
  }
  await assert.rejects(client.messages.getPeerDialogs({ peers: [] }), { type: 'INPUT_PEERS_EMPTY' })
})

test('a bot is found by its name, and nobody by another', async () => {
  const server = await start()
  const client = await signedIn(server)
  const { id } = await server.bots.create({ username: 'HelpBot' })
  const { peer, users } = await client.contacts.resolveUsername({ username: 'helpbot' })
  assert.deepEqual([peer, users[0]?.id], [{ _: 'peerUser', userId: BigInt(id) }, BigInt(id)])
  const nobody = { code: 400, type: 'USERNAME_NOT_OCCUPIED' }
  await assert.rejects(client.contacts.resolveUsername({ username: 'tdhbcfiles' }), nobody)
  for (const username of ['', 'a b', '@helpbot', 'x'.repeat(33)]) {
    await assert.rejects(client.contacts.resolveUsername({ username }), {
      code: 400,
      type: 'USERNAME_INVALID',
    })
  }
})

test('a code reported as shared by its owner is dead', async () => {
  const server = await start()
  const owner = await signedIn(server)
  const { client, phoneCodeHash } = await askForCode(server)
  assert.equal(await owner.account.invalidateSignInCodes({ codes: ['22222'] }), true)
  await assert.rejects(client.auth.signIn({ phoneNumber: PHONE, phoneCodeHash, phoneCode: '22222' }), {
    code: 400,
    type: 'PHONE_CODE_EXPIRED',
  })
  const [notice] = (await history(owner)).messages
  assert.match(textOf(notice), /called off/)
})

test('a text to oneself appears in the chat, in other sessions and in the difference', async () => {
  const server = await start()
  const writer = await signedIn(server)
  const away = await signedIn(server)
  const { pts, date, qts } = await away.updates.getState()
  const session = await away.exportSession()
  await away.close()
  const reader = await signedIn(server)
  const ear = await Ear.of(reader)
  const self = { _: 'inputPeerSelf' } as const
  const text = { peer: self, message: 'bread, milk', randomId: 77n, silent: true, clearDraft: true } as const
  const entities: MessageEntity[] = [
    { _: 'messageEntityBold', offset: 0, length: 5 },
    { _: 'messageEntitySpoiler', offset: 0, length: 5 },
  ]
  const sent = await writer.messages.sendMessage({ ...text, entities })
  assert.ok(sent._ === 'updates')
  const [known, told, ...others] = sent.updates
  assert.ok(known?._ === 'updateMessageID' && told?._ === 'updateNewMessage')
  assert.deepEqual(others, [])
  const { message } = told
  assert.ok(message._ === 'message')
  assert.deepEqual([known.id, known.randomId], [message.id, 77n])
  assert.deepEqual([message.out, message.message, message.entities], [undefined, text.message, entities])
  assert.deepEqual(message.savedPeerId, { _: 'peerUser', userId: writer.userId })
  assert.deepEqual(message.peerId, { _: 'peerUser', userId: writer.userId })
  assert.deepEqual(
    sent.users.map(({ id }) => id),
    [writer.userId],
  )
  const { users: _, ...heard } = await ear.next('updateNewMessage')
  assert.deepEqual(heard, told)
  // The date is that of the answer.
  const again = await writer.messages.sendMessage({ ...text, entities })
  assert.deepEqual({ ...again, date: sent.date }, sent, 'the same again')

  const byId = { _: 'inputPeerUser', userId: writer.userId ?? 0n, accessHash: 0n } as const
  for (const peer of [self, byId]) assert.deepEqual((await history(reader, { peer })).messages, [message])
  const list = await reader.messages.getDialogs(DIALOGS)
  assert.ok(list._ === 'messages.dialogs')
  const [dialog] = list.dialogs
  assert.ok(dialog?._ === 'dialog')
  assert.deepEqual([dialog.peer, dialog.topMessage, dialog.unreadCount], [message.peerId, message.id, 0])
  const missed = await connect(server, session).updates.getDifference({ pts, date, qts })
  assert.ok(missed._ === 'updates.difference')
  assert.deepEqual(missed.newMessages.at(-1), message)
  assert.equal(missed.state.pts, told.pts)
  for (const peer of [SERVICE_PEER, { _: 'inputPeerChat', chatId: 5n }] as const)
    await assert.rejects(writer.messages.sendMessage({ ...text, peer }), {
      code: 400,
      type: 'PEER_ID_INVALID',
    })
})

test('a code that its owner writes into a chat is dead', async () => {
  const server = await start()
  const owner = await signedIn(server)
  const other = await signedIn(server)
  const { client, phoneCodeHash } = await askForCode(server)
  const ear = await Ear.of(other)
  const { pts } = await owner.updates.getState()
  const peer = { _: 'inputPeerSelf' } as const
  const sent = await owner.messages.sendMessage({ peer, message: 'it is 22-222', randomId: 5n })
  assert.ok(sent._ === 'updates')
  const told = sent.updates.flatMap((update) => (update._ === 'updateNewMessage' ? [update] : []))
  assert.deepEqual(
    told.map((update) => update.pts),
    [pts + 1, pts + 2],
  )
  assert.match(textOf(told[1]?.message), /called off/)
  await assert.rejects(client.auth.signIn({ phoneNumber: PHONE, phoneCodeHash, phoneCode: '22222' }), {
    code: 400,
    type: 'PHONE_CODE_EXPIRED',
  })
  for (const update of told) {
    const { users: _, ...heard } = await ear.next('updateNewMessage')
    assert.deepEqual(heard, update)
  }
  const [notice] = (await history(owner)).messages
  assert.deepEqual(notice, told[1]?.message)
})
