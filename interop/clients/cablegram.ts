/** Ours, beside the others: the same scenarios through `@cablegram/client`, with the options its command line names. */
import { type ClientOptions, logOut, memorySession, RpcError, TelegramClient } from '@cablegram/client'
import type { ReadyLine } from '../../test/e2e/serve.ts'
import { type Adapter, serveAdapter } from './contract.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ClientOptions

let server: ReadyLine
let client: TelegramClient

const cablegram: Adapter = {
  async open(at, session) {
    server = at
    client = new TelegramClient(memorySession(session), { server, ...options })
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
    await client.start({
      phone: async () => login.phone,
      code: async ({ problem }) => {
        if (problem?.type === 'PHONE_CODE_INVALID') toldOff += 1
        return nextCode()
      },
      name: async () => login,
    })
    return toldOff
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
