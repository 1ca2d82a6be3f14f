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
import { ownIdOf, ownIdsOf } from './own-ids.ts'
import { entitiesOf } from './send.ts'
import { showMessages, showOne } from './show-messages.ts'
import type {
  MessageDeletion,
  MessageEdit,
  MessageName,
  MessagePin,
  MessageReaction,
  MessagesForward,
  PersonMessage,
  PollVote,
} from './words.ts'

/** Changes the text of a message of somebody's own. */
export async function editAs(on: OnConsole, actor: Actor, edit: MessageEdit): Promise<PersonMessage> {
  const { caller } = actor
  const changing = async () => {
    const { peerId, id } = await ownMessage(on, actor, edit.messageId)
    const entities = await entitiesOf(on, caller, edit.entities)
    await editText(on, caller, { peerId, id, text: edit.text, entities })
    return id
  }
  return await show(on, actor, await refusing(changing(), 'messages.editMessage'))
}

/** Takes messages from everybody who has them, or from one box: all of them, or none if one is not there. */
export async function deleteAs(
  on: OnConsole,
  actor: Actor,
  { messageIds, forAll = true }: MessageDeletion,
): Promise<void> {
  const deleting = async () => {
    const ids = [...new Set(await ownIdsOf(on, actor, messageIds))]
    const found = await messagesOf(on, actor.caller, ids)
    // A client is told nothing of ids that are not there; a test has a wrong one.
    if (found.length < ids.length) throw refusal('MESSAGE_ID_INVALID')
    await deleteByIds(on, actor.caller, ids, forAll)
  }
  await refusing(deleting(), 'messages.deleteMessages')
}

/** Reacts to a message, or takes the reaction back. */
export async function reactAs(
  on: OnConsole,
  actor: Actor,
  { messageId, emoji }: MessageReaction,
): Promise<PersonMessage> {
  const reacting = async () => {
    const { peerId, id } = await ownMessage(on, actor, messageId)
    await setReactions(on, actor.caller, { peerId, id, reactions: emoji === null ? [] : [emoji] })
    return id
  }
  return await show(on, actor, await refusing(reacting(), 'messages.sendReaction'))
}

/** Votes in a poll, or takes the votes back. */
export async function voteAs(
  on: OnConsole,
  actor: Actor,
  { messageId, options }: PollVote,
): Promise<PersonMessage> {
  const voting = async () => {
    const message = await ownMessage(on, actor, messageId)
    const { peerId, id } = message
    const chosen = options.map((option) => optionOf(message, option))
    await vote(on, actor.caller, { peerId, messageId: id }, chosen)
    return id
  }
  return await show(on, actor, await refusing(voting(), 'messages.sendVote'))
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
  actor: Actor,
  { messageIds, to }: MessagesForward,
): Promise<PersonMessage[]> {
  const { account, caller } = actor
  const forwarding = async () => {
    const ids = await ownIdsOf(on, actor, messageIds)
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
  actor: Actor,
  { messageId, on: isPinned = true }: MessagePin,
): Promise<void> {
  const pinning = async () => {
    const { peerId, id } = await ownMessage(on, actor, messageId)
    await pinMessage(on, actor.caller, { peerId, id, isPinned, isForOneself: false, isSilent: false })
  }
  await refusing(pinning(), 'messages.updatePinnedMessage')
}

/** A message that somebody has. @throws {RpcError} MESSAGE_ID_INVALID */
export async function ownMessage(on: OnConsole, actor: Actor, name: MessageName): Promise<Message> {
  const [message] = await messagesOf(on, actor.caller, [await ownIdOf(on, actor, name)])
  if (message === undefined) throw refusal('MESSAGE_ID_INVALID')
  return message
}

async function show(on: OnConsole, actor: Actor, id: number): Promise<PersonMessage> {
  return await showOne(on, actor.account.id, await refusing(ownMessage(on, actor, id)))
}
