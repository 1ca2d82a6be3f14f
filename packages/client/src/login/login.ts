import { type Random, RpcError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { secureRandom } from '../random.ts'
import type { App } from '../server/server.ts'
import { passwordProof } from './password.ts'
import type { LoginPrompts } from './prompts.ts'
import type { Authorization, AuthorizedUser, LoginClient, SentCode, TermsOfService } from './surface.ts'

type State =
  | { at: 'phone'; problem?: RpcError }
  | { at: 'bot'; token: string }
  | { at: 'send'; phoneNumber: string; problem?: RpcError }
  | { at: 'code'; phoneNumber: string; sent: SentCode; problem?: RpcError | undefined }
  | { at: 'resend'; phoneNumber: string; sent: SentCode }
  | { at: 'name'; phoneNumber: string; sent: SentCode; terms: TermsOfService | undefined; problem?: RpcError }
  | { at: 'password'; problem?: RpcError; known?: string }
  | { at: 'done'; user: AuthorizedUser }

/** A login on its way. */
interface Login {
  readonly client: LoginClient
  readonly app: App
  readonly prompts: LoginPrompts
  readonly random: Random
  /** Before the next new beginning the server asks for. */
  restartPauseMs: number
  /** What the server makes us begin again for (restarts, dead codes) has an end. */
  detoursLeft: number
}

/** Limits of {@link login}. */
export interface LoginOptions {
  /** How often the server may make it begin again before its error is the login's. */
  readonly maxDetours?: number
  /** The pause after the server's request to start over, doubled each time. */
  readonly restartPauseMs?: number
  readonly random?: Random
}

/**
 * Signs in by phone number (or bot token): asks `prompts` for whatever the server wants next, until it says who we
 * are. Wrong answers are asked again for as long as the server lets us; a code that has died is sent anew.
 *
 * @throws RpcError the server's refusal of what cannot be answered better, such as PHONE_NUMBER_BANNED
 */
export async function login(
  client: LoginClient,
  prompts: LoginPrompts,
  options: LoginOptions = {},
): Promise<AuthorizedUser> {
  await client.connect()
  const { app } = client
  if (!app) throw new UsageError('API_ID_MISSING', 'The client has neither api_id nor api_hash')
  const { maxDetours = 5, restartPauseMs = 500, random = secureRandom } = options
  const self: Login = { client, app, prompts, random, restartPauseMs, detoursLeft: maxDetours }
  let state: State = { at: 'phone' }
  while (state.at !== 'done') state = await next(self, state)
  return state.user
}

function next(self: Login, state: Exclude<State, { at: 'done' }>): Promise<State> {
  switch (state.at) {
    case 'phone':
      return onPhone(self, state)
    case 'bot':
      return onBot(self, state)
    case 'send':
      return onSend(self, state)
    case 'code':
      return onCode(self, state)
    case 'resend':
      return onResend(self, state)
    case 'name':
      return onName(self, state)
    case 'password':
      return onPassword(self, state)
  }
}

type StateAt<At extends State['at']> = Extract<State, { at: At }>

async function onPhone(self: Login, state: StateAt<'phone'>): Promise<State> {
  const answer = (await self.prompts.phone({ problem: state.problem })).trim()
  if (/^\d+:[\w-]+$/.test(answer)) return { at: 'bot', token: answer }
  return { at: 'send', phoneNumber: answer }
}

async function onBot(self: Login, state: StateAt<'bot'>): Promise<State> {
  const { apiId, apiHash } = self.app
  try {
    const params = { flags: 0, apiId, apiHash, botAuthToken: state.token }
    return done(await self.client.auth.importBotAuthorization(params))
  } catch (error) {
    const problem = rpcError(error)
    if (problem.type === 'ACCESS_TOKEN_INVALID') return { at: 'phone', problem }
    return detour(self, problem, state)
  }
}

async function onSend(self: Login, state: StateAt<'send'>): Promise<State> {
  const { phoneNumber } = state
  const { logoutTokens } = self.client
  const tokens = logoutTokens.length > 0 ? { logoutTokens: [...logoutTokens] } : {}
  try {
    const sent = await self.client.auth.sendCode({
      phoneNumber,
      apiId: self.app.apiId,
      apiHash: self.app.apiHash,
      settings: { _: 'codeSettings', ...tokens },
    })
    if (sent._ === 'auth.sentCodeSuccess') return done(sent.authorization)
    return { at: 'code', phoneNumber, sent: checkSent(sent), problem: state.problem }
  } catch (error) {
    const problem = rpcError(error)
    if (problem.type === 'PHONE_NUMBER_INVALID') return { at: 'phone', problem }
    if (problem.type === 'SESSION_PASSWORD_NEEDED') return { at: 'password' }
    return detour(self, problem, state)
  }
}

async function onCode(self: Login, state: StateAt<'code'>): Promise<State> {
  const { phoneNumber, sent, problem } = state
  const answer = await self.prompts.code({ phoneNumber, sent, length: codeLength(sent), problem })
  if (answer.trim() === '') return sent.nextType ? { at: 'resend', phoneNumber, sent } : state
  try {
    const result = await self.client.auth.signIn({
      phoneNumber,
      phoneCodeHash: sent.phoneCodeHash,
      ...codeParams(sent, answer),
    })
    if (result._ === 'auth.authorization') return done(result)
    return { at: 'name', phoneNumber, sent, terms: result.termsOfService }
  } catch (error) {
    return afterCode(self, state, rpcError(error))
  }
}

function afterCode(self: Login, state: StateAt<'code'>, problem: RpcError): Promise<State> | State {
  const { phoneNumber, sent } = state
  switch (problem.type) {
    case 'PHONE_CODE_INVALID':
      return { ...state, problem }
    case 'SESSION_PASSWORD_NEEDED':
      return { at: 'password' }
    // Servers before authorizationSignUpRequired asked for a name this way.
    case 'PHONE_NUMBER_UNOCCUPIED':
      return { at: 'name', phoneNumber, sent, terms: undefined }
    default:
      return detour(self, problem, { at: 'send', phoneNumber, problem })
  }
}

async function onResend(self: Login, state: StateAt<'resend'>): Promise<State> {
  const { phoneNumber, sent } = state
  try {
    const again = await self.client.auth.resendCode({ phoneNumber, phoneCodeHash: sent.phoneCodeHash })
    return { at: 'code', phoneNumber, sent: checkSent(again) }
  } catch (error) {
    const problem = rpcError(error)
    if (problem.type === 'SEND_CODE_UNAVAILABLE' || problem.code === 420)
      return { ...state, at: 'code', problem }
    return detour(self, problem, { at: 'send', phoneNumber, problem })
  }
}

async function onName(self: Login, state: StateAt<'name'>): Promise<State> {
  const { phoneNumber, sent, terms, problem } = state
  const { firstName, lastName = '' } = await self.prompts.name({ termsOfService: terms, problem })
  try {
    const params = { phoneNumber, phoneCodeHash: sent.phoneCodeHash, firstName, lastName }
    const result = await self.client.auth.signUp(params)
    if (result._ === 'auth.authorization') return done(result)
    throw unsupported('signing up was answered with a request to sign up')
  } catch (error) {
    const refusal = rpcError(error)
    if (refusal.type === 'FIRSTNAME_INVALID' || refusal.type === 'LASTNAME_INVALID') {
      return { ...state, problem: refusal }
    }
    return detour(self, refusal, { at: 'send', phoneNumber, problem: refusal })
  }
}

async function onPassword(self: Login, state: StateAt<'password'>): Promise<State> {
  const { account, auth } = self.client
  const password = state.known ?? (await askPassword(self, state.problem))
  try {
    // Asked for anew: while the user was typing, the challenge may have run out.
    const question = await account.getPassword()
    return done(await auth.checkPassword({ password: passwordProof(question, password, self.random) }))
  } catch (error) {
    const problem = rpcError(error)
    if (problem.type === 'PASSWORD_HASH_INVALID' || problem.type === 'SRP_PASSWORD_CHANGED') {
      return { at: 'password', problem }
    }
    // The challenge was spent or forgotten; the password may still be right.
    return detour(self, problem, { at: 'password', known: password })
  }
}

async function askPassword({ client, prompts }: Login, problem: RpcError | undefined): Promise<string> {
  const { hint } = await client.account.getPassword()
  return prompts.password({ hint, problem })
}

/**
 * Where to go on from an error that is not about the user's answer: the beginning, a new code. Bounded; an error that is
 * neither is the login's. (Calls go to the right data centre by themselves.)
 */
async function detour(self: Login, problem: RpcError, then: State): Promise<State> {
  if (!DETOURS.has(problem.type) || self.detoursLeft === 0) throw problem
  self.detoursLeft -= 1
  if (RESTARTS.has(problem.type)) await pause(self)
  return then
}

function pause(self: Login): Promise<void> {
  const ms = self.restartPauseMs
  self.restartPauseMs *= 2
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const RESTARTS = new Set(['AUTH_RESTART', 'SIGN_IN_FAILED'])
const DETOURS = new Set([
  ...RESTARTS,
  // The hash is dead: asking again for its code, as some clients do, cannot succeed.
  'PHONE_CODE_EXPIRED',
  'PHONE_CODE_EMPTY',
  'PHONE_CODE_HASH_EMPTY',
  'SRP_ID_INVALID',
])

/** What the errors of a call may be: anything but a refusal goes straight to the caller. */
function rpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error
  throw error
}

function done(authorization: { readonly _: string }): State {
  if (!isAuthorization(authorization)) throw unsupported(`the answer was ${authorization._}`)
  return { at: 'done', user: authorization.user }
}

function isAuthorization(value: { readonly _: string }): value is Authorization {
  return value._ === 'auth.authorization'
}

/** The kinds of code a user can type; the others want what only Telegram's own apps have. */
function checkSent(sent: { readonly _: string }): SentCode {
  if (!isSentCode(sent)) throw unsupported(`the server asks for ${sent._}`)
  if (sent.type._ === 'auth.sentCodeTypeSetUpEmailRequired') {
    throw unsupported('the server wants a login e-mail address first; set one in an app of Telegram')
  }
  return sent
}

function isSentCode(sent: { readonly _: string }): sent is SentCode {
  return sent._ === 'auth.sentCode'
}

function unsupported(why: string): UsageError {
  return new UsageError('LOGIN_UNSUPPORTED', `This login cannot be finished here: ${why}`)
}

function codeLength({ type }: SentCode): number | undefined {
  return 'length' in type ? type.length : undefined
}

/** Digits are often typed in groups; words keep their spaces. */
function codeParams({ type }: SentCode, answer: string) {
  const isText = type._ === 'auth.sentCodeTypeSmsWord' || type._ === 'auth.sentCodeTypeSmsPhrase'
  const code = isText ? answer.trim() : answer.replace(/[\s-]/g, '')
  if (type._ !== 'auth.sentCodeTypeEmailCode') return { phoneCode: code }
  return { emailVerification: { _: 'emailVerificationCode', code } as const }
}
