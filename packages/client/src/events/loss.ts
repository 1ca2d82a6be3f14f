import { UpdatesError } from '../updates/errors.ts'
import type { LossReason } from '../updates/words.ts'

/** Why updates were lost, in words. */
const REASONS: { readonly [Reason in LossReason]: string } = {
  tooLong: 'the server does not keep events from so long ago',
  stateInvalid: 'the server does not know the state that the session has kept',
  unreadable: 'this version of the client cannot read one of them',
  noAccess: 'the account may not ask about this channel',
  overflow: 'they came faster than the handlers took them',
  refused: 'the server refuses to tell them',
  unexplained: 'the server does not say what came between two of them',
}

/** The error that says that updates were lost; the client goes on with later ones. */
export function errorOfLoss(reason: LossReason, channelId: bigint | undefined, cause: unknown): UpdatesError {
  const of = channelId === undefined ? 'Updates' : `Updates of channel ${channelId}`
  const message = `${of} were lost: ${REASONS[reason]}. Later ones are told.`
  const options = { cause, channelId }
  if (reason === 'unreadable') return new UpdatesError('UPDATE_UNREADABLE', message, options)
  return new UpdatesError('UPDATES_LOST', message, options)
}
