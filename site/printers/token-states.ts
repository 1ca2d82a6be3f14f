/** States of logins by QR code, passkey, or the token of a bot or a website. */
import { refOf } from './ref.ts'
import { ADA_IS_THERE, ADD_BOT, APP, CODE, PHONE, SIGNED_UP, sendCode } from './scene.ts'
import type { CallStep, State, TextStep } from './state.ts'

const BOT_TOKEN = `token=$(${ADD_BOT})`

const signBotIn: CallStep = {
  method: 'auth.importBotAuthorization',
  params: { flags: 0, ...APP, botAuthToken: refOf('token') },
}

const PASSKEY_IMPORTS = { '@cablegram/client': ['logOut'], '@cablegram/fixtures': ['createTestPasskey'] }

/** A passkey that is ready to be registered; only a program can have one. */
const passkeyMade: TextStep = {
  as: 'made',
  typescript: [
    'const passkey = createTestPasskey()',
    'const { options } = await client.account.initPasskeyRegistration()',
    'const made = passkey.create(options.data)',
  ].join('\n'),
  lua: '',
}

const made = (field: string): unknown => refOf('made', field)

const registerPasskey: CallStep = {
  method: 'account.registerPasskey',
  params: {
    credential: {
      _: 'inputPasskeyCredentialPublicKey',
      id: made('id'),
      rawId: made('id'),
      response: {
        _: 'inputPasskeyResponseRegister',
        clientData: { _: 'dataJSON', data: made('clientData') },
        attestationData: made('attestation'),
      },
    },
  },
}

const passkeyAsked: TextStep = {
  as: 'signed',
  typescript: [
    'await logOut(client)',
    'const asked = await client.auth.initPasskeyLogin({',
    `  apiId: ${APP.apiId},`,
    `  apiHash: '${APP.apiHash}',`,
    '})',
    'const signed = passkey.get(asked.options.data)',
  ].join('\n'),
  lua: '',
}

/** The names that each of these states gives to values. */
export interface TokenNames {
  readonly qrShown: { readonly token: Uint8Array }
  readonly qrAccepted: { readonly token: Uint8Array }
  readonly exported: { readonly id: bigint; readonly bytes: Uint8Array }
  readonly bot: { readonly token: string }
  readonly botSignedIn: { readonly token: string }
  readonly webToken: { readonly token: string }
  readonly passkeyMade: {
    readonly made: { readonly id: string; readonly clientData: string; readonly attestation: Uint8Array }
  }
  readonly passkeyAsked: {
    readonly signed: {
      readonly id: string
      readonly clientData: string
      readonly authenticatorData: Uint8Array
      readonly signature: Uint8Array
      readonly userHandle: string
    }
  }
}

export const TOKEN_STATES: Readonly<Record<keyof TokenNames, State>> = {
  qrShown: {
    words: 'Ada is signed in, and another device shows a QR code.',
    first: [
      `token=$(npx cablegram call auth.exportLoginToken '{"exceptIds":[]}' --session screen.session --get token)`,
    ],
    args: [{ name: 'token', kind: 'bytes' }],
    start: SIGNED_UP,
  },
  qrAccepted: {
    words: 'A phone in data centre 2 accepted the QR code that a device in data centre 1 shows.',
    serve: '--dcs 2',
    first: [
      `npx cablegram login ${PHONE} --code ${CODE} --first-name Ada --session phone.session`,
      `token=$(npx cablegram call auth.exportLoginToken '{"exceptIds":[]}' --session screen.session --get token)`,
      `npx cablegram call auth.acceptLoginToken '{"token":"'$token'"}' --session phone.session`,
      `token=$(npx cablegram call auth.exportLoginToken '{"exceptIds":[]}' --session screen.session --get token)`,
    ],
    args: [{ name: 'token', kind: 'bytes' }],
    // The number lives in data centre 2, and the client goes there for its code.
    steps: [sendCode],
  },
  exported: {
    words: 'A client in data centre 2 exported its login to data centre 1.',
    serve: '--dcs 2',
    first: [
      `npx cablegram login ${PHONE} --code ${CODE} --first-name Ada --session home.session`,
      `id=$(npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}' --session home.session --get 0.id)`,
      `bytes=$(npx cablegram call auth.exportAuthorization '{"dcId":1}' --session home.session --get bytes)`,
    ],
    args: [
      { name: 'id', kind: 'long' },
      { name: 'bytes', kind: 'bytes' },
    ],
  },
  bot: {
    words: 'Nobody is signed in; there is a bot.',
    first: [BOT_TOKEN],
    args: [{ name: 'token', kind: 'text' }],
  },
  botSignedIn: {
    words: 'A bot is signed in.',
    first: [BOT_TOKEN],
    args: [{ name: 'token', kind: 'text' }],
    steps: [signBotIn],
  },
  webToken: {
    words: 'A website gave its visitor a token.',
    first: [ADA_IS_THERE, `token=$(npx cablegram user web-token ${PHONE})`],
    args: [{ name: 'token', kind: 'text' }],
  },
  passkeyMade: {
    words: 'Ada is signed in, and her authenticator made a passkey.',
    start: SIGNED_UP,
    imports: PASSKEY_IMPORTS,
    steps: [passkeyMade],
  },
  passkeyAsked: {
    words: 'Nobody is signed in, and Ada’s passkey has signed what the server asked for.',
    start: SIGNED_UP,
    imports: PASSKEY_IMPORTS,
    steps: [passkeyMade, registerPasskey, passkeyAsked],
  },
}
