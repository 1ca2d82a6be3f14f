import { UsageError } from '@cablegram/tl'
import * as v from 'valibot'
import {
  ConsoleError,
  type ConsoleServices,
  fields,
  type Schema,
  schemas,
  validate,
} from '../console/index.ts'
import type { CablegramServer } from './server-api.ts'

const DEFAULT_WAIT_MS = 5_000

/** The calls of a server in process: the console's services, behind the same validation as its HTTP API. */
export function createServerCalls(
  services: ConsoleServices,
  waitForCode: NonNullable<ConsoleServices['codes']>,
): Omit<CablegramServer, 'info' | 'onCode' | 'close' | typeof Symbol.asyncDispose> {
  const { apps, phoneRules, networkRules, payments, users, bots, webTokens, audit, faults, clock } = services
  return {
    codes: {
      list: call(async (phone?: string) => [...(await waitForCode.list(optionalPhone(phone)))]),
      waitFor: call(async (phone, wait = {}) => {
        const digits = check(fields.phone, phone, 'phone')
        const { timeoutMs = DEFAULT_WAIT_MS, ...filter } = check(schemas.codeWait, wait, 'wait')
        const never = new AbortController().signal
        const entry = await waitForCode.wait({ phone: digits, ...filter }, timeoutMs, never)
        if (entry !== undefined) return entry
        throw new UsageError('CODE_TIMEOUT', `No code for ${phone} came within ${timeoutMs} ms.`)
      }),
    },
    apps: {
      list: call(() => apps.list()),
      refused: () => apps.refused(),
      create: call((app) => apps.create(check(schemas.newApp, app, 'app'))),
      put: call((apiId, app = {}) =>
        apps.put(check(fields.apiId, apiId, 'apiId'), check(schemas.ownApp, app, 'app')),
      ),
      change: call((apiId, change) =>
        apps.change(check(fields.apiId, apiId, 'apiId'), check(schemas.appChange, change, 'change')),
      ),
    },
    phoneRules: {
      list: call(() => phoneRules.list()),
      find: call((digits) => phoneRules.find(check(fields.phone, digits, 'digits'))),
      put: call((digits, rule) =>
        phoneRules.put(check(fields.phone, digits, 'digits'), check(schemas.newPhoneRule, rule, 'rule')),
      ),
      remove: call((digits) => phoneRules.remove(check(fields.phone, digits, 'digits'))),
    },
    networkRules: {
      list: call(() => networkRules.list()),
      put: call((address, rule) =>
        networkRules.put(
          check(fields.address, address, 'address'),
          check(schemas.newNetworkRule, rule, 'rule'),
        ),
      ),
      remove: call((address) => networkRules.remove(check(fields.address, address, 'address'))),
    },
    payments: {
      list: call((phone) => payments.list(check(fields.phone, phone, 'phone'))),
      settle: call((phone) => payments.settle(check(fields.phone, phone, 'phone'))),
    },
    users: {
      list: call((phone?: string) => users.list(optionalPhone(phone))),
      create: call((user) => users.create(check(schemas.newUser, user, 'user'))),
      change: call((id, change) =>
        users.change(check(fields.id, id, 'id'), check(schemas.userChange, change, 'change')),
      ),
      remove: call((id) => users.remove(check(fields.id, id, 'id'))),
      removeSession: call((id, hash) =>
        users.removeSession(check(fields.id, id, 'id'), check(fields.sessionHash, hash, 'hash')),
      ),
    },
    bots: {
      list: call(() => bots.list()),
      create: call((bot) => bots.create(check(schemas.newBot, bot, 'bot'))),
      replaceToken: call((id) => bots.replaceToken(check(fields.id, id, 'id'))),
    },
    webTokens: {
      create: call((request) => webTokens.create(check(schemas.newWebToken, request, 'request'))),
    },
    audit: { list: call((filter = {}) => audit.list(check(schemas.auditFilter, filter, 'filter'))) },
    faults: {
      list: () => faults.list(),
      add: (fault) => refusing(() => faults.add(check(schemas.newFault, fault, 'fault'))),
      remove: (id) => refusing(() => faults.remove(check(fields.id, id, 'id'))),
      clear: () => faults.clear(),
    },
    connections: call(() => services.connections()),
    clock: {
      state: () => clock.state(),
      advance: call(async (seconds) => clock.advance(check(schemas.clockStep, { seconds }, 'step').seconds)),
    },
    reset: call(() => services.reset()),
  }
}

function optionalPhone(phone: unknown): string | undefined {
  return check(v.optional(fields.phone), phone, 'phone')
}

function check<S extends Schema>(schema: S, value: unknown, name: string): v.InferOutput<S> {
  return validate(schema, value, name)
}

/** A call whose refusals come as the rejection of its promise. */
function call<Arguments extends unknown[], Answer>(
  run: (...args: Arguments) => Promise<Answer>,
): (...args: Arguments) => Promise<Answer> {
  return async (...args) => {
    try {
      return await run(...args)
    } catch (error) {
      throw asUsageError(error)
    }
  }
}

function refusing<Answer>(run: () => Answer): Answer {
  try {
    return run()
  } catch (error) {
    throw asUsageError(error)
  }
}

/** A refusal of the console says what is wrong and the next step: in process as one text. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof ConsoleError)) return error
  const text = error.code === 'REQUEST_INVALID' ? error.message : `${error.message} ${error.next}`
  return new UsageError(error.code, text, { cause: error })
}
