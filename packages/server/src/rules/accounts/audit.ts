import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { addAuditEntry, listAuditEntries } from './decide-audit.ts'
import type { AuditEntry, AuditEvent, AuditQuery } from './words.ts'

/** A call of a method, with its outcome. */
export interface AuditedCall {
  readonly method: string
  /** The text of its error; undefined if it succeeded. */
  readonly refusal: string | undefined
  readonly caller: Pick<Caller, 'ip' | 'apiId' | 'state'>
  /** The number in the request, digits only. */
  readonly phone: string | undefined
}

/** Refusals that the decision itself has noted. */
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

/** Methods that change a login or the security of an account: noted when they succeed, too. */
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

/** Tells whether calls of this method are noted at all. */
export function isAudited(method: string): boolean {
  return LOGIN_METHODS.has(method) || CHANGING_METHODS.has(method)
}

/** Notes a call, if it is one that the trail is about. */
export function noteCall(on: Ground, { method, refusal, caller, phone }: AuditedCall): void {
  if (refusal === undefined ? !CHANGING_METHODS.has(method) : TOLD.has(refusal)) return
  const { ip, apiId, state } = caller
  const userId = state.at === 'authorized' || state.at === 'passwordPending' ? state.userId : undefined
  const action = refusal === undefined ? method : 'refused'
  note(on, { action, phone, userId, ip, apiId, detail: refusal && `${method} ${refusal}` })
}

/** Notes a request to the console. */
export function noteOperator(on: Ground, what: string): void {
  note(on, { action: 'operator', detail: what })
}

/** Entries of the trail, in the order they came. */
export async function listAudit({ store }: Ground, query: AuditQuery): Promise<AuditEvent[]> {
  // A decision comes after the entries that were deferred; a look would miss them.
  return await store.decide(() => listAuditEntries(query))
}

function note({ store, clock }: Ground, entry: Omit<AuditEntry, 'atMs'>): void {
  const atMs = clock.nowMs()
  store.defer(() => addAuditEntry({ ...entry, atMs }))
}
