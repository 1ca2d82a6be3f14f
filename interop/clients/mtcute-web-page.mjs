/**
 * Runs in the browser: mtcute as it ships for pages, with its own WebSockets redirected to our address. The
 * adapter around it asks `page.ask(verb, …)`.
 */
import {
  BaseTelegramClient,
  InputMedia,
  MemoryStorage,
  MtUnsupportedError,
  TelegramClient,
  tl,
  WebCryptoProvider,
  WebSocketTransport,
} from '@mtcute/web'
import { addPublicKey } from '@mtcute/web/utils.js'
import { listening, talksOf } from './mtcute-talks.mjs'
import { heardOf } from './talks.ts'

let base
let client
let isRestored
const talks = talksOf(() => client, InputMedia, {
  load: async (path) => new Uint8Array(await (await fetch(diskUrl(path))).arrayBuffer()),
  save: async (path, location) => {
    await fetch(diskUrl(path), { method: 'PUT', body: await client.downloadAsBuffer(location) })
  },
})

function diskUrl(path) {
  return `/disk?path=${encodeURIComponent(path)}`
}

const verbs = {
  async open(server, session) {
    const [{ id, host, port, wsUrl }] = server.dcs
    const [{ apiId, apiHash }] = server.apps
    const crypto = new WebCryptoProvider({ wasmInput: '/mtcute.wasm' })
    await crypto.initialize()
    addPublicKey(crypto, server.publicKeys[0].pem)
    // It only knows Telegram's own host names.
    class Here extends WebSocket {
      constructor(_, protocols) {
        super(wsUrl, protocols)
      }
    }
    const main = { id, ipAddress: host, port }
    base = new BaseTelegramClient({
      apiId,
      apiHash,
      crypto,
      storage: new MemoryStorage(),
      transport: new WebSocketTransport({ ws: Here }),
      defaultDcs: { main, media: { ...main, mediaOnly: true } },
    })
    client = new TelegramClient({ client: base })
    client.onRawUpdate.add(({ update }) => globalThis.hear(heardOf(update)))
    isRestored = Boolean(session)
    if (session) await client.importSession(session)
    await client.connect()
  },
  async tryCode(phone, phoneCode) {
    const { phoneCodeHash } = await client.sendCode({ phone })
    await client.signIn({ phone, phoneCodeHash, phoneCode })
  },
  async logIn({ phone, firstName, lastName }) {
    let toldOff = 0
    let sent
    try {
      await client.start({
        phone,
        code: () => globalThis.nextCode(),
        codeSentCallback: (code) => {
          sent = code
        },
        invalidCodeCallback: () => {
          toldOff += 1
        },
      })
    } catch (error) {
      if (!(error instanceof MtUnsupportedError)) throw error
      const phoneNumber = phone.replace('+', '')
      const names = { phoneNumber, phoneCodeHash: sent.phoneCodeHash, firstName, lastName }
      await client.notifyLoggedIn(await client.call({ _: 'auth.signUp', ...names }))
    }
    await listening(base)
    return toldOff
  },
  async me() {
    const { raw } = await client.getMe()
    if (isRestored) await client.startUpdatesLoop()
    return { id: String(raw.id), phone: raw.phone, firstName: raw.firstName }
  },
  dc: () => client.getPrimaryDcId(),
  session: () => client.exportSession(),
  logOut: async () => void (await client.logOut()),
  close: () => client.destroy(),
  talk: (act, ...given) => talks[act](...given),
}

globalThis.page = {
  async ask(verb, ...given) {
    try {
      return { value: await verbs[verb](...given) }
    } catch (error) {
      if (!tl.RpcError.is(error)) throw error
      return { refusal: { code: error.code, text: error.text, own: error instanceof tl.RpcError } }
    }
  },
}
