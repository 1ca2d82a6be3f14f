import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { AuditEntry, AuditEvent, AuditQuery } from './words.ts'

/** A method that somebody called, and what became of it. */
export interface AuditedCall {
  readonly method: string
  /** The text of the error it was refused with; undefined where it was not. */
  readonly refusal: string | undefined
  readonly caller: Pick<Caller, 'ip' | 'apiId' | 'state'>
  /** The number in the request, digits only. */
  readonly phone: string | undefined
}

/** Who did what, and when, about logins. */
export interface Audit {
  noteCall(call: AuditedCall): void
  /** What somebody did by the console. */
  noteOperator(what: string): void
  list(query: AuditQuery): Promise<AuditEvent[]>
}

/** What the store has told of already, in the write that decided it. */
const TOLD: ReadonlySet<string> = new Set([
  'PHONE_CODE_INVALID',
  'PASSWORD_HASH_INVALID',
  'SESSION_PASSWORD_NEEDED',
])

/** Methods whose refusals tell something of a login. */
const LOGIN_METHODS: ReadonlySet<string> = new Set([
  'auth.sendCode',
  'auth.resendCode',
  'auth.cancelCode',
  'auth.signIn',
  'auth.signUp',
  'auth.checkPassword',
  'auth.requestPasswordRecovery',
  'auth.checkRecoveryPassword',
  'auth.importLoginToken',
  'auth.importBotAuthorization',
  'auth.importWebTokenAuthorization',
  'auth.finishPasskeyLogin',
  'account.sendVerifyEmailCode',
])

/** Methods that change what a login, or an account, is worth: told of whatever becomes of them. */
const CHANGING_METHODS: ReadonlySet<string> = new Set([
  'account.changeAuthorizationSettings',
  'account.confirmPasswordEmail',
  'account.declinePasswordReset',
  'account.deleteAccount',
  'account.deletePasskey',
  'account.invalidateSignInCodes',
  'account.registerPasskey',
  'account.resetAuthorization',
  'account.resetPassword',
  'account.setAuthorizationTTL',
  'account.updatePasswordSettings',
  'account.verifyEmail',
  'auth.acceptLoginToken',
  'auth.logOut',
  'auth.recoverPassword',
  'auth.resetAuthorizations',
  'auth.resetLoginEmail',
])

/** Whether a call of this method is to be noted at all. */
export function isAudited(method: string): boolean {
  return LOGIN_METHODS.has(method) || CHANGING_METHODS.has(method)
}

/** The audit trail. */
export function createAudit({ store, clock }: Pick<Ground, 'store' | 'clock'>): Audit {
  const note = (entry: Omit<AuditEntry, 'atMs'>): void => store.audit.note({ ...entry, atMs: clock.nowMs() })
  return {
    noteCall({ method, refusal, caller: { ip, apiId, state }, phone }) {
      if (refusal === undefined ? !CHANGING_METHODS.has(method) : TOLD.has(refusal)) return
      const userId = state.at === 'authorized' || state.at === 'passwordPending' ? state.userId : undefined
      const action = refusal === undefined ? method : 'refused'
      note({ action, phone, userId, ip, apiId, detail: refusal && `${method} ${refusal}` })
    },
    noteOperator: (what) => note({ action: 'operator', detail: what }),
    list: (query) => store.audit.list(query),
  }
}
