import { UsageError } from '@cablegram/tl'
import * as v from 'valibot'
import { CHANNELS, type Channel } from '../courier/index.ts'
import { isHostEntry } from '../files/web/hosts.ts'
import { isSettingGroup, type SettingChanges } from '../ground/settings.ts'
import { createSettings, isChain } from '../rules/index.ts'

/** Limits and lifetimes that differ from the usual ones. Data centres, the CDN, passkeys and terms have options of their own. */
export type SettingsOption = Omit<SettingChanges, 'dcs' | 'cdn' | 'passkeys' | 'terms'>

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31))
const some = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31))
/** A number of attempts: never off, and never without end. */
const attempts = v.pipe(some, v.maxValue(1000))
/** Of a code. */
const digits = v.pipe(some, v.minValue(4), v.maxValue(9))
const window = { max: count, windowS: some }
const domain = v.pipe(v.string(), v.regex(/^[a-z0-9.-]{1,253}$/))
const channels = v.pipe(
  v.array(v.picklist(CHANNELS)),
  v.check((channels) => isDefaultChain(channels)),
)

/** Rules for numbers and loginEmail say who has to pay, or to set up an e-mail. */
function isDefaultChain(channels: readonly Channel[]): boolean {
  return isChain(channels) && channels[0] !== 'payment' && channels[0] !== 'setUpEmail'
}

const limits = v.pipe(
  v.array(
    v.strictObject({
      scope: v.picklist(['phone', 'address', 'authKey', 'app', 'prefix', 'global', 'emailAddress']),
      ...window,
      distinctPhones: v.exactOptional(v.boolean()),
      refusal: v.exactOptional(v.picklist(['FLOOD_WAIT', 'PHONE_NUMBER_FLOOD'])),
    }),
  ),
  v.maxLength(32),
)

const actLimits = v.pipe(
  v.array(
    v.strictObject({
      act: v.picklist(['message', 'stranger', 'newGroup', 'importContacts', 'resolvePhone', 'searchPeople']),
      ...window,
      refusal: v.exactOptional(v.picklist(['FLOOD_WAIT', 'PEER_FLOOD'])),
    }),
  ),
  v.maxLength(32),
)

/** Figures that do not say themselves what they may be; by path. */
const SPECIAL: Readonly<Record<string, v.GenericSchema>> = {
  dcs: v.never(),
  cdn: v.never(),
  passkeys: v.never(),
  terms: v.never(),
  mediaHosts: v.pipe(v.array(v.pipe(v.string(), v.check(isHostEntry))), v.maxLength(1000)),
  freshLoginS: count,
  minLayer: count,
  duplicateKeys: v.picklist(['off', 'warn', 'strict']),
  phoneInvalidCode: v.picklist([400, 406]),
  trimmedDifference: v.picklist(['slice', 'tooLong']),
  differencePts: v.picklist(['telegram', 'zero', 'own']),
  shortUpdates: v.picklist(['never', 'like-telegram']),
  numbers: v.picklist(['possible', 'assigned']),
  apps: v.picklist(['registered', 'any']),
  waitTimeoutCode: v.picklist([400, -503]),
  codePayments: v.picklist(['atOnce', 'operator']),
  codeLength: digits,
  'loginEmail.codeLength': digits,
  'password.emailCode.length': digits,
  maxAttempts: attempts,
  'failures.max': attempts,
  'password.limit.max': attempts,
  'password.emailCode.maxAttempts': attempts,
  channels,
  callChannels: v.pipe(v.array(v.picklist(['flashCall', 'missedCall'])), v.maxLength(2)),
  callerPrefix: v.pipe(v.string(), v.regex(/^\d{1,10}$/)),
  'loginEmail.resetAfterS': count,
  'loginEmail.domains': v.optional(v.pipe(v.array(domain), v.maxLength(1000))),
  sendLimits: limits,
  emailLimits: limits,
  actLimits,
  signUpLimit: v.strictObject(window),
  failuresKept: count,
  sendsKept: count,
  networkFailures: v.strictObject(window),
  siteFailures: v.strictObject(window),
  exchangeLimit: v.strictObject(window),
  prefixDigits: v.pipe(some, v.maxValue(15)),
}

/** A figure is to be like the one it takes the place of. */
function schemaLike(value: unknown, path: string): v.GenericSchema {
  const special = SPECIAL[path]
  if (special !== undefined) return special
  if (typeof value === 'number') return some
  if (typeof value === 'boolean') return v.boolean()
  if (typeof value === 'string') return v.pipe(v.string(), v.maxLength(512))
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const fields = Object.entries(value ?? {}).map(
    ([name, field]) => [name, schemaLike(field, below(name))] as const,
  )
  const optional = ([name, field]: (typeof fields)[number]) => [name, v.exactOptional(field)] as const
  const isPartial = path === '' || (!path.includes('.') && isSettingGroup(value))
  return v.strictObject(Object.fromEntries(isPartial ? fields.map(optional) : fields))
}

/** @throws {UsageError} SETTING_INVALID, naming the setting */
export function checkSettings(settings: SettingsOption): SettingsOption {
  const parsed = v.safeParse(schemaLike(createSettings(), ''), settings, { abortEarly: true })
  if (parsed.success) return settings
  const [issue] = parsed.issues
  const name = v.getDotPath(issue) ?? 'settings'
  throw new UsageError(
    'SETTING_INVALID',
    `The setting ${name} cannot be ${issue.received}: \`npx cablegram docs guides/settings\` lists the settings and their values.`,
  )
}
