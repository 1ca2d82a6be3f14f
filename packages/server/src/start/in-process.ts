import { UsageError } from '@cablegram/tl'
import * as v from 'valibot'
import { addApp, editApp, letAppIn, showApps, showRefusedApps } from '../console/acts/apps.ts'
import { showAudit } from '../console/acts/audit.ts'
import { addBot, renewBotToken, showBots } from '../console/acts/bots.ts'
import { chooseFileForCdn } from '../console/acts/cdn.ts'
import { moveClock, showClock } from '../console/acts/clock.ts'
import { showConnections } from '../console/acts/connections.ts'
import { addFault } from '../console/acts/faults.ts'
import { putNetworkRule, showNetworkRules } from '../console/acts/network-rules.ts'
import { settlePayments, showPayments } from '../console/acts/payments.ts'
import { dropPhoneRule, putPhoneRule, showPhoneRule, showPhoneRules } from '../console/acts/phone-rules.ts'
import { refusing as refusingRules } from '../console/acts/refusals.ts'
import { resetServer } from '../console/acts/server.ts'
import { addUser, editUser, showUsers } from '../console/acts/users.ts'
import { fields, type OnConsole, schemas } from '../console/index.ts'
import type { Inbox } from '../courier/index.ts'
import { removeSession } from '../rules/accounts/accounts.ts'
import { createWebToken } from '../rules/logins/web-tokens.ts'
import { removeNetworkRule } from '../rules/numbers/network-rules.ts'
import { removeAccount } from '../rules/people/remove-account.ts'
import { call, check, refusing } from './calls.ts'
import { createPeopleCalls } from './people-calls.ts'
import type { CablegramServer } from './server-api.ts'

const DEFAULT_WAIT_MS = 5_000

/** The calls of a server in process: the console's services, behind the same validation as its HTTP API. */
export function createServerCalls(
  on: OnConsole,
  inbox: Inbox,
): Omit<CablegramServer, 'info' | 'onCode' | 'close' | typeof Symbol.asyncDispose> {
  return {
    codes: {
      list: call((phone?: string) => inbox.list(optionalPhone(phone))),
      waitFor: call(async (phone, wait = {}) => {
        const digits = check(fields.phone, phone, 'phone')
        const { timeoutMs = DEFAULT_WAIT_MS, ...filter } = check(schemas.codeWait, wait, 'wait')
        const entry = await inbox.wait({ phone: digits, ...filter, timeoutMs })
        if (entry !== undefined) return entry
        throw new UsageError('CODE_TIMEOUT', `No code for ${phone} came within ${timeoutMs} ms.`)
      }),
    },
    apps: {
      list: call(() => showApps(on)),
      refused: () => showRefusedApps(on),
      create: call((app) => addApp(on, check(schemas.newApp, app, 'app'))),
      put: call((apiId, app = {}) =>
        letAppIn(on, check(fields.apiId, apiId, 'apiId'), check(schemas.ownApp, app, 'app')),
      ),
      change: call((apiId, change) =>
        editApp(on, check(fields.apiId, apiId, 'apiId'), check(schemas.appChange, change, 'change')),
      ),
    },
    phoneRules: {
      list: call(() => showPhoneRules(on)),
      find: call((digits) => showPhoneRule(on, check(fields.phone, digits, 'digits'))),
      put: call((digits, rule) =>
        putPhoneRule(on, check(fields.phone, digits, 'digits'), check(schemas.newPhoneRule, rule, 'rule')),
      ),
      remove: call((digits) => dropPhoneRule(on, check(fields.phone, digits, 'digits'))),
    },
    networkRules: {
      list: call(() => showNetworkRules(on)),
      put: call((address, rule) =>
        putNetworkRule(
          on,
          check(fields.address, address, 'address'),
          check(schemas.newNetworkRule, rule, 'rule'),
        ),
      ),
      remove: call((address) => removeNetworkRule(on, check(fields.address, address, 'address'))),
    },
    cdn: {
      choose: call(async (fileId, cdn = true) => {
        const id = check(fields.fileIdAsText, String(fileId), 'fileId')
        await chooseFileForCdn(on, BigInt(id), check(schemas.cdnChoice, { cdn }, 'cdn'))
      }),
    },
    payments: {
      list: call((phone) => showPayments(on, check(fields.phone, phone, 'phone'))),
      settle: call((phone) => settlePayments(on, check(fields.phone, phone, 'phone'))),
    },
    users: {
      list: call((phone?: string) => showUsers(on, optionalPhone(phone))),
      create: call((user) => addUser(on, check(schemas.newUser, user, 'user'))),
      change: call((id, change) =>
        editUser(on, check(fields.id, id, 'id'), check(schemas.userChange, change, 'change')),
      ),
      remove: call((id) => removeAccount(on, BigInt(check(fields.id, id, 'id')))),
      removeSession: call((id, hash) =>
        removeSession(
          on,
          BigInt(check(fields.id, id, 'id')),
          BigInt(check(fields.sessionHash, hash, 'hash')),
        ),
      ),
    },
    bots: {
      list: call(() => showBots(on)),
      create: call((bot) => addBot(on, check(schemas.newBot, bot, 'bot'))),
      replaceToken: call((id) => renewBotToken(on, check(fields.id, id, 'id'))),
    },
    webTokens: {
      create: call((request) =>
        refusingRules(createWebToken(on, check(schemas.newWebToken, request, 'request').phone)),
      ),
    },
    people: createPeopleCalls(on),
    audit: { list: call((filter = {}) => showAudit(on, check(schemas.auditFilter, filter, 'filter'))) },
    faults: {
      list: () => on.gateway.faults.list(),
      add: (fault) => refusing(() => addFault(on, check(schemas.newFault, fault, 'fault'))),
      remove: (id) => refusing(() => on.gateway.faults.remove(check(fields.id, id, 'id'))),
      clear: () => on.gateway.faults.clear(),
    },
    connections: call(() => showConnections(on)),
    clock: {
      state: () => showClock(on),
      advance: call(async (seconds) => {
        const step = check(schemas.clockStep, { seconds }, 'step', { seconds: 'seconds' })
        return moveClock(on, step.seconds)
      }),
    },
    reset: call(() => resetServer(on)),
  }
}

function optionalPhone(phone: unknown): string | undefined {
  return check(v.optional(fields.phone), phone, 'phone')
}
