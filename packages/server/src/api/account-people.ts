import type { GlobalPrivacySettings, ReportReason } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import {
  globalPrivacyOf,
  idleDaysOf,
  isSignUpQuiet,
  reactionNoticesOf,
  seesSensitive,
  setGlobalPrivacy,
  setIdleDays,
  setReactionNotices,
  setSensitive,
  setSignUpQuiet,
} from '../rules/people/account-settings.ts'
import { updateBirthday as changeBirthday } from '../rules/people/birthdays.ts'
import { changePrivacy, privacyOf } from '../rules/people/privacy.ts'
import {
  updateUsername as changeName,
  updateProfile as changeProfile,
  isNameFree,
  reorderUsernames as orderNames,
  toggleUsername as showName,
} from '../rules/people/profiles.ts'
import { report } from '../rules/people/reports.ts'
import { updateStatus as noteStatus } from '../rules/people/statuses.ts'
import type { GlobalPrivacy, PrivacyKey, PrivacyRule } from '../rules/people/words.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { peerBook, seenUsers } from './peer-book.ts'
import { peerOf } from './peers.ts'
import { reactionNotices, tlReactionNotices } from './tl-notices.ts'
import { privacyKey, privacyRules, tlPrivacyRules } from './tl-privacy.ts'

/** Changes the caller's names or description. */
export const updateProfile: Handler<'account.updateProfile'> = async (request, context) => {
  const { firstName, lastName, about } = request
  checkTexts(...[firstName, lastName, about].filter((each) => each !== undefined))
  await changeProfile(context.on, context.caller, {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(about !== undefined && { about }),
  })
  return await self(context)
}

/** Tells whether the caller could have a username. */
export const checkUsername: Handler<'account.checkUsername'> = ({ username }, { on, caller }) =>
  isNameFree(on, caller, username)

/** Gives the caller another username, or takes it away. */
export const updateUsername: Handler<'account.updateUsername'> = async ({ username }, context) => {
  await changeName(context.on, context.caller, username)
  return await self(context)
}

/** Shows or hides one of the caller's usernames. */
export const toggleUsername: Handler<'account.toggleUsername'> = async ({ username, active }, context) => {
  checkTexts(username)
  return await showName(context.on, context.caller, username, active)
}

/** Puts the caller's usernames in order. */
export const reorderUsernames: Handler<'account.reorderUsernames'> = async ({ order }, context) => {
  checkTexts(...order)
  return await orderNames(context.on, context.caller, order)
}

async function self(context: HandlerContext): Promise<ResultOf<'account.updateProfile'>> {
  const userId = requireUserId(context.caller.state)
  const [user] = await seenUsers([userId], context)
  return user ?? { _: 'userEmpty', id: userId }
}

/** Notes that the caller is there, or has gone. */
export const updateStatus: Handler<'account.updateStatus'> = async ({ offline }, { on, caller }) => {
  await noteStatus(on, caller, offline)
  return true
}

/** Gives the caller's rules of privacy for something. */
export const getPrivacy: Handler<'account.getPrivacy'> = async ({ key }, context) => {
  const rules = await privacyOf(context.on, context.caller, privacyKey(key))
  return await rulesAnswer(rules, context)
}

/** Sets the caller's rules of privacy for something. */
export const setPrivacy: Handler<'account.setPrivacy'> = async ({ key, rules }, context) => {
  const named: PrivacyKey = privacyKey(key)
  const asked = await privacyRules(rules, context)
  await changePrivacy(context.on, context.caller, named, asked)
  return await rulesAnswer(asked, context)
}

async function rulesAnswer(
  rules: readonly PrivacyRule[],
  context: HandlerContext,
): Promise<ResultOf<'account.getPrivacy'>> {
  const book = peerBook(context)
  for (const rule of rules) {
    if (rule.whom === 'users') book.add(...rule.userIds)
    if (rule.whom === 'chats') book.add(...rule.chatIds.map((chatId) => -chatId))
  }
  return { _: 'account.privacyRules', rules: tlPrivacyRules(rules), ...(await book.lists()) }
}

/** Gives the caller's settings of privacy that are no rules. */
export const getGlobalPrivacySettings: Handler<'account.getGlobalPrivacySettings'> = async (
  _request,
  context,
) => tlGlobalPrivacy(await globalPrivacyOf(context.on, context.caller))

/** Sets the caller's settings of privacy that are no rules. Those that need Premium are left out. */
export const setGlobalPrivacySettings: Handler<'account.setGlobalPrivacySettings'> = async (
  { settings },
  { on, caller },
) => {
  const { archiveAndMuteNewNoncontactPeers, keepArchivedUnmuted, keepArchivedFolders, hideReadMarks } =
    settings
  const kept: GlobalPrivacy = {
    ...(archiveAndMuteNewNoncontactPeers && { archivesStrangers: true }),
    ...(keepArchivedUnmuted && { keepsArchivedUnmuted: true }),
    ...(keepArchivedFolders && { keepsArchivedFolders: true }),
    ...(hideReadMarks && { hidesReadMarks: true }),
  }
  await setGlobalPrivacy(on, caller, kept)
  return tlGlobalPrivacy(kept)
}

function tlGlobalPrivacy(settings: GlobalPrivacy): GlobalPrivacySettings {
  return {
    _: 'globalPrivacySettings',
    ...(settings.archivesStrangers && { archiveAndMuteNewNoncontactPeers: true }),
    ...(settings.keepsArchivedUnmuted && { keepArchivedUnmuted: true }),
    ...(settings.keepsArchivedFolders && { keepArchivedFolders: true }),
    ...(settings.hidesReadMarks && { hideReadMarks: true }),
  }
}

/** Gives the number of days after which an idle account is to go. */
export const getAccountTTL: Handler<'account.getAccountTTL'> = async (_request, { on, caller }) => ({
  _: 'accountDaysTTL',
  days: await idleDaysOf(on, caller),
})

/** Keeps the number of days after which an idle account is to go. */
export const setAccountTTL: Handler<'account.setAccountTTL'> = async ({ ttl }, { on, caller }) => {
  await setIdleDays(on, caller, ttl.days)
  return true
}

/** Tells whether the message about a contact's sign-up comes without a sound. */
export const getContactSignUpNotification: Handler<'account.getContactSignUpNotification'> = (
  _request,
  { on, caller },
) => isSignUpQuiet(on, caller)

/** Sets whether the message about a contact's sign-up comes without a sound. */
export const setContactSignUpNotification: Handler<'account.setContactSignUpNotification'> = async (
  { silent },
  { on, caller },
) => {
  await setSignUpQuiet(on, caller, silent)
  return true
}

/** Says when the caller was born. */
export const updateBirthday: Handler<'account.updateBirthday'> = async ({ birthday }, { on, caller }) => {
  await changeBirthday(on, caller, birthday)
  return true
}

/** Reports a person or a group. */
export const reportPeer: Handler<'account.reportPeer'> = async ({ peer, reason, message }, context) => {
  checkTexts(message)
  const peerId = await peerOf(peer, context)
  await report(context.on, context.caller, { peerId, reason: reasonOf(reason) })
  return true
}

/** `inputReportReasonSpam` is `spam`. */
function reasonOf({ _ }: ReportReason): string {
  const name = _.slice('inputReportReason'.length)
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** Tells whether the caller wants to see what apps hide from children. */
export const getContentSettings: Handler<'account.getContentSettings'> = async (
  _request,
  { on, caller },
) => ({
  _: 'account.contentSettings',
  ...((await seesSensitive(on, caller)) && { sensitiveEnabled: true }),
  sensitiveCanChange: true,
})

/** Sets whether the caller wants to see what apps hide from children. */
export const setContentSettings: Handler<'account.setContentSettings'> = async (
  { sensitiveEnabled },
  { on, caller },
) => {
  await setSensitive(on, caller, sensitiveEnabled === true)
  return true
}

/** Tells whose reactions notify the caller. */
export const getReactionsNotifySettings: Handler<'account.getReactionsNotifySettings'> = async (
  _request,
  { on, caller },
) => tlReactionNotices(await reactionNoticesOf(on, caller))

/** Sets whose reactions notify the caller. */
export const setReactionsNotifySettings: Handler<'account.setReactionsNotifySettings'> = async (
  { settings },
  { on, caller },
) => {
  const notices = reactionNotices(settings)
  await setReactionNotices(on, caller, notices)
  return tlReactionNotices(notices)
}
