/** What the states of examples have in common: the server, its app, and Ada. */
import { refOf } from './ref.ts'
import type { CallStep, StartAnswers } from './state.ts'

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
export type NoNames = Record<never, never>

/** Somebody whom the client knows. */
export type Known = { readonly id: bigint; readonly accessHash: bigint }

/** The code that was sent, in the parameters of a call. */
export const held: { readonly phoneNumber: string; readonly phoneCodeHash: unknown } = {
  phoneNumber: PHONE,
  phoneCodeHash: refOf('sent', 'phoneCodeHash'),
}

export const ADA_IS_THERE: string = `npx cablegram user add ${PHONE} --first-name Ada`

export const SIGNED_UP: StartAnswers = { phone: PHONE, code: CODE, firstName: 'Ada' }

export const SELF = { _: 'inputPeerSelf' } as const

export const sendCode: CallStep = {
  method: 'auth.sendCode',
  params: { phoneNumber: PHONE, ...APP, settings: { _: 'codeSettings' } },
  as: 'sent',
  takes: 'auth.sentCode',
}

export const signIn: CallStep = { method: 'auth.signIn', params: { ...held, phoneCode: CODE } }

export const ADD_BOT = 'npx cablegram bot add echo_bot'
