import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { findSetting, keepSetting } from './decide-account-settings.ts'
import type { GlobalPrivacy, ReactionNotices } from './words.ts'

const DEFAULT_IDLE_DAYS = 365
const [MIN_IDLE_DAYS, MAX_IDLE_DAYS] = [30, 730]

/** The days after which the caller wants an idle account to go. This server only keeps the number. */
export async function idleDaysOf({ store }: Ground, { state }: Caller): Promise<number> {
  const userId = requireUserId(state)
  const kept = await store.look(() => findSetting(userId, 'idleDays'))
  return kept === undefined ? DEFAULT_IDLE_DAYS : Number(kept)
}

/** Keeps the days after which the caller wants an idle account to go. @throws {RpcError} TTL_DAYS_INVALID */
export async function setIdleDays({ store }: Ground, { state }: Caller, days: number): Promise<void> {
  const userId = requireUserId(state)
  if (days < MIN_IDLE_DAYS || days > MAX_IDLE_DAYS) throw refusal('TTL_DAYS_INVALID')
  await store.decide(() => keepSetting(userId, 'idleDays', String(days)))
}

/** Tells whether the caller wants no sound when a contact signs up. */
export async function isSignUpQuiet({ store }: Ground, { state }: Caller): Promise<boolean> {
  const userId = requireUserId(state)
  return (await store.look(() => findSetting(userId, 'quietSignUp'))) === 'true'
}

/** Sets whether the caller wants no sound when a contact signs up. */
export async function setSignUpQuiet({ store }: Ground, { state }: Caller, isQuiet: boolean): Promise<void> {
  const userId = requireUserId(state)
  await store.decide(() => keepSetting(userId, 'quietSignUp', String(isQuiet)))
}

/** The caller's settings of privacy that are no rules. */
export async function globalPrivacyOf({ store }: Ground, { state }: Caller): Promise<GlobalPrivacy> {
  const userId = requireUserId(state)
  return JSON.parse((await store.look(() => findSetting(userId, 'globalPrivacy'))) ?? '{}')
}

/** Sets the caller's settings of privacy that are no rules. */
export async function setGlobalPrivacy(
  { store }: Ground,
  { state }: Caller,
  to: GlobalPrivacy,
): Promise<void> {
  const userId = requireUserId(state)
  await store.decide(() => keepSetting(userId, 'globalPrivacy', JSON.stringify(to)))
}

/** Tells whether the caller wants to see what apps hide from children. */
export async function seesSensitive({ store }: Ground, { state }: Caller): Promise<boolean> {
  const userId = requireUserId(state)
  return (await store.look(() => findSetting(userId, 'sensitiveContent'))) === 'true'
}

/** Sets whether the caller wants to see what apps hide from children. */
export async function setSensitive({ store }: Ground, { state }: Caller, isSeen: boolean): Promise<void> {
  const userId = requireUserId(state)
  await store.decide(() => keepSetting(userId, 'sensitiveContent', String(isSeen)))
}

const DEFAULT_NOTICES: ReactionNotices = {
  messages: 'contacts',
  stories: 'contacts',
  sound: { kind: 'default' },
  showsPreviews: true,
}

/** The caller's notifications about reactions. */
export async function reactionNoticesOf({ store }: Ground, { state }: Caller): Promise<ReactionNotices> {
  const userId = requireUserId(state)
  const kept = await store.look(() => findSetting(userId, 'reactionNotices'))
  return kept === undefined ? DEFAULT_NOTICES : JSON.parse(kept)
}

/** Sets the caller's notifications about reactions. */
export async function setReactionNotices(
  { store }: Ground,
  { state }: Caller,
  to: ReactionNotices,
): Promise<void> {
  const userId = requireUserId(state)
  await store.decide(() => keepSetting(userId, 'reactionNotices', JSON.stringify(to)))
}
