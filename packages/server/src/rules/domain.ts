import type { Ground } from '../ground/ground.ts'
import { KeyRecords } from './accounts/key-records.ts'
import { createRefusedApps, type RefusedApps } from './accounts/refused-apps.ts'
import { createTempKeys, type TempKeys } from './accounts/temp-keys.ts'
import { createDeliveries, type Deliveries } from './codes/deliveries.ts'
import { createLeakedCodes, type LeakedCodes } from './codes/leaked-codes.ts'
import { createPaidCodes, type PaidCodes } from './codes/paid-codes.ts'
import { createSavedMessages, type SavedMessages } from './codes/saved-messages.ts'
import { type Bots, createBots } from './logins/bots.ts'
import { createFutureTokens, type FutureTokens } from './logins/future-tokens.ts'
import { createLogin } from './logins/login.ts'
import { createLoginTokens, type LoginTokens } from './logins/login-tokens.ts'
import { createPasskeys, type Passkeys } from './logins/passkeys.ts'
import { createTerms, type Terms } from './logins/terms.ts'
import { createTransfers } from './logins/transfers.ts'
import { createWebTokens, type WebTokens } from './logins/web-tokens.ts'
import type { Login, Transfers } from './logins/words.ts'
import { createMessages, type Messages } from './messages/messages.ts'
import { createServiceChat } from './messages/service-chat.ts'

/** The rules of the server; it knows no TL and no sockets. */
export interface Domain extends Ground {
  readonly deliveries: Deliveries
  readonly login: Login
  readonly futureTokens: FutureTokens
  readonly leakedCodes: LeakedCodes
  readonly transfers: Transfers
  readonly loginTokens: LoginTokens
  readonly bots: Bots
  readonly passkeys: Passkeys
  readonly webTokens: WebTokens
  readonly messages: Messages
  readonly savedMessages: SavedMessages
  readonly terms: Terms
  readonly refusedApps: RefusedApps
  readonly paidCodes: PaidCodes
  readonly keyRecords: KeyRecords
  readonly tempKeys: TempKeys
  /** Sends what a crash left in the outbox. Call once, before requests are taken. */
  recover(): Promise<void>
}

/** The rules, on these parts. */
export function createDomain(given: Ground): Domain {
  const { store, clock, settings } = given
  const refusedApps = createRefusedApps(given)
  const keyRecords = new KeyRecords(given)
  const parts: Ground = { ...given, onAppRefused: (refused) => refusedApps.note(refused) }
  const messages = createMessages(parts)
  const leakedCodes = createLeakedCodes(parts, messages)
  const serviceChat = createServiceChat({ ...parts, messages })
  const deliveries = createDeliveries({ ...parts, courier: serviceChat.courier })
  return {
    ...parts,
    deliveries,
    login: createLogin(parts, deliveries, serviceChat),
    futureTokens: createFutureTokens(parts),
    leakedCodes,
    transfers: createTransfers(parts),
    loginTokens: createLoginTokens(parts),
    bots: createBots(parts),
    passkeys: createPasskeys(parts),
    webTokens: createWebTokens(parts),
    messages,
    savedMessages: createSavedMessages(parts, leakedCodes),
    terms: createTerms(parts),
    refusedApps,
    paidCodes: createPaidCodes(parts, deliveries, store.deriveSecret('phone codes')),
    keyRecords,
    tempKeys: createTempKeys({ keyRecords, clock, settings }),
    recover: () => deliveries.recover(),
  }
}
