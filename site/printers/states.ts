import { refOf } from './ref.ts'
import type { CallStep, State, TextStep } from './state.ts'

/** The app of `cablegram serve --memory`; a page that a console serves has that server's app in its place. */
export const APP: { readonly apiId: number; readonly apiHash: string } = {
  apiId: 10001,
  apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
}

/** The console that printed programs name; a page that a console serves has its own address in this place. */
export const SERVER: string = 'http://127.0.0.1:10081'

/** A number for tests in data centre 2. */
export const PHONE: string = '+9996621234'

/** The code of that number. */
export const CODE: string = '22222'

/** The code that the number gets by e-mail, at sign-in. */
export const EMAIL_CODE: string = '222222'

/** The password of an account that has one. */
export const PASSWORD: string = 'correct horse'

/** An address of Ada. */
export const EMAIL: string = 'ada@example.org'

/** A state that gives no names. */
type NoNames = Record<never, never>

/** The names that each state gives to values. */
export interface NamesOf {
  readonly anonymous: NoNames
  readonly codeSent: { readonly sent: { readonly phoneCodeHash: string } }
  readonly verified: { readonly sent: { readonly phoneCodeHash: string } }
  readonly firebase: { readonly sent: { readonly phoneCodeHash: string } }
  readonly paymentDue: { readonly asked: { readonly phoneCodeHash: string } }
  readonly formShown: {
    readonly asked: { readonly phoneCodeHash: string }
    readonly form: { readonly formId: bigint }
  }
  readonly emailAsked: { readonly sent: { readonly phoneCodeHash: string } }
  readonly emailCodeSent: { readonly sent: { readonly phoneCodeHash: string } }
  readonly codeByEmail: { readonly sent: { readonly phoneCodeHash: string } }
  readonly passwordPending: { readonly password: PasswordProof }
  readonly recoverable: NoNames
  readonly recoveryPending: { readonly code: string }
  readonly qrShown: { readonly token: Uint8Array }
  readonly qrAccepted: { readonly token: Uint8Array }
  readonly exported: { readonly id: bigint; readonly bytes: Uint8Array }
  readonly bot: { readonly token: string }
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
  readonly signedIn: NoNames
  readonly withPassword: { readonly password: PasswordProof }
  readonly emailUnconfirmed: { readonly code: string }
  readonly resetAsked: NoNames
  readonly twoLogins: NoNames
  readonly otherLogin: { readonly other: { readonly hash: bigint } }
  readonly withGrace: NoNames
  readonly graceKnown: { readonly grace: { readonly id: bigint; readonly accessHash: bigint } }
  readonly graceHasRead: { readonly grace: Known }
  readonly graceWritten: { readonly grace: { readonly id: bigint; readonly accessHash: bigint } }
  readonly graceWaits: { readonly grace: { readonly id: bigint; readonly accessHash: bigint } }
  readonly group: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly groupReacted: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly commonGroup: { readonly grace: Known }
  readonly groupLeft: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly groupLink: GroupLink
  readonly groupLinkEnded: GroupLink
  readonly linkOfClub: { readonly link: string }
  readonly graceAsks: { readonly grace: Known; readonly chatId: bigint }
  readonly botKnown: { readonly bot: Known }
  readonly botSignedIn: { readonly token: string }
  readonly messageWaits: { readonly grace: Known }
  readonly messageSaved: NoNames
  readonly messageReacted: NoNames
  readonly pollSaved: NoNames
  readonly pollVoted: NoNames
  readonly openPollSaved: NoNames
  readonly pollAnswered: NoNames
  readonly missedUpdates: { readonly state: { readonly pts: number } }
  readonly newTerms: NoNames
  readonly termsShown: {
    readonly update: {
      readonly termsOfService: { readonly id: { readonly _: 'dataJSON'; readonly data: string } }
    }
  }
}

/** Somebody whom the client knows. */
type Known = { readonly id: bigint; readonly accessHash: bigint }

type GroupLink = { readonly group: { readonly chatId: bigint }; readonly invite: { readonly link: string } }

type PasswordProof = {
  readonly _: 'inputCheckPasswordSRP'
  readonly srpId: bigint
  readonly A: Uint8Array
  readonly M1: Uint8Array
}

/** The name of a state. */
export type StateName = keyof NamesOf

const held = { phoneNumber: PHONE, phoneCodeHash: refOf('sent', 'phoneCodeHash') }

const ADA_IS_THERE = `npx cablegram user add ${PHONE} --first-name Ada`
const ADA_HAS_A_PASSWORD = `${ADA_IS_THERE} --password '${PASSWORD}'`
const SIGNED_UP = { phone: PHONE, code: CODE, firstName: 'Ada' } as const
const SELF = { _: 'inputPeerSelf' } as const

const sendCode: CallStep = {
  method: 'auth.sendCode',
  params: { phoneNumber: PHONE, ...APP, settings: { _: 'codeSettings' } },
  as: 'sent',
  takes: 'auth.sentCode',
}

const signIn: CallStep = { method: 'auth.signIn', params: { ...held, phoneCode: CODE } }

const passwordNeeded: CallStep = { ...signIn, refused: '401 SESSION_PASSWORD_NEEDED' }

const proof: TextStep = {
  as: 'password',
  typescript: `const password = passwordProof(await client.account.getPassword(), '${PASSWORD}', randomBytes)`,
  lua: `local password = cablegram.password_proof('${PASSWORD}')`,
}

const PROOF_IMPORTS = { '@cablegram/client': ['passwordProof'], 'node:crypto': ['randomBytes'] }
const PROVES = { options: `--password '${PASSWORD}'`, filled: ['password'] }

/** The code of a mail, as a person reads it in the server's inbox. */
const mailedCode: TextStep = {
  as: 'code',
  typescript: [
    `const inbox = await fetch('${SERVER}/api/codes?phone=${PHONE.slice(1)}')`,
    'const { codes } = (await inbox.json()) as { codes: { code: string }[] }',
    "const code = codes[0]?.code ?? ''",
  ].join('\n'),
  lua: "local code = cablegram.ask('The code in the e-mail: ')",
  command: `code=$(npx cablegram codes --last --phone ${PHONE})`,
}

/** Sends a poll of this kind. */
const pollStep = (kind: { readonly publicVoters?: true; readonly openAnswers?: true }): CallStep => ({
  method: 'messages.sendMedia',
  params: {
    peer: SELF,
    media: {
      _: 'inputMediaPoll',
      poll: {
        _: 'poll',
        id: 0n,
        hash: 0n,
        ...kind,
        question: { _: 'textWithEntities', text: 'Tea?', entities: [] },
        answers: [
          {
            _: 'pollAnswer',
            text: { _: 'textWithEntities', text: 'yes', entities: [] },
            option: Uint8Array.of(1),
          },
          {
            _: 'pollAnswer',
            text: { _: 'textWithEntities', text: 'no', entities: [] },
            option: Uint8Array.of(2),
          },
        ],
      },
    },
    message: '',
    randomId: 6_204_117_153_489_200n,
  },
})

const sendPoll = pollStep({ publicVoters: true })
const sendOpenPoll = pollStep({ openAnswers: true })

const sendMessage: CallStep = {
  method: 'messages.sendMessage',
  params: { peer: SELF, message: 'Hello', randomId: 4_839_201_756_348_120n },
}

const paymentAsked: Pick<State, 'first' | 'steps'> = {
  first: ['npx cablegram rule 999662 --channels payment,sms'],
  steps: [{ ...sendCode, as: 'asked', takes: 'auth.sentCodePaymentRequired' }],
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

/** The login that comes after one's own in the list. */
const otherLogin: TextStep = {
  as: 'other',
  typescript: [
    'const [, other] = (await client.account.getAuthorizations()).authorizations',
    "if (other === undefined) throw new Error('there is no other login')",
  ].join('\n'),
  lua: 'local other = account.getAuthorizations().authorizations[2]',
  command: 'hash=$(npx cablegram call account.getAuthorizations --get authorizations.1.hash)',
}

const RESOLVE_GRACE = `npx cablegram call contacts.resolveUsername '{"username":"grace_h"}'`

/** Grace, as the client knows her: her id, and the access hash that is this client's. */
const graceKnown: TextStep = {
  as: 'grace',
  typescript: [
    "const { users } = await client.contacts.resolveUsername({ username: 'grace_h' })",
    'const [grace] = users',
    "if (grace?._ !== 'user' || grace.accessHash === undefined) throw new Error('nobody has this name')",
  ].join('\n'),
  lua: "local grace = contacts.resolveUsername{ username = 'grace_h' }.users[1]",
  command: [
    `id=$(${RESOLVE_GRACE} --get users.0.id)`,
    `accessHash=$(${RESOLVE_GRACE} --get users.0.accessHash)`,
  ].join('\n'),
}

const MADE = `npx cablegram call messages.createChat '{"users":[{"_":"inputUser","userId":"'$id'","accessHash":"'$accessHash'"}],"title":"Chess club"}'`

/** A group of Ada and Grace. */
const groupMade: TextStep = {
  as: 'group',
  typescript: [
    "const invited = [{ _: 'inputUser', userId: grace.id, accessHash: grace.accessHash }] as const",
    "const made = await client.messages.createChat({ users: [...invited], title: 'Chess club' })",
    "if (made.updates._ !== 'updates') throw new Error('the group is not in the answer')",
    'const group = { chatId: made.updates.chats[0]?.id ?? 0n }',
  ].join('\n'),
  lua: [
    "local user = { _ = 'inputUser', user_id = grace.id, access_hash = grace.access_hash }",
    "local made = messages.createChat{ users = { user }, title = 'Chess club' }",
    'local group = { chat_id = made.updates.chats[1].id }',
  ].join('\n'),
  command: `chatId=$(${MADE} --get updates.chats.0.id)`,
}

const makeGroup: CallStep = {
  method: 'messages.createChat',
  params: {
    users: [{ _: 'inputUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') }],
    title: 'Chess club',
  },
}

const leaveGroup: CallStep = {
  method: 'messages.deleteChatUser',
  params: { chatId: refOf('group', 'chatId'), userId: { _: 'inputUserSelf' } },
}

const GROUP_PEER = { _: 'inputPeerChat', chatId: refOf('group', 'chatId') }

const exportInvite: CallStep = {
  method: 'messages.exportChatInvite',
  params: { peer: GROUP_PEER, title: 'For friends' },
  as: 'invite',
  takes: 'chatInviteExported',
}

const endInvite: CallStep = {
  method: 'messages.editExportedChatInvite',
  params: { peer: GROUP_PEER, link: refOf('invite', 'link'), revoked: true },
}

const GRACE_PHONE = '+9996625678'
const ADD_GRACE = `npx cablegram user add ${GRACE_PHONE} --first-name Grace --username grace_h`
const ADD_BOT = 'npx cablegram bot add echo_bot'
const BOT_TOKEN = `token=$(${ADD_BOT})`
const RESOLVE_BOT = `npx cablegram call contacts.resolveUsername '{"username":"echo_bot"}'`

/** A bot, as the client knows it. */
const botKnown: TextStep = {
  as: 'bot',
  typescript: [
    "const { users } = await client.contacts.resolveUsername({ username: 'echo_bot' })",
    'const [bot] = users',
    "if (bot?._ !== 'user' || bot.accessHash === undefined) throw new Error('nobody has this name')",
  ].join('\n'),
  lua: "local bot = contacts.resolveUsername{ username = 'echo_bot' }.users[1]",
  command: [
    `id=$(${RESOLVE_BOT} --get users.0.id)`,
    `accessHash=$(${RESOLVE_BOT} --get users.0.accessHash)`,
  ].join('\n'),
}

const signBotIn: CallStep = {
  method: 'auth.importBotAuthorization',
  params: { flags: 0, ...APP, botAuthToken: refOf('token') },
}

const ADD_BOB = 'npx cablegram user add +9996625679 --first-name Bob --username bob_builder'

/** Commands with which somebody makes a group with Bob, and a link to it. */
function clubOf(session: string, linkOptions: string): string[] {
  const resolve = `npx cablegram call contacts.resolveUsername '{"username":"bob_builder"}' --session ${session}`
  const peer = `"peer":{"_":"inputPeerChat","chatId":"'$chatId'"}`
  return [
    `id=$(${resolve} --get users.0.id)`,
    `accessHash=$(${resolve} --get users.0.accessHash)`,
    `chatId=$(${MADE} --session ${session} --get updates.chats.0.id)`,
    `link=$(npx cablegram call messages.exportChatInvite '{${peer}${linkOptions}}' --session ${session} --get link)`,
  ]
}

const hideNumber: CallStep = {
  method: 'account.setPrivacy',
  params: {
    key: { _: 'inputPrivacyKeyPhoneNumber' },
    rules: [{ _: 'inputPrivacyValueDisallowAll' }],
  },
}

const writeToGrace: CallStep = {
  method: 'messages.sendMessage',
  params: {
    peer: { _: 'inputPeerUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') },
    message: 'Hello, Grace',
    randomId: 5_120_394_857_660_213n,
  },
}

const addGrace: CallStep = {
  method: 'contacts.addContact',
  params: {
    id: { _: 'inputUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') },
    firstName: 'Grace',
    lastName: '',
    phone: '',
  },
}

const waitForGrace: CallStep = {
  method: 'messages.sendMessage',
  params: {
    peer: { _: 'inputPeerUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') },
    message: 'Welcome back',
    randomId: 1n,
    // When she is online.
    scheduleDate: 2147483646,
  },
}

/** The purchase of a code that has to be paid for. */
export function purchaseOf(phoneCodeHash: string): {
  readonly _: 'inputStorePaymentAuthCode'
  readonly phoneNumber: string
  readonly phoneCodeHash: string
  readonly premiumDays: number
  readonly currency: string
  readonly amount: bigint
} {
  return {
    _: 'inputStorePaymentAuthCode',
    phoneNumber: PHONE,
    phoneCodeHash,
    premiumDays: 7,
    currency: 'USD',
    amount: 99n,
  }
}

const emailRule = 'npx cablegram rule 999662 --channels setUpEmail,sms'

/** The states that examples begin in. */
export const STATES: Readonly<Record<StateName, State>> = {
  anonymous: { words: 'Nobody is signed in.' },
  codeSent: {
    words: 'A code was sent to the number of an account.',
    first: [ADA_IS_THERE],
    steps: [sendCode],
  },
  verified: {
    words: 'The right code was given for a number that has no account yet.',
    steps: [sendCode, signIn],
  },
  firebase: {
    words: 'The code will be sent once the device has shown what it is.',
    first: ['npx cablegram rule 999662 --channels firebase,sms'],
    steps: [sendCode],
  },
  paymentDue: { words: 'The code has to be paid for before it is sent.', ...paymentAsked },
  formShown: {
    words: 'The form to pay for a code was asked for.',
    ...paymentAsked,
    steps: [
      ...(paymentAsked.steps ?? []),
      {
        method: 'payments.getPaymentForm',
        params: {
          invoice: {
            _: 'inputInvoicePremiumAuthCode',
            purpose: { ...purchaseOf(''), phoneCodeHash: refOf('asked', 'phoneCodeHash') },
          },
        },
        as: 'form',
        takes: 'payments.paymentForm',
      },
    ],
  },
  emailAsked: {
    words: 'The server wants a login e-mail before it sends a code.',
    first: [emailRule],
    steps: [sendCode],
  },
  emailCodeSent: {
    words: 'A code was sent to the address that is to become the login e-mail.',
    first: [emailRule],
    steps: [
      sendCode,
      {
        method: 'account.sendVerifyEmailCode',
        params: { purpose: { _: 'emailVerifyPurposeLoginSetup', ...held }, email: EMAIL },
      },
    ],
  },
  codeByEmail: {
    words: 'The login code went to the account’s e-mail.',
    first: [`${ADA_IS_THERE} --login-email ${EMAIL}`],
    steps: [sendCode],
  },
  passwordPending: {
    words: 'The right code was given; the account has a password, too.',
    first: [ADA_HAS_A_PASSWORD],
    imports: PROOF_IMPORTS,
    steps: [sendCode, passwordNeeded, proof],
    ...PROVES,
  },
  recoverable: {
    words: 'The right code was given; the password is lost, but the account has a recovery e-mail.',
    first: [`${ADA_HAS_A_PASSWORD} --email ${EMAIL}`],
    steps: [sendCode, passwordNeeded],
  },
  recoveryPending: {
    words: 'A code was sent to the recovery e-mail.',
    first: [`${ADA_HAS_A_PASSWORD} --email ${EMAIL}`],
    steps: [sendCode, passwordNeeded, { method: 'auth.requestPasswordRecovery', params: {} }, mailedCode],
  },
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
  signedIn: { words: 'Ada is signed in.', start: SIGNED_UP },
  withPassword: {
    words: 'Ada is signed in; her account has a password and a recovery e-mail.',
    first: [`${ADA_HAS_A_PASSWORD} --email ${EMAIL}`],
    start: { phone: PHONE, code: CODE, password: PASSWORD },
    imports: PROOF_IMPORTS,
    steps: [proof],
    ...PROVES,
  },
  emailUnconfirmed: {
    words: 'A code was sent to the new recovery e-mail of an account with a password.',
    first: [ADA_HAS_A_PASSWORD],
    start: { phone: PHONE, code: CODE, password: PASSWORD },
    imports: PROOF_IMPORTS,
    steps: [
      proof,
      {
        method: 'account.updatePasswordSettings',
        params: {
          password: refOf('password'),
          newSettings: { _: 'account.passwordInputSettings', email: EMAIL },
        },
        refused: '400 EMAIL_UNCONFIRMED_6',
      },
      mailedCode,
    ],
    ...PROVES,
  },
  resetAsked: {
    words: 'Ada is signed in, and the removal of her password was asked for.',
    first: [ADA_HAS_A_PASSWORD],
    start: { phone: PHONE, code: CODE, password: PASSWORD },
    steps: [{ method: 'account.resetPassword', params: {} }],
  },
  twoLogins: {
    words: 'Ada is signed in on two devices.',
    first: [`npx cablegram login ${PHONE} --code ${CODE} --first-name Ada --session laptop.session`],
    start: { phone: PHONE, code: CODE },
  },
  otherLogin: {
    words: 'Ada is signed in on two devices, and this one knows the login of the other.',
    first: [`npx cablegram login ${PHONE} --code ${CODE} --first-name Ada --session laptop.session`],
    start: { phone: PHONE, code: CODE },
    steps: [otherLogin],
  },
  withGrace: {
    words: 'Ada is signed in; Grace has an account with a username.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
  },
  graceKnown: {
    words: 'Ada is signed in and has found Grace by her username.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
    steps: [graceKnown],
  },
  graceHasRead: {
    words: 'Ada is signed in and has found Grace, who has read the first message from her.',
    first: [
      ADD_GRACE,
      `npx cablegram user add ${PHONE} --first-name Ada`,
      `npx cablegram people send ${PHONE} @grace_h 'Hello'`,
      `npx cablegram people read @grace_h ${PHONE}`,
    ],
    start: { phone: PHONE, code: CODE },
    steps: [graceKnown],
  },
  graceWritten: {
    words: 'Ada is signed in and has written to Grace.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
    steps: [graceKnown, writeToGrace],
  },
  graceWaits: {
    words: 'Ada is signed in and shows her number to nobody; Grace is a contact of hers.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
    steps: [hideNumber, graceKnown, addGrace],
  },
  group: {
    words: 'Ada is signed in and has made a group with Grace.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade],
  },
  groupReacted: {
    words: 'Ada is signed in; she has made a group with Grace, and has reacted to a message in it.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [
      graceKnown,
      groupMade,
      { method: 'messages.sendMessage', params: { peer: GROUP_PEER, message: 'Hello', randomId: 1n } },
      {
        method: 'messages.sendReaction',
        params: { peer: GROUP_PEER, msgId: 2, reaction: [{ _: 'reactionEmoji', emoticon: '👍' }] },
      },
    ],
  },
  commonGroup: {
    words: 'Ada is signed in and has made a group with Grace.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, makeGroup],
  },
  groupLeft: {
    words: 'Ada is signed in; she has made a group with Grace, and left it.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, leaveGroup],
  },
  groupLink: {
    words: 'Ada is signed in; she has made a group with Grace, and a link to it.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, exportInvite],
  },
  groupLinkEnded: {
    words: 'Ada is signed in; she has made a group with Grace, and a link to it that she has ended.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, exportInvite, endInvite],
  },
  linkOfClub: {
    words: 'Ada is signed in; Grace has made a group with Bob, and passed a link to it on.',
    first: [
      ADD_BOB,
      `npx cablegram login ${GRACE_PHONE} --code ${CODE} --first-name Grace --session grace.session`,
      ...clubOf('grace.session', ''),
    ],
    args: [{ name: 'link', kind: 'text' }],
    start: SIGNED_UP,
  },
  graceAsks: {
    words: 'Ada is signed in; Grace has a link to her group and has asked to be let in.',
    first: [
      ADD_BOB,
      `npx cablegram login ${PHONE} --code ${CODE} --first-name Ada --session laptop.session`,
      ...clubOf('laptop.session', ',"requestNeeded":true'),
      ADD_GRACE,
      `npx cablegram login ${GRACE_PHONE} --code ${CODE} --session grace.session`,
      `npx cablegram call messages.importChatInvite '{"hash":"'$link'"}' --session grace.session  # 400 INVITE_REQUEST_SENT`,
    ],
    args: [{ name: 'chatId', kind: 'long' }],
    start: { phone: PHONE, code: CODE },
    steps: [graceKnown],
  },
  botKnown: {
    words: 'Ada is signed in and has found a bot.',
    first: [ADD_BOT],
    start: SIGNED_UP,
    steps: [botKnown],
  },
  botSignedIn: {
    words: 'A bot is signed in.',
    first: [BOT_TOKEN],
    args: [{ name: 'token', kind: 'text' }],
    steps: [signBotIn],
  },
  messageWaits: {
    words: 'Ada is signed in and has a message to Grace that waits until Grace is online.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, waitForGrace],
  },
  messageSaved: {
    words: 'Ada is signed in and has written a message to herself.',
    start: SIGNED_UP,
    steps: [sendMessage],
  },
  messageReacted: {
    words: 'Ada is signed in, has written a message to herself, and has reacted to it.',
    start: SIGNED_UP,
    steps: [
      sendMessage,
      {
        method: 'messages.sendReaction',
        params: { peer: SELF, msgId: 1, reaction: [{ _: 'reactionEmoji', emoticon: '👍' }] },
      },
    ],
  },
  pollSaved: {
    words: 'Ada is signed in and has a poll in the chat with herself.',
    start: SIGNED_UP,
    steps: [sendPoll],
  },
  pollVoted: {
    words: 'Ada is signed in; a poll is in the chat with herself, and she has voted in it.',
    start: SIGNED_UP,
    steps: [
      sendPoll,
      { method: 'messages.sendVote', params: { peer: SELF, msgId: 1, options: [Uint8Array.of(2)] } },
    ],
  },
  openPollSaved: {
    words: 'Ada is signed in and has a poll in the chat with herself that takes more answers.',
    start: SIGNED_UP,
    steps: [sendOpenPoll],
  },
  pollAnswered: {
    words: 'Ada is signed in and has added an answer to a poll in the chat with herself.',
    start: SIGNED_UP,
    steps: [
      sendOpenPoll,
      {
        method: 'messages.addPollAnswer',
        params: {
          peer: SELF,
          msgId: 1,
          answer: {
            _: 'inputPollAnswer',
            text: { _: 'textWithEntities', text: 'cocoa', entities: [] },
          },
        },
      },
    ],
  },
  missedUpdates: {
    words: 'Ada is signed in; something has happened since she asked for the state.',
    start: SIGNED_UP,
    steps: [{ method: 'updates.getState', params: {}, as: 'state' }, sendMessage],
    bare: ['state.pts'],
  },
  newTerms: {
    words: 'Ada is signed in and has yet to accept the terms of service.',
    serve: '--terms terms.txt',
    first: [ADA_IS_THERE],
    start: { phone: PHONE, code: CODE },
  },
  termsShown: {
    words: 'Ada is signed in and was shown the terms of service.',
    serve: '--terms terms.txt',
    first: [ADA_IS_THERE],
    start: { phone: PHONE, code: CODE },
    steps: [
      {
        method: 'help.getTermsOfServiceUpdate',
        params: {},
        as: 'update',
        takes: 'help.termsOfServiceUpdate',
      },
    ],
    bare: ['update.termsOfService.id'],
  },
}
