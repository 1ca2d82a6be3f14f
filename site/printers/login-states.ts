/** States on the way to a login, and of logins. */
import { refOf } from './ref.ts'
import { ADA_IS_THERE, CODE, EMAIL, held, type NoNames, PHONE, SIGNED_UP, sendCode, signIn } from './scene.ts'
import type { State, TextStep } from './state.ts'

const paymentAsked: Pick<State, 'first' | 'steps'> = {
  first: ['npx cablegram rule 999662 --channels payment,sms'],
  steps: [{ ...sendCode, as: 'asked', takes: 'auth.sentCodePaymentRequired' }],
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

/** The names that each of these states gives to values. */
export interface LoginNames {
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
  readonly signedIn: NoNames
  readonly twoLogins: NoNames
  readonly otherLogin: { readonly other: { readonly hash: bigint } }
  readonly newTerms: NoNames
  readonly termsShown: {
    readonly update: {
      readonly termsOfService: { readonly id: { readonly _: 'dataJSON'; readonly data: string } }
    }
  }
}

export const LOGIN_STATES: Readonly<Record<keyof LoginNames, State>> = {
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
  signedIn: { words: 'Ada is signed in.', start: SIGNED_UP },
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
