/** The states that examples begin in, and what examples name of them. */
import { FILE_STATES, type FileNames } from './file-states.ts'
import { GROUP_STATES, type GroupNames } from './group-states.ts'
import { LOGIN_STATES, type LoginNames } from './login-states.ts'
import { MESSAGE_STATES, type MessageNames } from './message-states.ts'
import { PASSWORD_STATES, type PasswordNames } from './password-states.ts'
import { PEOPLE_STATES, type PeopleNames } from './people-states.ts'
import type { State } from './state.ts'
import { TOKEN_STATES, type TokenNames } from './token-states.ts'

export { purchaseOf } from './login-states.ts'
export { APP, CODE, EMAIL, EMAIL_CODE, PASSWORD, PHONE, SERVER } from './scene.ts'

/** The names that each state gives to values. */
export interface NamesOf
  extends LoginNames,
    PasswordNames,
    TokenNames,
    PeopleNames,
    GroupNames,
    MessageNames,
    FileNames {}

/** The name of a state. */
export type StateName = keyof NamesOf

/** The states that examples begin in. */
export const STATES: Readonly<Record<StateName, State>> = {
  ...LOGIN_STATES,
  ...PASSWORD_STATES,
  ...TOKEN_STATES,
  ...PEOPLE_STATES,
  ...GROUP_STATES,
  ...MESSAGE_STATES,
  ...FILE_STATES,
}
