import type { Ground } from '../ground/ground.ts'
import { type Accounts, createAccounts } from './accounts/accounts.ts'
import { type Apps, createApps } from './accounts/apps.ts'
import { type Authorizations, createAuthorizations } from './accounts/authorizations.ts'
import { createKeys, type Keys } from './accounts/keys.ts'
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
import { createNetworkRules, type NetworkRules } from './numbers/network-rules.ts'
import { createPhoneRules, type PhoneRules } from './numbers/phone-rules.ts'

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
  readonly authorizations: Authorizations
  readonly messages: Messages
  readonly savedMessages: SavedMessages
  readonly terms: Terms
  readonly accounts: Accounts
  readonly apps: Apps
  readonly refusedApps: RefusedApps
  readonly phoneRules: PhoneRules
  readonly networkRules: NetworkRules
  readonly paidCodes: PaidCodes
  readonly keys: Keys
  readonly tempKeys: TempKeys
  /** Sends what a crash left in the outbox. Call once, before requests are taken. */
  recover(): Promise<void>
}

/** The rules, on these parts. */
export function createDomain(given: Ground): Domain {
  const { store, clock, random, settings } = given
  const refusedApps = createRefusedApps(given)
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
    authorizations: createAuthorizations(parts),
    messages,
    savedMessages: createSavedMessages(parts, leakedCodes),
    terms: createTerms(parts),
    accounts: createAccounts(parts),
    apps: createApps(store, clock, random, refusedApps),
    refusedApps,
    phoneRules: createPhoneRules(parts),
    networkRules: createNetworkRules(parts),
    paidCodes: createPaidCodes(parts, deliveries, store.deriveSecret('phone codes')),
    keys: createKeys(store, clock, settings),
    tempKeys: createTempKeys(store, clock, settings),
    recover: () => deliveries.recover(),
  }
}
