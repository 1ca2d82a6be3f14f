/** Ours, beside the others: the same scenarios through `@cablegram/client`, with the options its command line names. */
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
import type { ReadyLine } from '../../test/e2e/serve.ts'
import {
  type Adapter,
  type Chats,
  Heard,
  passwordsFor,
  SERVICE_USER_ID,
  serveAdapter,
  type WaysIn,
} from './contract.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ClientOptions

let server: ReadyLine
let client: TelegramClient
let qrLogin: Promise<unknown> | undefined
const heard = new Heard()

const cablegram: Adapter & WaysIn & Chats = {
  async open(at, session) {
    server = at
    client = new TelegramClient(memorySession(session), { server, ...options })
    client.onUpdate((updates) => {
      if (updates._ !== 'updates') return
      for (const update of updates.updates) {
        if (update._ === 'updateNewMessage' && update.message._ === 'message')
          heard.add(update.message.message)
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
    const list = await client.messages.getDialogs({
      offsetDate: 0,
      offsetId: 0,
      offsetPeer,
      limit: 100,
      hash: 0n,
    })
    const user = 'users' in list ? list.users.find(({ id }) => id === BigInt(SERVICE_USER_ID)) : undefined
    if (user?._ !== 'user') throw new Error('messages.getDialogs does not know user 777000')
    const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n } as const
    const from = { offsetId: 0, offsetDate: 0, addOffset: 0, maxId: 0, minId: 0 }
    const chat = await client.messages.getHistory({ peer, ...from, limit: 100, hash: 0n })
    if (!('messages' in chat)) throw new Error(`messages.getHistory answered ${chat._}`)
    return chat.messages.map((message) => (message._ === 'message' ? message.message : message._))
  },
  async me() {
    const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    if (me?._ !== 'user') throw new Error('users.getUsers: not one user')
    return { id: String(me.id), phone: me.phone ?? '', firstName: me.firstName ?? '' }
  },
  async dc() {
    // The string form of a session is a digit for the form and JSON as base64url.
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

serveAdapter(cablegram)
