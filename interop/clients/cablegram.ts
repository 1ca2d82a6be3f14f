/**
 * Our client beside the others: the same scenarios through `@cablegram/client`, with the options its
 * command line names.
 */
import { randomBytes } from 'node:crypto'
import {
  acceptLogin,
  type ClientOptions,
  isRpcError,
  logOut,
  memorySession,
  newPasswordSettings,
  RpcError,
  TelegramClient,
} from '@cablegram/client'
import type { Dialog, InputPeer, Message, TextWithEntities, Update, Updates, User } from '@cablegram/tl/api'
import type { ReadyLine } from '../../test/e2e/serve.ts'
import { inputMedia, keptMedia, locationOf, saveFile, uploadFile } from './cablegram-files.ts'
import {
  type Adapter,
  type Chats,
  Heard,
  passwordsFor,
  SERVICE_USER_ID,
  serveAdapter,
  tell,
  type WaysIn,
} from './contract.ts'
import { heardOf, type Talks } from './talks.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ClientOptions

let server: ReadyLine
let client: TelegramClient
let qrLogin: Promise<unknown> | undefined
const heard = new Heard()
let pts: number | undefined
let serviceChat: InputPeer = { _: 'inputPeerEmpty' }

const cablegram: Adapter & WaysIn & Chats & Talks = {
  async open(at, session) {
    server = at
    client = new TelegramClient(memorySession(session), { server, ...options })
    client.onUpdate((updates) => {
      if (updates._ === 'updatesTooLong') hearMissed().catch(console.error)
      if (updates._ === 'updateShort') tell(heardOf(updates.update))
      if (updates._ !== 'updates') return
      for (const user of updates.users) keep(user)
      for (const update of updates.updates) tell(heardOf(update))
      for (const update of updates.updates) {
        if (update._ === 'updateNewMessage') hear(update.message, update.pts)
      }
    })
    await client.connect()
  },
  async tryCode(phoneNumber, phoneCode) {
    const { apiId, apiHash } = server.apps[0] ?? { apiId: 0, apiHash: '' }
    const sent = await client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } })
    if (sent._ !== 'auth.sentCode') throw new Error(`auth.sendCode answered ${sent._}`)
    await client.auth.signIn({ phoneNumber, phoneCodeHash: sent.phoneCodeHash, phoneCode })
  },
  async logIn(login, nextCode) {
    let toldOff = 0
    const nextPassword = passwordsFor(login.password)
    await client.start({
      phone: async () => login.phone,
      code: async ({ problem }) => {
        if (problem?.type === 'PHONE_CODE_INVALID') toldOff += 1
        return nextCode()
      },
      password: async ({ problem }) => {
        if (problem?.type === 'PASSWORD_HASH_INVALID') toldOff += 1
        return nextPassword()
      },
      name: async () => login,
      email: async () => login.email ?? '',
    })
    pts = (await client.updates.getState()).pts
    return toldOff
  },
  showQr(password) {
    const nextPassword = passwordsFor(password)
    return new Promise((resolve, reject) => {
      qrLogin = client.start({
        qr: ({ url }) => resolve(url),
        phone: () => new Promise(() => {}),
        password: async () => nextPassword(),
      })
      qrLogin.catch(reject)
    })
  },
  async qrDone() {
    await qrLogin
  },
  async acceptQr(url) {
    await acceptLogin(client, url)
  },
  async logInBot(token) {
    await client.start({ phone: async () => token })
  },
  async setPassword(password, hint, recovery) {
    const random = (length: number) => new Uint8Array(randomBytes(length))
    const question = await client.account.getPassword()
    const settings = newPasswordSettings(question, password, hint, random)
    const set = client.account.updatePasswordSettings({
      password: { _: 'inputCheckPasswordEmpty' },
      newSettings: recovery === undefined ? settings : { ...settings, email: recovery.email },
    })
    if (recovery === undefined) {
      await set
      return
    }
    const refused: unknown = await set.then(
      () => undefined,
      (error) => error,
    )
    if (!isRpcError(refused, 'account.updatePasswordSettings') || refused.type !== 'EMAIL_UNCONFIRMED')
      throw refused
    await client.account.confirmPasswordEmail({ code: await recovery.mail() })
  },
  async recoverPassword(login, nextCode, mail) {
    await client.start({
      phone: async () => login.phone,
      code: nextCode,
      password: async () => '',
      recoveryCode: mail,
      newPassword: async () => '',
    })
  },
  heard: () => heard.next(),
  async serviceChat() {
    const offsetPeer = { _: 'inputPeerEmpty' } as const
    const list = await client.messages.getDialogs({ ...WHOLE, offsetPeer })
    const dialog = 'dialogs' in list ? list.dialogs.find(isServiceChat) : undefined
    const user = 'users' in list ? list.users.find(({ id }) => id === BigInt(SERVICE_USER_ID)) : undefined
    if (user?._ !== 'user' || dialog?._ !== 'dialog') throw new Error('no chat with user 777000')
    serviceChat = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n }
    return { texts: await textsOf(serviceChat), unread: dialog.unreadCount }
  },
  async readServiceChat() {
    await client.messages.readHistory({ peer: serviceChat, maxId: 0 })
  },
  async saveText(message) {
    const randomId = randomBytes(8).readBigInt64LE()
    await client.messages.sendMessage({ peer: { _: 'inputPeerSelf' }, message, randomId })
  },
  savedTexts: () => textsOf({ _: 'inputPeerSelf' }),
  async takeUsername(username) {
    await client.account.updateUsername({ username })
  },
  async find(username) {
    const { users } = await client.contacts.resolveUsername({ username })
    return keep(users[0])
  },
  async addContact(phone, firstName) {
    const contact = { _: 'inputPhoneContact', clientId: 1n, phone, firstName, lastName: '' } as const
    const { users } = await client.contacts.importContacts({ contacts: [contact] })
    return keep(users[0])
  },
  async write(chat, message, replyToMsgId) {
    const replyTo =
      replyToMsgId === undefined ? {} : { replyTo: { _: 'inputReplyToMessage', replyToMsgId } as const }
    const randomId = randomBytes(8).readBigInt64LE()
    const sent = await client.messages.sendMessage({ peer: peerOf(chat), message, randomId, ...replyTo })
    return idIn(sent)
  },
  async edit(chat, id, message) {
    await client.messages.editMessage({ peer: peerOf(chat), id, message })
  },
  async erase(_chat, id) {
    await client.messages.deleteMessages({ id: [id], revoke: true })
  },
  async read(chat) {
    await client.messages.readHistory({ peer: peerOf(chat), maxId: 0 })
  },
  async forward(from, id, to) {
    const randomId = [randomBytes(8).readBigInt64LE()]
    await client.messages.forwardMessages({ fromPeer: peerOf(from), id: [id], toPeer: peerOf(to), randomId })
  },
  async type(chat) {
    await client.messages.setTyping({ peer: peerOf(chat), action: { _: 'sendMessageTypingAction' } })
  },
  async react(chat, msgId, emoticon) {
    const reaction = [{ _: 'reactionEmoji', emoticon } as const]
    await client.messages.sendReaction({ peer: peerOf(chat), msgId, reaction })
  },
  async poll(chat, question, answers) {
    const poll = {
      _: 'poll',
      id: 0n,
      hash: 0n,
      question: formatted(question),
      answers: answers.map(
        (text, index) => ({ _: 'pollAnswer', text: formatted(text), option: Uint8Array.of(index) }) as const,
      ),
    } as const
    const sent = await client.messages.sendMedia({
      peer: peerOf(chat),
      media: { _: 'inputMediaPoll', poll },
      message: '',
      randomId: randomBytes(8).readBigInt64LE(),
    })
    return idIn(sent)
  },
  async vote(chat, msgId, answer) {
    const found = await client.messages.getMessages({ id: [{ _: 'inputMessageID', id: msgId }] })
    const [message] = 'messages' in found ? found.messages : []
    const media = message?._ === 'message' ? message.media : undefined
    const chosen = media?._ === 'messageMediaPoll' ? media.poll.answers[answer] : undefined
    if (chosen?._ !== 'pollAnswer') throw new Error('this is no poll with such an answer')
    await client.messages.sendVote({ peer: peerOf(chat), msgId, options: [chosen.option] })
  },
  async makeGroup(title, people) {
    const users = people.map(
      (id) => ({ _: 'inputUser', userId: BigInt(id), accessHash: hashOf(id) }) as const,
    )
    const { updates } = await client.messages.createChat({ title, users })
    const [chat] = 'chats' in updates ? updates.chats : []
    return -Number(chat?.id)
  },
  async sendMedia(chat, media) {
    const input = await inputMedia(client, media)
    const randomId = randomBytes(8).readBigInt64LE()
    const sent = await client.messages.sendMedia({
      peer: peerOf(chat),
      media: input,
      message: media.caption,
      randomId,
    })
    return idIn(sent)
  },
  async sendAlbum(chat, items) {
    const peer = peerOf(chat)
    const multiMedia = await Promise.all(
      items.map(async (item) => {
        const media = await keptMedia(client, peer, item)
        const randomId = randomBytes(8).readBigInt64LE()
        return { _: 'inputSingleMedia', media, randomId, message: item.caption } as const
      }),
    )
    await client.messages.sendMultiMedia({ peer, multiMedia })
  },
  async download(_chat, id, path) {
    const found = await client.messages.getMessages({ id: [{ _: 'inputMessageID', id }] })
    const [message] = 'messages' in found ? found.messages : []
    await saveFile(client, locationOf(message?._ === 'message' ? message.media : undefined), path)
  },
  async setAvatar(path) {
    await client.photos.uploadProfilePhoto({ file: await uploadFile(client, path) })
  },
  async downloadAvatar(id, path) {
    const [user] = await client.users.getUsers({
      id: [{ _: 'inputUser', userId: BigInt(id), accessHash: hashOf(id) }],
    })
    if (user?._ !== 'user' || user.photo?._ !== 'userProfilePhoto')
      throw new Error('the person has no avatar')
    const { photoId } = user.photo
    await saveFile(client, { _: 'inputPeerPhotoFileLocation', peer: peerOf(id), photoId, big: true }, path)
  },
  async history(chat) {
    const history = await client.messages.getHistory({
      ...WHOLE,
      peer: peerOf(chat),
      addOffset: 0,
      maxId: 0,
      minId: 0,
    })
    if (!('messages' in history)) throw new Error(`messages.getHistory answered ${history._}`)
    for (const user of history.users) keep(user)
    return history.messages.map((each) => ({ id: each.id, text: each._ === 'message' ? each.message : '' }))
  },
  async complain() {
    pts = -1
    await hearMissed().catch(console.error)
  },
  async me() {
    const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    if (me?._ !== 'user') throw new Error('users.getUsers: not one user')
    return { id: String(me.id), phone: me.phone ?? '', firstName: me.firstName ?? '' }
  },
  async dc() {
    // The string form of a session is a version digit and JSON as base64url.
    const session = Buffer.from((await client.exportSession()).slice(1), 'base64url').toString()
    return (JSON.parse(session) as { dcId: number }).dcId
  },
  session: () => client.exportSession(),
  logOut: () => logOut(client),
  close: () => client.close(),
  describe(error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) return undefined
    return { code: error.code, text: error.message, own: error instanceof RpcError }
  },
}

const hashes = new Map<number, bigint>()

/** Remembers how to address a user. */
function keep(user: User | undefined): number {
  if (user?._ !== 'user') throw new Error('nobody was found')
  hashes.set(Number(user.id), user.accessHash ?? 0n)
  return Number(user.id)
}

function hashOf(id: number): bigint {
  return hashes.get(id) ?? 0n
}

function peerOf(chat: number): InputPeer {
  if (chat < 0) return { _: 'inputPeerChat', chatId: BigInt(-chat) }
  return { _: 'inputPeerUser', userId: BigInt(chat), accessHash: hashOf(chat) }
}

function formatted(text: string): TextWithEntities {
  return { _: 'textWithEntities', text, entities: [] }
}

/** The id that the server gave to what was sent. */
function idIn(sent: Updates): number {
  const named = updatesIn(sent).find((update) => update._ === 'updateMessageID')
  if (named === undefined) throw new Error('the answer names no message')
  return named.id
}

function updatesIn(sent: Updates): readonly Update[] {
  return 'updates' in sent ? sent.updates : []
}

/** A whole chat or list of chats. */
const WHOLE = { offsetId: 0, offsetDate: 0, limit: 100, hash: 0n }

async function textsOf(peer: InputPeer): Promise<string[]> {
  const history = await client.messages.getHistory({ ...WHOLE, peer, addOffset: 0, maxId: 0, minId: 0 })
  if (!('messages' in history)) throw new Error(`messages.getHistory answered ${history._}`)
  return history.messages.map((each) => (each._ === 'message' ? each.message : each._))
}

function isServiceChat(dialog: Dialog): boolean {
  if (dialog._ !== 'dialog' || dialog.peer._ !== 'peerUser') return false
  return dialog.peer.userId === BigInt(SERVICE_USER_ID)
}

function hear(message: Message, upToPts: number): void {
  pts = upToPts
  if (message._ === 'message') heard.add(message.message)
}

/** Does what a program does whose client was away: asks for everything after the last known state. */
async function hearMissed(): Promise<void> {
  if (client.userId === undefined) return
  const state = await client.updates.getState()
  const missed = await client.updates.getDifference({ ...state, pts: pts ?? state.pts })
  if (missed._ !== 'updates.difference') return
  for (const message of missed.newMessages) hear(message, missed.state.pts)
}

serveAdapter(cablegram)
