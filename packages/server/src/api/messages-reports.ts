/** Reports of chats, messages and reactions. The operator reads them in the audit trail. */
import { RpcError } from '@cablegram/mtproto'
import { refusal } from '../rules/index.ts'
import {
  report as reportAbout,
  reportSpam as reportChat,
  reportReaction as reportOne,
} from '../rules/people/reports.ts'
import { checkTexts } from './check-texts.ts'
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { peerOf } from './peers.ts'

/** Reasons to choose from, under the bytes that clients send back. */
const REASONS: readonly (readonly [string, string])[] = [
  ['spam', 'Spam'],
  ['violence', 'Violence'],
  ['childAbuse', 'Child abuse'],
  ['pornography', 'Pornography'],
  ['copyright', 'Copyright'],
  ['personalDetails', 'Personal details'],
  ['illegalDrugs', 'Illegal drugs'],
  ['other', 'Something else'],
]

const CHOICE = constantAnswer<ResultOf<'messages.report'>>({
  _: 'reportResultChooseOption',
  title: 'Report',
  options: REASONS.map(([reason, text]) => ({
    _: 'messageReportOption',
    text,
    option: new TextEncoder().encode(reason),
  })),
})

/** Reports messages: first without an option, then with the one chosen; `other` needs words. */
export const report: Handler<'messages.report'> = async ({ peer, id: ids, option, message }, context) => {
  checkTexts(message)
  const peerId = await peerOf(peer, context)
  const reason = new TextDecoder().decode(option)
  if (reason === '') return CHOICE
  if (!REASONS.some(([each]) => each === reason)) throw refusal('OPTION_INVALID')
  if (reason === 'other' && message.trim() === '') return { _: 'reportResultAddComment', option }
  await reportAbout(context.on, context.caller, { peerId, reason, ids })
  return { _: 'reportResultReported' }
}

/** Reports a chat as spam. */
export const reportSpam: Handler<'messages.reportSpam'> = async ({ peer }, context) => {
  await reportChat(context.on, context.caller, await peerOf(peer, context))
  return true
}

/** Reports a reaction to a message. */
export const reportReaction: Handler<'messages.reportReaction'> = async (
  { peer, id, reactionPeer },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const aboutId = await peerOf(reactionPeer, context).catch((error: unknown) => {
    if (error instanceof RpcError && error.message === 'PEER_ID_INVALID') throw refusal('USER_ID_INVALID')
    throw error
  })
  await reportOne(context.on, context.caller, { peerId, id, aboutId })
  return true
}
