import type { Caller } from '../../ground/caller.ts'
import { randomLong } from '../../ground/random.ts'
import { deleteByIds } from '../../rules/chats/delete-messages.ts'
import { editText } from '../../rules/chats/edit-message.ts'
import { forwardMessages } from '../../rules/chats/forward-messages.ts'
import { pinMessage } from '../../rules/chats/pin-messages.ts'
import { setReactions } from '../../rules/chats/reactions.ts'
import { vote } from '../../rules/chats/votes.ts'
import { refusal } from '../../rules/index.ts'
import { messagesOf } from '../../rules/messages/messages.ts'
import type { Message } from '../../rules/messages/words.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { peerNamed } from './named-peers.ts'
import { entitiesOf } from './send.ts'
import { showMessages, showOne } from './show-messages.ts'
import type {
  MessageDeletion,
  MessageEdit,
  MessagePin,
  MessageReaction,
  MessagesForward,
  PersonMessage,
  PollVote,
} from './words.ts'

/** Changes the text of a message of somebody's own. */
export async function editAs(on: OnConsole, actor: Actor, edit: MessageEdit): Promise<PersonMessage> {
  const { caller } = actor
  const { messageId: id, text } = edit
  const changing = async () => {
    const { peerId } = await ownMessage(on, caller, id)
    const entities = await entitiesOf(on, caller, edit.entities)
    return await editText(on, caller, { peerId, id, text, entities })
  }
  await refusing(changing(), 'messages.editMessage')
  return await show(on, actor, id)
}

/** Takes messages from everybody who has them, or from one box. Unknown ids are ignored. */
export async function deleteAs(
  on: OnConsole,
  { caller }: Actor,
  { messageIds, forAll = true }: MessageDeletion,
): Promise<void> {
  await refusing(deleteByIds(on, caller, messageIds, forAll), 'messages.deleteMessages')
}

/** Reacts to a message, or takes the reaction back. */
export async function reactAs(
  on: OnConsole,
  actor: Actor,
  { messageId: id, emoji }: MessageReaction,
): Promise<PersonMessage> {
  const reacting = async () => {
    const { peerId } = await ownMessage(on, actor.caller, id)
    await setReactions(on, actor.caller, { peerId, id, reactions: emoji === null ? [] : [emoji] })
  }
  await refusing(reacting(), 'messages.sendReaction')
  return await show(on, actor, id)
}

/** Votes in a poll, or takes the votes back. */
export async function voteAs(
  on: OnConsole,
  actor: Actor,
  { messageId, options }: PollVote,
): Promise<PersonMessage> {
  const voting = async () => {
    const message = await ownMessage(on, actor.caller, messageId)
    const chosen = options.map((option) => optionOf(message, option))
    await vote(on, actor.caller, { peerId: message.peerId, messageId }, chosen)
  }
  await refusing(voting(), 'messages.sendVote')
  return await show(on, actor, messageId)
}

/** The name among clients of an answer that is given by its text or its place. */
function optionOf({ media }: Message, given: string | number): string {
  const answers = media?.kind === 'poll' ? media.poll?.answers : undefined
  if (answers === undefined) throw refusal('MESSAGE_ID_INVALID')
  const answer = typeof given === 'number' ? answers[given] : answers.find(({ text }) => text === given)
  if (answer === undefined) throw refusal('OPTION_INVALID')
  return answer.option
}

/** Forwards messages of one chat to another. */
export async function forwardAs(
  on: OnConsole,
  { account, caller }: Actor,
  { messageIds: ids, to }: MessagesForward,
): Promise<PersonMessage[]> {
  const forwarding = async () => {
    const toPeerId = await peerNamed(on, caller, to)
    const [first] = await messagesOf(on, caller, ids)
    if (first === undefined) throw refusal('MESSAGE_ID_INVALID')
    const randomIds = ids.map(() => randomLong(on.random))
    const asIs = { dropsAuthor: false, isSilent: false, isProtected: false }
    return await forwardMessages(on, caller, { fromPeerId: first.peerId, toPeerId, ids, randomIds, ...asIs })
  }
  const { events } = await refusing(forwarding(), 'messages.forwardMessages')
  const sent = events.flatMap((event) => (event.kind === 'newMessage' ? event.message : []))
  return await showMessages(on, account.id, sent)
}

/** Pins a message for everybody in its chat, or unpins it. */
export async function pinAs(
  on: OnConsole,
  { caller }: Actor,
  { messageId: id, on: isPinned = true }: MessagePin,
): Promise<void> {
  const pinning = async () => {
    const { peerId } = await ownMessage(on, caller, id)
    await pinMessage(on, caller, { peerId, id, isPinned, isForOneself: false, isSilent: false })
  }
  await refusing(pinning(), 'messages.updatePinnedMessage')
}

/** A message that somebody has. @throws {RpcError} MESSAGE_ID_INVALID */
export async function ownMessage(on: OnConsole, caller: Caller, id: number): Promise<Message> {
  const [message] = await messagesOf(on, caller, [id])
  if (message === undefined) throw refusal('MESSAGE_ID_INVALID')
  return message
}

async function show(on: OnConsole, { account, caller }: Actor, id: number): Promise<PersonMessage> {
  return await showOne(on, account.id, await refusing(ownMessage(on, caller, id)))
}
