import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { addAuditEntry } from '../accounts/decide-audit.ts'
import { requireUserId } from '../accounts/keys.ts'
import { findMessages } from '../messages/decide-history.ts'
import type { PeerId } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { hideBar } from './decide-chat-bars.ts'
import { changerOf } from './profiles.ts'

/** Something that somebody tells the operator about. */
export interface Report {
  readonly peerId: PeerId
  /** A word for the reason, such as `spam`. */
  readonly reason: string
  /** Messages that it is about. */
  readonly ids?: readonly number[]
  /** Somebody in the chat that it is about. */
  readonly aboutId?: PeerId
}

const MAX_IDS = 200
/** Ids that an entry of the trail names. */
const MAX_NAMED = 20

/** Puts a report in the audit trail, where the operator reads it. Texts stay sealed: the entry has only ids. @throws {RpcError} LIMIT_INVALID */
export async function report(on: Ground, caller: Caller, about: Report): Promise<void> {
  if ((about.ids?.length ?? 0) > MAX_IDS) throw refusal('LIMIT_INVALID')
  const entry = entryOf(on, caller, about)
  await on.store.decide(() => addAuditEntry(entry))
}

/** Reports a chat as spam: the bar above it goes, too. */
export async function reportSpam(on: Ground, caller: Caller, peerId: PeerId): Promise<void> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  const entry = entryOf(on, caller, { peerId, reason: 'spam' })
  await on.store.decide(function* () {
    yield* hideBar(by, peerId)
    yield* addAuditEntry(entry)
  })
}

/** Reports a reaction to a message. @throws {RpcError} MSG_ID_INVALID */
export async function reportReaction(
  on: Ground,
  caller: Caller,
  { peerId, id, aboutId }: { readonly peerId: PeerId; readonly id: number; readonly aboutId: PeerId },
): Promise<void> {
  const userId = requireUserId(caller.state)
  const [message] = await on.store.look(() => findMessages(on.store.secret, userId, [id]))
  if (message?.peerId !== peerId) throw refusal('MSG_ID_INVALID')
  await report(on, caller, { peerId, reason: 'reaction', ids: [id], aboutId })
}

function entryOf({ clock }: Ground, { ip, apiId, state }: Caller, about: Report) {
  const { peerId, reason, ids = [], aboutId } = about
  const named = ids.slice(0, MAX_NAMED).join(',')
  const detail = [
    `peer ${peerId}`,
    reason,
    ...(named === '' ? [] : [`messages ${named}`]),
    ...(aboutId === undefined ? [] : [`of ${aboutId}`]),
  ].join('; ')
  return { action: 'report', userId: requireUserId(state), ip, apiId, detail, atMs: clock.nowMs() }
}
