/** States of accounts with a password. */
import { refOf } from './ref.ts'
import {
  ADA_IS_THERE,
  CODE,
  EMAIL,
  type NoNames,
  PASSWORD,
  PHONE,
  SERVER,
  sendCode,
  signIn,
} from './scene.ts'
import type { CallStep, State, TextStep } from './state.ts'

type PasswordProof = {
  readonly _: 'inputCheckPasswordSRP'
  readonly srpId: bigint
  readonly A: Uint8Array
  readonly M1: Uint8Array
}

const ADA_HAS_A_PASSWORD = `${ADA_IS_THERE} --password '${PASSWORD}'`

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

/** The names that each of these states gives to values. */
export interface PasswordNames {
  readonly passwordPending: { readonly password: PasswordProof }
  readonly recoverable: NoNames
  readonly recoveryPending: { readonly code: string }
  readonly withPassword: { readonly password: PasswordProof }
  readonly emailUnconfirmed: { readonly code: string }
  readonly resetAsked: NoNames
}

export const PASSWORD_STATES: Readonly<Record<keyof PasswordNames, State>> = {
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
}
