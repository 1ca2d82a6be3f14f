import type { MethodName } from '@cablegram/tl/api'
import type { SurfaceMethod } from '@cablegram/tl/layers'
import * as account from './account.ts'
import * as accountIdle from './account-idle.ts'
import * as accountNotify from './account-notify.ts'
import * as accountPeople from './account-people.ts'
import * as auth from './auth.ts'
import * as bots from './bots.ts'
import * as contacts from './contacts.ts'
import * as contactsTop from './contacts-top.ts'
import * as folders from './folders.ts'
import type { Handler, HandlerTable } from './handler.ts'
import * as help from './help.ts'
import * as helpIdle from './help-idle.ts'
import * as langpack from './langpack.ts'
import * as messages from './messages.ts'
import * as messagesAlbums from './messages-albums.ts'
import * as messagesBots from './messages-bots.ts'
import * as messagesDialogs from './messages-dialogs.ts'
import * as messagesDrafts from './messages-drafts.ts'
import * as messagesFiles from './messages-files.ts'
import * as messagesFilters from './messages-filters.ts'
import * as messagesGroups from './messages-groups.ts'
import * as messagesIdle from './messages-idle.ts'
import * as messagesInvites from './messages-invites.ts'
import * as messagesPeople from './messages-people.ts'
import * as messagesPolls from './messages-polls.ts'
import * as messagesReactions from './messages-reactions.ts'
import * as messagesReading from './messages-reading.ts'
import * as messagesReports from './messages-reports.ts'
import * as messagesSaved from './messages-saved.ts'
import * as messagesScheduled from './messages-scheduled.ts'
import * as messagesSearch from './messages-search.ts'
import * as messagesSending from './messages-sending.ts'
import * as messagesStickers from './messages-stickers.ts'
import * as messagesThreads from './messages-threads.ts'
import * as messagesTyping from './messages-typing.ts'
import type { NotYet } from './not-yet.ts'
import * as payments from './payments.ts'
import * as paymentsGifts from './payments-gifts.ts'
import * as photos from './photos.ts'
import * as stories from './stories.ts'
import * as updates from './updates.ts'
import * as upload from './upload.ts'
import * as uploadCdn from './upload-cdn.ts'
import * as users from './users.ts'

/** auth.bindTempAuthKey has no handler, because it is about the message it came in; the dispatcher answers it. */
type Handled = Exclude<SurfaceMethod, NotYet | 'auth.bindTempAuthKey'>

/** Namespaces of the methods that have handlers; methods without a namespace are wrappers. */
type Namespace = Handled extends infer M ? (M extends `${infer N}.${string}` ? N : never) : never

/** The handlers of a namespace, each under its method's own name. */
type HandlersOf<N extends string> = {
  readonly [M in Handled as M extends `${N}.${infer Own}` ? Own : never]: M extends MethodName
    ? Handler<M>
    : never
} & {
  readonly [M in NotYet as M extends `${N}.${infer Own}` ? Own : never]?: never
}

type Namespaces = { readonly [N in Namespace]: HandlersOf<N> }

/** The exports of a module that are not the handler of any method: the compiler accepts none. */
type NoSurplus<Modules extends Namespaces> = {
  readonly [N in Namespace]: { readonly [Own in Exclude<keyof Modules[N], keyof HandlersOf<N>>]: never }
}

/** Lets modules pass that export handlers and nothing else. */
export function onlyHandlers<Modules extends Namespaces>(modules: Modules & NoSurplus<Modules>): Namespaces {
  return modules
}

/**
 * A module for each namespace; the compiler names the methods that lack a handler and are not in `NOT_YET`, those in
 * `NOT_YET` that have one, and exports that are no methods: each would be a method by accident. The list of methods is
 * `SURFACE_METHODS` of `@cablegram/tl/layers`.
 */
export const NAMESPACES: Namespaces = onlyHandlers({
  account: { ...account, ...accountIdle, ...accountNotify, ...accountPeople },
  auth,
  bots,
  contacts: { ...contacts, ...contactsTop },
  folders,
  help: { ...help, ...helpIdle },
  langpack,
  messages: {
    ...messages,
    ...messagesAlbums,
    ...messagesBots,
    ...messagesDialogs,
    ...messagesDrafts,
    ...messagesFiles,
    ...messagesFilters,
    ...messagesIdle,
    ...messagesPeople,
    ...messagesReading,
    ...messagesReports,
    ...messagesSaved,
    ...messagesScheduled,
    ...messagesSearch,
    ...messagesSending,
    ...messagesThreads,
    ...messagesTyping,
    ...messagesStickers,
    ...messagesGroups,
    ...messagesInvites,
    ...messagesPolls,
    ...messagesReactions,
  },
  payments: { ...payments, ...paymentsGifts },
  photos,
  stories,
  updates,
  upload: { ...upload, ...uploadCdn },
  users,
})

/** The handler of every method that is built. */
export const HANDLERS: HandlerTable = Object.fromEntries(
  Object.entries(NAMESPACES).flatMap(([namespace, handlers]) =>
    Object.entries(handlers).map(([own, handler]) => [`${namespace}.${own}`, handler]),
  ),
)
