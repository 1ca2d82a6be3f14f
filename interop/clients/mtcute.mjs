/**
 * mtcute. Quirks that shape this file: it refuses sign-up itself (MtUnsupportedError after a right code), so the
 * account is then made with a raw auth.signUp; what `start()` does besides, it does by default; with a saved session that is `getMe` and its loop of updates.
 *
 * With temporary keys, which a server that restarts has forgotten, it takes up to 20 s to come back: -404 ends its
 * connection in mid-handshake, the handshake it gives up stays in its list of waiting ones and swallows the next
 * answer, and it tries again after its own 5 s.
 */

import { writeFile } from 'node:fs/promises'
import { connectWs } from '@fuman/net'
import {
  IntermediatePacketCodec,
  MtUnsupportedError,
  ObfuscatedPacketCodec,
  PaddedIntermediatePacketCodec,
} from '@mtcute/core'
import {
  BaseTelegramClient,
  InputMedia,
  MemoryStorage,
  MtProxyTcpTransport,
  TcpTransport,
  TelegramClient,
  tl,
} from '@mtcute/node'
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js'
import { Heard, passwordsFor, SERVICE_USER_ID, serveAdapter, tell, tokenOf } from './contract.ts'
import { listening, talksOf } from './mtcute-talks.mjs'
import { heardOf } from './talks.ts'

const [transport, mode] = process.argv.slice(2)
const usePfs = mode === 'pfs'
/** The data centre to start from without a session, if there are several. */
const START_DC = 2

const TRANSPORTS = {
  /** Its defaults. */
  intermediate: () => ({}),
  padded: () => ({ transport: new Padded() }),
  mtproxy: (server) => ({ transport: new MtProxyTcpTransport({ ...server.dcs[0], secret: mode }) }),
  websocket: (server) => ({ transport: webSocketTransport(server) }),
}

let base
let client
let isRestored
let qrLogin
const heard = new Heard()

class Padded extends TcpTransport {
  packetCodec() {
    return new PaddedIntermediatePacketCodec()
  }
}

/** The parts of the transport in its browser package. */
function webSocketTransport(server) {
  return {
    connect: () => connectWs({ url: server.dcs[0].wsUrl, protocols: 'binary' }),
    packetCodec: () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()),
  }
}

/** @type {import('./contract.ts').Adapter & import('./contract.ts').WaysIn & import('./contract.ts').Chats & import('./talks.ts').Talks} */
const mtcute = {
  async open(server, session) {
    const crypto = new NodeCryptoProvider()
    await crypto.initialize?.()
    addPublicKey(crypto, server.publicKeys[0].pem)
    const { id, host, port } = server.dcs.find((dc) => dc.id === START_DC) ?? server.dcs[0]
    const main = { id, ipAddress: host, port }
    const { apiId, apiHash } = server.apps[0]
    base = new BaseTelegramClient({
      apiId,
      apiHash,
      crypto,
      storage: new MemoryStorage(),
      defaultDcs: { main, media: { ...main, mediaOnly: true } },
      ...TRANSPORTS[transport](server),
      ...(usePfs ? { network: { usePfs } } : {}),
    })
    client = new TelegramClient({ client: base })
    client.onNewMessage.add(({ text }) => heard.add(text))
    client.onRawUpdate.add(({ update }) => tell(heardOf(update)))
    isRestored = session !== undefined
    if (session) await client.importSession(session)
    await client.connect()
  },
  async tryCode(phone, phoneCode) {
    const { phoneCodeHash } = await client.sendCode({ phone })
    await client.signIn({ phone, phoneCodeHash, phoneCode })
  },
  async logIn(login, nextCode) {
    let toldOff = 0
    let sent
    try {
      await client.start({
        phone: login.phone,
        code: nextCode,
        password: passwordsFor(login.password),
        codeSentCallback: (code) => {
          sent = code
        },
        invalidCodeCallback: () => {
          toldOff += 1
        },
      })
    } catch (error) {
      if (!(error instanceof MtUnsupportedError)) throw error
      await signUp(login, sent.phoneCodeHash)
    }
    await listening(base)
    return toldOff
  },
  showQr(password) {
    return new Promise((resolve, reject) => {
      qrLogin = client.signInQr({ onUrlUpdated: resolve, password: passwordsFor(password) })
      qrLogin.catch(reject)
    })
  },
  async qrDone() {
    await qrLogin
    await listening(base)
  },
  async acceptQr(url) {
    await client.call({ _: 'auth.acceptLoginToken', token: tokenOf(url) })
  },
  async logInBot(botToken) {
    await client.start({ botToken })
    await listening(base)
  },
  async setPassword(password, hint, recovery) {
    if (recovery === undefined) return client.enableCloudPassword({ password, hint })
    const { email, mail } = recovery
    await client.enableCloudPassword({ password, hint, email }).catch((error) => {
      if (!tl.RpcError.is(error, 'EMAIL_UNCONFIRMED_%d')) throw error
    })
    await client.verifyPasswordEmail(await mail())
  },
  async recoverPassword({ phone }, nextCode, mail) {
    const { phoneCodeHash } = await client.sendCode({ phone })
    await client.signIn({ phone, phoneCodeHash, phoneCode: await nextCode() }).catch((error) => {
      if (!tl.RpcError.is(error, 'SESSION_PASSWORD_NEEDED')) throw error
    })
    await client.call({ _: 'auth.requestPasswordRecovery' })
    await client.recoverPassword({ recoveryCode: await mail() })
  },
  heard: () => heard.next(),
  async serviceChat() {
    for await (const { peer, unreadCount } of client.iterDialogs()) {
      if (peer.id !== SERVICE_USER_ID) continue
      return { texts: (await client.getHistory(peer)).map(({ text }) => text), unread: unreadCount }
    }
    throw new Error('no chat with user 777000')
  },
  async readServiceChat() {
    await client.readHistory(SERVICE_USER_ID)
  },
  async saveText(text) {
    await client.sendText('self', text)
  },
  async savedTexts() {
    return (await client.getHistory('self')).map(({ text }) => text)
  },
  ...talksOf(() => client, InputMedia, {
    load: (path) => `file:${path}`,
    // Its own `downloadToFile` resolves before the file is written.
    save: async (path, location) => writeFile(path, await client.downloadAsBuffer(location)),
  }),
  async me() {
    const { raw } = await client.getMe()
    if (isRestored) await client.startUpdatesLoop()
    return { id: String(raw.id), phone: raw.phone, firstName: raw.firstName }
  },
  async dc() {
    return client.getPrimaryDcId()
  },
  async session() {
    return client.exportSession()
  },
  async logOut() {
    await client.logOut()
  },
  async close() {
    await client.destroy()
  },
  describe(error) {
    if (!tl.RpcError.is(error)) return undefined
    return { code: error.code, text: error.text, own: error instanceof tl.RpcError }
  },
}

async function signUp({ phone, firstName, lastName }, phoneCodeHash) {
  const phoneNumber = phone.replace('+', '')
  const made = await client.call({ _: 'auth.signUp', phoneNumber, phoneCodeHash, firstName, lastName })
  await client.notifyLoggedIn(made)
}

serveAdapter(mtcute)
