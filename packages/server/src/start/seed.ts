import { UsageError } from '@cablegram/tl'
import * as v from 'valibot'
import { addApp, letAppIn } from '../console/acts/apps.ts'
import { addFault } from '../console/acts/faults.ts'
import { putPhoneRule } from '../console/acts/phone-rules.ts'
import { addUser } from '../console/acts/users.ts'
import {
  ConsoleError,
  fields,
  type NewFault,
  type NewUser,
  type OnConsole,
  type PhoneRule,
  type SchemaOf,
  schemas,
  validate,
} from '../console/index.ts'

/** An app of a seed. */
export interface SeedApp {
  readonly title: string
  /** With `apiHash`: what the app's clients have already. Default: new ones. */
  readonly apiId?: number | undefined
  /** 32 hex digits. */
  readonly apiHash?: string | undefined
}

/**
 * Apps, users, rules and faults for a new server.
 *
 * @example
 * const seed = { users: [{ phone: '+9996621234', firstName: 'Ada', password: 'correct horse' }] }
 * const server = await startServer({ store: 'memory', seed })
 */
export interface Seed {
  readonly apps?: readonly SeedApp[] | undefined
  readonly users?: readonly NewUser[] | undefined
  /** Rules for numbers by their first digits. */
  readonly rules?: readonly PhoneRule[] | undefined
  readonly faults?: readonly NewFault[] | undefined
}

const MAX_OF_A_KIND = 1000

const seed: SchemaOf<Seed> = v.strictObject({
  apps: manyOf(
    v.strictObject({
      title: schemas.appTitle,
      apiId: v.optional(fields.apiId),
      apiHash: v.optional(fields.apiHash),
    }),
  ),
  users: manyOf(schemas.newUser),
  rules: manyOf(schemas.seedRule),
  faults: manyOf(schemas.newFault),
})

function manyOf<T>(schema: SchemaOf<T>): SchemaOf<T[] | undefined> {
  return v.optional(v.pipe(v.array(schema), v.maxLength(MAX_OF_A_KIND)))
}

/** A seed as its schema has it. @throws {UsageError} SEED_INVALID, with the path of what is wrong */
export function checkSeed(value: Seed | undefined): Seed | undefined {
  if (value === undefined) return undefined
  try {
    const checked = validate(seed, value, 'seed')
    checkApps(checked.apps)
    return checked
  } catch (error) {
    throw seedError(error, '')
  }
}

function checkApps(apps: Seed['apps'] = []): void {
  const half = apps.findIndex(({ apiId, apiHash }) => (apiId === undefined) !== (apiHash === undefined))
  if (half < 0) return
  throw new UsageError('SEED_INVALID', `seed.apps[${half}]: give both apiId and apiHash, or neither.`)
}

/** Makes the apps of a seed. @throws {UsageError} SEED_INVALID, with the path of what is wrong */
export async function applySeedApps({ apps = [] }: Seed, on: OnConsole): Promise<void> {
  await each(apps, 'apps', async ({ title, apiId, apiHash }) => {
    if (apiId === undefined) await addApp(on, { title })
    else await letAppIn(on, apiId, { title, apiHash })
  })
}

/** Makes all of a seed but its apps. @throws {UsageError} SEED_INVALID, with the path of what is wrong */
export async function applySeed({ rules = [], users = [], faults = [] }: Seed, on: OnConsole): Promise<void> {
  await each(rules, 'rules', ({ digits, ...rule }) => putPhoneRule(on, digits, rule))
  await each(users, 'users', (user) => addUser(on, user))
  await each(faults, 'faults', (fault) => addFault(on, fault))
}

/** One after the other, so that ids are the same each time. */
async function each<T>(items: readonly T[], name: string, make: (item: T) => unknown): Promise<void> {
  for (const [index, item] of items.entries()) {
    try {
      await make(item)
    } catch (error) {
      throw seedError(error, `seed.${name}[${index}]: `)
    }
  }
}

function seedError(error: unknown, place: string): unknown {
  if (!(error instanceof ConsoleError)) return error
  const next = error.code === 'REQUEST_INVALID' ? '' : ` ${error.next}`
  return new UsageError('SEED_INVALID', `${place}${error.message}${next}`, { cause: error })
}
