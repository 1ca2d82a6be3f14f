import type { State } from './state.ts'

/** The app of `cablegram serve --memory`; a page that a console serves has that server's app in its place. */
export const APP: { readonly apiId: number; readonly apiHash: string } = {
  apiId: 10001,
  apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
}

/** A number for tests in data centre 2. */
export const PHONE: string = '+9996621234'

/** The code of that number. */
export const CODE: string = '22222'

/** The password of an account that has one. */
export const PASSWORD: string = 'correct horse'

/** A state that gives no names. */
type NoNames = Record<never, never>

/** The names that each state gives to values. */
export interface NamesOf {
  readonly anonymous: NoNames
  readonly signedIn: NoNames
}

/** The name of a state. */
export type StateName = keyof NamesOf

/** The states that examples begin in. */
export const STATES: Readonly<Record<StateName, State>> = {
  anonymous: { words: 'Nobody is signed in.' },
  signedIn: {
    words: 'Ada is signed in.',
    start: { phone: PHONE, code: CODE, firstName: 'Ada' },
  },
}
