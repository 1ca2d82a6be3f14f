import type { Bus, Clock, Courier, Random, StartTimer, Store } from '../ports.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { type Apps, createApps } from './apps.ts'
import { type Audit, createAudit } from './audit.ts'
import { type Authorizations, createAuthorizations } from './authorizations.ts'
import { type Bots, createBots } from './bots.ts'
import { createDeliveries } from './deliveries.ts'
import { createEmailCodes } from './email-codes.ts'
import { createFutureTokens, type FutureTokens } from './future-tokens.ts'
import { createKeys, type Keys } from './keys.ts'
import { createLeakedCodes, type LeakedCodes } from './leaked-codes.ts'
import { createLogin } from './login.ts'
import { createLoginEmails, type LoginEmails } from './login-emails.ts'
import { createLoginTokens, type LoginTokens } from './login-tokens.ts'
import { createMessages, type Messages } from './messages.ts'
import { createNetworkRules, type NetworkRules } from './network-rules.ts'
import { createNewPasswords } from './new-password.ts'
import { createPaidCodes, type PaidCodes } from './paid-codes.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { createPasswordEmails, type PasswordEmails } from './password-emails.ts'
import { createPasswordResets, type PasswordResets } from './password-resets.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import { createPhoneRules, type PhoneRules } from './phone-rules.ts'
import { createServiceChat } from './service-chat.ts'
import type { Settings } from './settings.ts'
import { createTempKeys, type TempKeys } from './temp-keys.ts'
import { createTerms, type Terms } from './terms.ts'
import { createTransfers } from './transfers.ts'
import type { Login, Transfers } from './types.ts'
import { createWebTokens, type WebTokens } from './web-tokens.ts'

/** What the rules run on. */
export interface DomainParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly courier: Courier
  readonly bus: Bus
  readonly settings: Settings
  /** Default: the machine's timers. */
  readonly startTimer?: StartTimer | undefined
}

/** The rules of the server; it knows no TL and no sockets. */
export interface Domain {
  readonly audit: Audit
  readonly login: Login
  readonly loginEmails: LoginEmails
  readonly futureTokens: FutureTokens
  readonly leakedCodes: LeakedCodes
  readonly transfers: Transfers
  readonly loginTokens: LoginTokens
  readonly bots: Bots
  readonly passkeys: Passkeys
  readonly passwords: Passwords
  readonly passwordEmails: PasswordEmails
  readonly passwordResets: PasswordResets
  readonly webTokens: WebTokens
  readonly authorizations: Authorizations
  readonly messages: Messages
  readonly terms: Terms
  readonly accounts: Accounts
  readonly apps: Apps
  readonly phoneRules: PhoneRules
  readonly networkRules: NetworkRules
  readonly paidCodes: PaidCodes
  readonly keys: Keys
  readonly tempKeys: TempKeys
  /** Sends what a crash left in the outbox. Call once, before requests are taken. */
  recover(): Promise<void>
}

/** The rules, on these parts. */
export function createDomain(parts: DomainParts): Domain {
  const { store, clock, random, settings } = parts
  const messages = createMessages(parts)
  const serviceChat = createServiceChat({ ...parts, messages })
  const deliveries = createDeliveries({ ...parts, courier: serviceChat.courier })
  const twoStep = {
    emailCodes: createEmailCodes(parts, deliveries),
    newPasswords: createNewPasswords(store.deriveSecret('password salts'), random),
  }
  const passwords = createPasswords(parts, twoStep)
  return {
    audit: createAudit(parts),
    login: createLogin(parts, deliveries, serviceChat),
    loginEmails: createLoginEmails(parts, deliveries),
    futureTokens: createFutureTokens(parts),
    leakedCodes: createLeakedCodes(parts, messages),
    transfers: createTransfers(parts),
    loginTokens: createLoginTokens(parts),
    bots: createBots(parts),
    passkeys: createPasskeys(parts),
    passwords,
    passwordResets: createPasswordResets(parts, messages),
    passwordEmails: createPasswordEmails(parts, twoStep),
    webTokens: createWebTokens(parts),
    authorizations: createAuthorizations(parts),
    messages,
    terms: createTerms(parts),
    accounts: createAccounts(parts, settings, passwords),
    apps: createApps(store, clock, random),
    phoneRules: createPhoneRules(parts),
    networkRules: createNetworkRules(parts),
    paidCodes: createPaidCodes(parts, deliveries, store.deriveSecret('phone codes')),
    keys: createKeys(store, clock, settings),
    tempKeys: createTempKeys(store, clock, settings),
    recover: () => deliveries.recover(),
  }
}
