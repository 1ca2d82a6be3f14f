/**
 * A client that nobody ships, with what older clients send and packaged ones no longer do: `req_pq`, inner
 * data without a data centre, the old RSA padding, salt 0, initConnection#785188b8 around every call, no
 * acknowledgements, and the layer its command line names.
 */

import { OldConnection, OldError, Reader, tl, u32 } from '../../test/e2e/old-wire.ts'
import type { ReadyLine } from '../../test/e2e/serve.ts'
import { type Adapter, type Login, serveAdapter } from './contract.ts'

const layer = Number(process.argv[2] ?? 158)
const IDS = {
  invokeWithLayer: 0xda9b0d0d,
  initConnection: 0x785188b8,
  sendCode: 0xa677244f,
  codeSettings: 0xad253d78,
  sentCode: 0x5e002502,
  sentCodeTypeApp: 0x3dbb5986,
  sentCodeTypeSms: 0xc000bba2,
  signIn: 0x8d52a951,
  signUp: 0xaac7b717,
  signUpWithoutFlags: 0x80eee427,
  signUpRequired: 0x44747e9a,
  getUsers: 0x0d91a548,
  inputUserSelf: 0xf7c1b13f,
  vector: 0x1cb5c415,
  logOut: 0x3e72ba19,
} as const

let connection: OldConnection
let server: ReadyLine

function call(...parts: Buffer[]): Promise<Buffer> {
  const app = u32(server.apps[0]?.apiId ?? 0)
  const about = ['old', '1', '1', 'en', '', 'en'].map(tl)
  const init = [u32(IDS.initConnection), u32(0), app, ...about]
  return connection.call(Buffer.concat([u32(IDS.invokeWithLayer), u32(layer), ...init, ...parts]))
}

async function sendCode(phone: string): Promise<string> {
  const app = server.apps[0]
  const settings = [u32(IDS.codeSettings), u32(0)]
  const id = u32(app?.apiId ?? 0)
  const sent = new Reader(await call(u32(IDS.sendCode), tl(phone), id, tl(app?.apiHash ?? ''), ...settings))
  sent.expect(IDS.sentCode)
  sent.int()
  sent.int()
  sent.int()
  return sent.bytes().toString()
}

function signIn(phone: string, hash: string, code: string): Promise<Buffer> {
  return call(u32(IDS.signIn), u32(1), tl(phone), tl(hash), tl(code))
}

function signUp(login: Login, hash: string): Promise<Buffer> {
  const head = layer >= 198 ? [u32(IDS.signUp), u32(0)] : [u32(IDS.signUpWithoutFlags)]
  return call(...head, tl(login.phone), tl(hash), tl(login.firstName), tl(login.lastName))
}

const old: Adapter = {
  async open(at, session) {
    server = at
    const [dc, key] = [at.dcs[0], at.publicKeys[0]]
    if (!dc || !key) throw new Error('the server listens nowhere')
    connection = new OldConnection(dc)
    if (session) connection.authKey = Buffer.from(session, 'hex')
    await connection.open(key.pem, key.fingerprint)
  },
  async tryCode(phone, code) {
    await signIn(phone, await sendCode(phone), code)
  },
  async logIn(login, nextCode) {
    const hash = await sendCode(login.phone)
    for (let toldOff = 0; ; toldOff += 1) {
      try {
        const result = await signIn(login.phone, hash, await nextCode())
        if (result.readUInt32LE(0) === IDS.signUpRequired) {
          await signUp(login, hash)
        }
        return toldOff
      } catch (error) {
        if (!(error instanceof OldError) || error.message !== 'PHONE_CODE_INVALID') throw error
      }
    }
  },
  async me() {
    const users = new Reader(await call(u32(IDS.getUsers), u32(IDS.vector), u32(1), u32(IDS.inputUserSelf)))
    users.expect(IDS.vector)
    if (users.int() !== 1) throw new Error('users.getUsers: not one user')
    return readUser(users)
  },
  async dc() {
    throw new Error('this client does not move')
  },
  async session() {
    return connection.authKey.toString('hex')
  },
  async logOut() {
    await call(u32(IDS.logOut))
  },
  async close() {
    connection.close()
  },
  describe(error) {
    if (!(error instanceof OldError)) return undefined
    return { code: error.code, text: error.message, own: true }
  },
}

/**
 * The beginning of `user` is the same in all layers, except that ids have 64 bits from 133 on, and there
 * are second flags from 148 on.
 */
function readUser(reader: Reader): { id: string; phone: string; firstName: string } {
  reader.int()
  const flags = reader.int()
  if (layer >= 148) reader.int()
  const id = String(layer >= 133 ? reader.long() : reader.int())
  if (flags & 1) reader.long()
  const text = (bit: number): string => (flags & (1 << bit) ? reader.bytes().toString() : '')
  const firstName = text(1)
  text(2)
  text(3)
  return { id, phone: text(4), firstName }
}

serveAdapter(old)
