import * as v from 'valibot'
import { CHANNELS } from '../courier/index.ts'
import { VISIBLE } from '../typed-text.ts'
import { apiHash, phone, whole } from './fields.ts'
import type { SchemaOf } from './schema.ts'
import type {
  ActiveFault,
  App,
  AppChange,
  AuditEvent,
  AuditFilter,
  Bot,
  BotWithToken,
  CdnChoice,
  ClockState,
  CodeEntry,
  CodeFilter,
  Connection,
  DataCentre,
  NetworkRule,
  NewApp,
  NewBot,
  NewFault,
  NewNetworkRule,
  NewPhoneRule,
  NewUser,
  NewWebToken,
  NodesState,
  OwnApp,
  PhoneRule,
  RefusedApp,
  ServerInfo,
  Session,
  UnpaidCode,
  User,
  UserChange,
  WebToken,
} from './words.ts'

const timeS = v.pipe(v.number(), v.integer())

/** One login code in the inbox. */
export const codeEntry: SchemaOf<CodeEntry> = v.object({
  id: v.string(),
  phone: v.string(),
  code: v.string(),
  channel: v.string(),
  type: v.string(),
  phoneCodeHash: v.string(),
  to: v.string(),
  text: v.string(),
  sentAtS: timeS,
  expiresAtS: timeS,
  state: v.string(),
})

const MAX_WAIT_MS = 120_000

/** The code that a program waits for. */
export const codeWait: SchemaOf<CodeFilter & { timeoutMs?: number | undefined }> = v.strictObject({
  afterId: v.optional(v.pipe(v.string(), v.maxLength(64))),
  afterS: v.optional(whole(0, 2 ** 40)),
  timeoutMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_WAIT_MS))),
})

/** An api_id with its api_hash. */
export const app: SchemaOf<App> = v.object({
  apiId: v.number(),
  apiHash: v.string(),
  title: v.string(),
  published: v.boolean(),
  signupForbidden: v.boolean(),
  minLayer: v.optional(v.number()),
  minAppVersion: v.optional(v.string()),
})

/** An app that was refused. */
export const refusedApp: SchemaOf<RefusedApp> = v.object({
  apiId: v.number(),
  apiHash: v.string(),
  reason: v.picklist(['unknown', 'otherHash']),
  times: v.number(),
  lastAtS: v.number(),
  command: v.string(),
})

/** The title of an app. */
export const appTitle: SchemaOf<string> = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64))

/** A new app. */
export const newApp: SchemaOf<NewApp> = v.strictObject({ title: appTitle })

/** An app that has its api_id already. */
export const ownApp: SchemaOf<OwnApp> = v.strictObject({
  title: v.optional(appTitle),
  apiHash: v.optional(apiHash),
})

/** Changes to an app. */
export const appChange: SchemaOf<AppChange> = v.strictObject({
  title: v.optional(appTitle),
  published: v.optional(v.boolean()),
  signupForbidden: v.optional(v.boolean()),
  minLayer: v.optional(whole(0, 1000)),
  minAppVersion: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(32),
      v.regex(/^(\d{1,9}(\.\d{1,9})*)?$/),
      v.description('numbers with dots between them such as 10.2.1, or empty text'),
    ),
  ),
})

const dcId = whole(1, 9)

const phoneRuleFields = {
  rule: v.picklist(['ban', 'protect', 'migrate', 'channels']),
  dc: v.optional(dcId),
  channels: v.optional(v.pipe(v.array(v.picklist(CHANNELS)), v.minLength(1), v.maxLength(CHANNELS.length))),
}

/** A rule for phone numbers. */
export const newPhoneRule: SchemaOf<NewPhoneRule> = v.strictObject(phoneRuleFields)

/** A rule of a seed, and which numbers it is for. */
export const seedRule: SchemaOf<PhoneRule> = v.strictObject({ digits: phone, ...phoneRuleFields })

/** A rule, and which numbers it is for. */
export const phoneRule: SchemaOf<PhoneRule> = v.object({ digits: v.string(), ...phoneRuleFields })

/** A rule for a network: the data centre in which its callers sign in. */
export const newNetworkRule: SchemaOf<NewNetworkRule> = v.strictObject({ dc: dcId })

/** A rule, and which network it is for. */
export const networkRule: SchemaOf<NetworkRule> = v.object({ network: v.string(), dc: dcId })

/** A login code that waits to be paid for. */
export const unpaidCode: SchemaOf<UnpaidCode> = v.object({
  phone: v.string(),
  sinceS: timeS,
  expiresAtS: timeS,
})

/** One signed-in authorization key of a user. */
export const session: SchemaOf<Session> = v.object({
  hash: v.string(),
  device: v.string(),
  app: v.string(),
  layer: v.number(),
  ip: v.string(),
  createdAtS: timeS,
  activeAtS: timeS,
})

/** An account with its sessions. */
export const user: SchemaOf<User> = v.object({
  id: v.number(),
  phone: v.string(),
  firstName: v.string(),
  lastName: v.string(),
  username: v.optional(v.string()),
  hasPassword: v.boolean(),
  passwordHint: v.optional(v.string()),
  loginEmail: v.optional(v.string()),
  sessions: v.array(session),
})

const name = v.pipe(v.string(), v.trim(), v.maxLength(64))
/** A name without a character that a reader can see looks like an account without a name. */
const isVisible = (text: string) => VISIBLE.test(text)

const password = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
const passwordHint = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
const email = v.pipe(v.string(), v.maxLength(254))
const username = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^@?[A-Za-z][A-Za-z0-9_]{4,31}$/),
  v.description('5 to 32 letters, digits and underscores, a letter first'),
  v.transform((text) => text.replace(/^@/, '')),
)

/** A new account. */
export const newUser: SchemaOf<NewUser> = v.strictObject({
  phone: v.pipe(v.string(), v.maxLength(64)),
  firstName: v.pipe(
    name,
    v.minLength(1),
    v.check(isVisible),
    v.description('text of 1 to 64 characters, not all invisible'),
  ),
  lastName: v.optional(
    v.pipe(
      name,
      v.check((text) => text === '' || isVisible(text)),
      v.description('text of at most 64 characters, not all invisible'),
    ),
  ),
  username: v.optional(username),
  password: v.optional(password),
  passwordHint: v.optional(passwordHint),
  email: v.optional(email),
  loginEmail: v.optional(email),
})

/** Changes to an account; null takes a value away. */
export const userChange: SchemaOf<UserChange> = v.strictObject({
  password: v.optional(v.nullable(password)),
  passwordHint: v.optional(passwordHint),
  email: v.optional(v.nullable(email)),
  loginEmail: v.optional(v.nullable(email)),
})

/** A new bot; its name ends in `bot`. */
export const newBot: SchemaOf<NewBot> = v.strictObject({
  username: v.pipe(v.string(), v.trim(), v.maxLength(32)),
  ownerPhone: v.optional(v.pipe(v.string(), v.maxLength(64))),
})

const botFields = { id: v.number(), username: v.string() }

/** A bot. */
export const bot: SchemaOf<Bot> = v.object(botFields)

/** A bot with its token. */
export const botWithToken: SchemaOf<BotWithToken> = v.object({ ...botFields, token: v.string() })

/** Whom a web token is for. */
export const newWebToken: SchemaOf<NewWebToken> = v.strictObject({
  phone: v.pipe(v.string(), v.maxLength(64)),
})

/** A token that signs in to an account once. */
export const webToken: SchemaOf<WebToken> = v.object({ token: v.string(), expiresAtS: timeS })

/** An event of a login. */
export const auditEvent: SchemaOf<AuditEvent> = v.object({
  id: v.number(),
  atS: timeS,
  action: v.string(),
  phone: v.optional(v.string()),
  userId: v.optional(v.number()),
  ip: v.optional(v.string()),
  apiId: v.optional(v.number()),
  detail: v.optional(v.string()),
})

const MAX_EVENTS = 1000

/** The events of the audit trail that a program wants. */
export const auditFilter: SchemaOf<AuditFilter> = v.strictObject({
  phone: v.optional(phone),
  userId: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  afterId: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
  limit: v.optional(whole(1, MAX_EVENTS)),
})

const DAY_MS = 24 * 60 * 60 * 1000
const faultFields = {
  method: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
  phone: v.optional(phone),
  connectionId: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  error: v.optional(
    v.strictObject({
      code: whole(-(2 ** 31), 2 ** 31 - 1),
      type: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
    }),
  ),
  transport: v.optional(v.picklist([-404, -429, -444])),
  delayMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(DAY_MS))),
  drop: v.optional(v.boolean()),
  close: v.optional(v.boolean()),
  badSalt: v.optional(v.boolean()),
  duplicateKey: v.optional(v.boolean()),
  cut: v.optional(v.boolean()),
  fileDc: v.optional(dcId),
  userId: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  every: v.optional(whole(2, 1_000_000)),
  push: v.optional(v.picklist(['drop', 'double', 'delay', 'reorder'])),
  difference: v.optional(v.picklist(['tooLong', 'slice', 'invalid', 'outdated'])),
  references: v.optional(v.picklist(['expired'])),
}

/** A new fault. */
export const newFault: SchemaOf<NewFault> = v.strictObject({
  ...faultFields,
  times: v.optional(whole(1, 1_000_000)),
})

/** A fault that waits for requests. */
export const activeFault: SchemaOf<ActiveFault> = v.object({
  id: v.number(),
  ...faultFields,
  times: v.optional(v.number()),
})

/** A client's connection. */
export const connection: SchemaOf<Connection> = v.object({
  id: v.number(),
  ip: v.string(),
  transport: v.picklist(['tcp', 'websocket', 'http']),
  dcId: v.optional(v.number()),
  openedAtS: timeS,
  userId: v.optional(v.number()),
  phone: v.optional(v.string()),
  device: v.optional(v.string()),
})

/** The rules' clock. */
export const clockState: SchemaOf<ClockState> = v.object({
  testClock: v.boolean(),
  nowS: timeS,
  aheadS: v.number(),
})

/** A move of the clock. Ten years at once are enough for every rule. */
export const clockStep: SchemaOf<{ seconds: number }> = v.strictObject({
  seconds: v.pipe(v.number(), v.minValue(0), v.maxValue(10 * 366 * 24 * 60 * 60)),
})

/** Says whether clients are sent to the CDN for a file. */
export const cdnChoice: SchemaOf<CdnChoice> = v.strictObject({ cdn: v.boolean() })

/** The address of one data centre. */
export const dataCentre: SchemaOf<DataCentre> = v.object({
  id: v.number(),
  host: v.string(),
  port: v.number(),
  wsUrl: v.string(),
})

/** The ready line without its `event`: all a client needs to know of this server. */
export const serverInfo: SchemaOf<ServerInfo> = v.object({
  dcs: v.array(dataCentre),
  publicKeys: v.array(v.object({ pem: v.string(), fingerprint: v.string() })),
  apps: v.array(v.object({ apiId: v.number(), apiHash: v.string(), title: v.string() })),
  console: v.string(),
  layer: v.number(),
  version: v.string(),
})

/** The state of a server that works; of a node among others, with what it knows of them. */
type Health = { readonly status: 'ok' } & {
  readonly [K in Exclude<keyof NodesState, 'isClockOff'>]?: NodesState[K] | undefined
}

/** The health of the server. */
export const health: SchemaOf<Health> = v.object({
  status: v.picklist(['ok']),
  bus: v.optional(v.picklist(['ok', 'polling'])),
  busTrouble: v.optional(v.string()),
  node: v.optional(v.number()),
  nodes: v.optional(v.number()),
  clockSkewMs: v.optional(v.number()),
})

/** The reason why the server cannot do its work. */
export const failing: SchemaOf<{ status: 'failing'; code: string; message: string; next: string }> = v.object(
  {
    status: v.picklist(['failing']),
    code: v.string(),
    message: v.string(),
    next: v.string(),
  },
)

/** The body of every refusal. */
export const failure: SchemaOf<{ error: { code: string; message: string; next: string } }> = v.object({
  error: v.object({ code: v.string(), message: v.string(), next: v.string() }),
})
