/**
 * GramJS, and teleproto, a fork of it with another layer. Quirks that shape this file: `connect()` dials port 80 whatever the session says, so the connection
 * class overrides the address; it knows Telegram's keys from a map in its RSA module; `getMe` and every method
 * after a reconnect are sent without initConnection, so the server must remember the layer with the key.
 */
import { createPublicKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { Heard, passwordsFor, SERVICE_USER_ID, serveAdapter, tell, tokenOf } from './contract.ts'
import { heardOf } from './talks.ts'

const [library, transport, secret] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const { TelegramClient, Api } = require(library)
const { StringSession } = require(`${library}/sessions`)
const { _serverKeys } = require(`${library}/crypto/RSA`)
const { RPCError } = require(`${library}/errors`)
const { NewMessage, Raw } = require(`${library}/events`)
const network = require(`${library}/network`)
const { CustomFile } = require(`${library}/client/uploads`)
const { ConnectionTCPMTProxyAbridged } = require(`${library}/network/connection/TCPMTProxy`)
const { PromisedWebSockets } = require(`${library}/extensions`)
const bigInt = require('big-integer')

const TRANSPORTS = {
  full: network.ConnectionTCPFull,
  abridged: network.ConnectionTCPAbridged,
  obfuscated: network.ConnectionTCPObfuscated,
  mtproxy: ConnectionTCPMTProxyAbridged,
  // The default of `TelegramClient` in a browser.
  websocket: network.ConnectionTCPObfuscated,
  wss: network.ConnectionTCPObfuscated,
}
const Transport = TRANSPORTS[transport]
/** The data centre to start from without a session, if there are several. */
const START_DC = 2

let client
let qrLogin
const heard = new Heard()

/** @type {import('./contract.ts').Adapter & import('./contract.ts').WaysIn & import('./contract.ts').Chats & import('./talks.ts').Talks} */
const gramjs = {
  async open(server, session) {
    const dc = server.dcs.find(({ id }) => id === START_DC) ?? server.dcs[0]
    trust(server.publicKeys[0])
    class Here extends Transport {
      constructor(...given) {
        // One object, and several arguments up to 2.0: address, port, data centre and so on.
        const [options, , dcId, ...more] = given
        const to = server.dcs.find(({ id }) => id === (dcId ?? options.dcId)) ?? dc
        if (dcId === undefined) super({ ...options, ip: to.host, port: to.port })
        else super(to.host, to.port, dcId, ...more)
      }
    }
    const stored = new StringSession(session ?? '')
    // Any port below 32768: a string session stores it as a signed 16-bit number, and `connect()` does not
    // read it.
    if (!session) stored.setDC(dc.id, dc.host, 443)
    const { apiId, apiHash } = server.apps[0]
    client = new TelegramClient(stored, apiId, apiHash, {
      connection: Here,
      ...(transport === 'websocket' || transport === 'wss' ? { networkSocket: webSocketTo(dc.wsUrl) } : {}),
      useWSS: transport === 'wss',
      ...(secret ? { proxy: { ip: dc.host, port: dc.port, secret, MTProxy: true } } : {}),
    })
    client.addEventHandler(({ message }) => heard.add(message.message), new NewMessage({}))
    client.addEventHandler((update) => tell(heardOf(update)), new Raw({}))
    await client.connect()
  },
  async tryCode(phoneNumber, phoneCode) {
    const { apiId, apiHash } = client
    const { phoneCodeHash } = await client.sendCode({ apiId, apiHash }, phoneNumber)
    await client.invoke(new Api.auth.SignIn({ phoneNumber, phoneCodeHash, phoneCode }))
  },
  async logIn(login, nextCode) {
    let toldOff = 0
    await client.start({
      phoneNumber: async () => login.phone,
      phoneCode: nextCode,
      firstAndLastNames: async () => [login.firstName, login.lastName],
      password: passwordsOf(login.password),
      onError: (error) => {
        if (!MISTAKES.has(error.errorMessage)) throw error
        toldOff += 1
      },
    })
    return toldOff
  },
  showQr(password) {
    const { apiId, apiHash } = client
    return new Promise((resolve, reject) => {
      qrLogin = client.signInUserWithQrCode(
        { apiId, apiHash },
        {
          qrCode: async ({ token }) => resolve(`tg://login?token=${token.toString('base64url')}`),
          password: passwordsOf(password),
          onError: (error) => {
            if (!MISTAKES.has(error.errorMessage)) throw error
          },
        },
      )
      qrLogin.catch(reject)
    })
  },
  async qrDone() {
    await qrLogin
  },
  async acceptQr(url) {
    await client.invoke(new Api.auth.AcceptLoginToken({ token: tokenOf(url) }))
  },
  async logInBot(botAuthToken) {
    await client.start({ botAuthToken })
  },
  async setPassword(newPassword, hint, recovery) {
    const confirmed = recovery && {
      email: recovery.email,
      emailCodeCallback: recovery.mail,
      onEmailCodeError: (error) => {
        throw error
      },
    }
    await client.updateTwoFaSettings({ newPassword, hint, ...confirmed })
  },
  async recoverPassword({ phone }, nextCode, mail) {
    const { apiId, apiHash } = client
    const { phoneCodeHash } = await client.sendCode({ apiId, apiHash }, phone)
    const phoneCode = await nextCode()
    const signIn = new Api.auth.SignIn({ phoneNumber: phone, phoneCodeHash, phoneCode })
    await client.invoke(signIn).catch((error) => {
      if (error.errorMessage !== 'SESSION_PASSWORD_NEEDED') throw error
    })
    await client.invoke(new Api.auth.RequestPasswordRecovery())
    await client.invoke(new Api.auth.RecoverPassword({ code: await mail() }))
  },
  heard: () => heard.next(),
  async serviceChat() {
    const { unreadCount } = (await client.getDialogs()).find(({ id }) => Number(id) === SERVICE_USER_ID)
    const messages = await client.getMessages(SERVICE_USER_ID, { limit: 100 })
    return { texts: messages.map(({ message }) => message), unread: unreadCount }
  },
  async readServiceChat() {
    await client.markAsRead(SERVICE_USER_ID)
  },
  async saveText(message) {
    await client.sendMessage('me', { message })
  },
  async savedTexts() {
    return (await client.getMessages('me', { limit: 100 })).map(({ message }) => message)
  },
  async takeUsername(username) {
    await client.invoke(new Api.account.UpdateUsername({ username }))
  },
  async find(username) {
    return Number((await client.getEntity(username)).id)
  },
  async addContact(phone, firstName) {
    const contact = new Api.InputPhoneContact({ clientId: bigInt.one, phone, firstName, lastName: '' })
    const { imported } = await client.invoke(new Api.contacts.ImportContacts({ contacts: [contact] }))
    return Number(imported[0].userId)
  },
  async write(chat, message, replyTo) {
    return (await client.sendMessage(chat, { message, replyTo })).id
  },
  async edit(chat, message, text) {
    await client.editMessage(chat, { message, text })
  },
  async erase(chat, id) {
    await client.deleteMessages(chat, [id], { revoke: true })
  },
  async read(chat) {
    // From 1.11 on.
    if (!client.markAsRead)
      return void (await client.invoke(new Api.messages.ReadHistory({ peer: chat, maxId: 0 })))
    await client.markAsRead(chat)
  },
  async forward(fromPeer, id, to) {
    await client.forwardMessages(to, { messages: [id], fromPeer })
  },
  async type(peer) {
    await client.invoke(new Api.messages.SetTyping({ peer, action: new Api.SendMessageTypingAction() }))
  },
  async react(peer, msgId, emoticon) {
    const reaction = [new Api.ReactionEmoji({ emoticon })]
    await client.invoke(new Api.messages.SendReaction({ peer, msgId, reaction }))
  },
  async poll(chat, question, answers) {
    const poll = new Api.Poll({
      id: bigInt.zero,
      hash: bigInt.zero,
      question: formatted(question),
      answers: answers.map(
        (text, index) => new Api.PollAnswer({ text: formatted(text), option: Buffer.from([index]) }),
      ),
    })
    return (await client.sendMessage(chat, { file: new Api.InputMediaPoll({ poll }) })).id
  },
  async vote(peer, msgId, answer) {
    const [{ media }] = await client.getMessages(peer, { ids: [msgId] })
    const { option } = media.poll.answers[answer]
    await client.invoke(new Api.messages.SendVote({ peer, msgId, options: [option] }))
  },
  async makeGroup(title, users) {
    const made = await client.invoke(new Api.messages.CreateChat({ title, users }))
    // messages.InvitedUsers has the updates inside from layer 177 on.
    const { chats } = made instanceof Api.Updates ? made : made.updates
    return -Number(chats[0].id)
  },
  async history(chat) {
    return (await client.getMessages(chat, { limit: 100 })).map(({ id, message }) => ({
      id,
      text: message ?? '',
    }))
  },
  async sendMedia(chat, { kind, path, caption }) {
    const how = { forceDocument: kind === 'file', voiceNote: kind === 'voice' }
    return (await client.sendFile(chat, { file: path, caption, ...how })).id
  },
  async sendAlbum(chat, items) {
    const [file, caption] = [items.map(({ path }) => path), items.map((item) => item.caption)]
    await client.sendFile(chat, { file, caption })
  },
  async download(chat, id, path) {
    const [message] = await client.getMessages(chat, { ids: [id] })
    writeFileSync(path, await client.downloadMedia(message, {}))
  },
  async setAvatar(path) {
    const bytes = readFileSync(path)
    const file = new CustomFile(basename(path), bytes.length, path)
    await client.invoke(
      new Api.photos.UploadProfilePhoto({ file: await client.uploadFile({ file, workers: 1 }) }),
    )
  },
  async downloadAvatar(user, path) {
    const [{ id, accessHash }] = [await client.getEntity(user)]
    const [now] = await client.invoke(
      new Api.users.GetUsers({ id: [new Api.InputUser({ userId: id, accessHash })] }),
    )
    writeFileSync(path, await client.downloadProfilePhoto(now, { isBig: true }))
  },
  async me() {
    const me = await client.getMe()
    return { id: String(me.id), phone: me.phone, firstName: me.firstName }
  },
  async dc() {
    return client.session.dcId
  },
  async session() {
    return client.session.save()
  },
  async logOut() {
    await client.invoke(new Api.auth.LogOut())
  },
  async close() {
    await client.destroy()
  },
  describe(error) {
    if (error?.errorMessage === undefined) return undefined
    return { code: error.code, text: error.errorMessage, own: error instanceof RPCError }
  },
}

/** A person's mistakes, after which GramJS asks again. */
const MISTAKES = new Set(['PHONE_CODE_INVALID', 'PASSWORD_HASH_INVALID'])

/** A text of a poll: a string up to layer 179. */
function formatted(text) {
  return Api.TextWithEntities ? new Api.TextWithEntities({ text, entities: [] }) : text
}

/** GramJS uses wss: on port 443 only. */
function webSocketTo(url) {
  return class extends PromisedWebSockets {
    getWebSocketLink() {
      return url
    }
  }
}

function passwordsOf(password) {
  const next = passwordsFor(password)
  return async () => next()
}

function trust(key) {
  const n = createPublicKey(key.pem).export({ format: 'jwk' }).n
  const modulus = bigInt(Buffer.from(n, 'base64url').toString('hex'), 16)
  _serverKeys.clear()
  _serverKeys.set(BigInt.asIntN(64, BigInt(`0x${key.fingerprint}`)).toString(), { n: modulus, e: 65537 })
}

serveAdapter(gramjs)
