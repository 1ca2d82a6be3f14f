import { setTyping } from '../../rules/chats/set-typing.ts'
import { dialogsOf, markRead } from '../../rules/messages/messages.ts'
import { block } from '../../rules/people/blocks.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { peerNamed } from './named-peers.ts'
import { ownIdOf } from './own-ids.ts'
import { peerCards } from './peer-cards.ts'
import { showMessages } from './show-messages.ts'
import type { BlockChange, ChatReading, PersonChat, Typing } from './words.ts'

const MAX_CHATS = 100

/** Lists somebody's chats, the newest first: at most 100. */
export async function listChats(on: OnConsole, { account, caller }: Actor): Promise<PersonChat[]> {
  const offset = { dateS: 0, id: 0, peerId: undefined }
  const query = { folderId: undefined, excludesPinned: false, offset, limit: MAX_CHATS }
  const { dialogs } = await dialogsOf(on, caller, query)
  const tops = dialogs.flatMap(({ topMessage }) => topMessage ?? [])
  const [cards, shown] = await Promise.all([
    peerCards(
      on,
      account.id,
      dialogs.map(({ peerId }) => peerId),
    ),
    showMessages(on, account.id, tops),
  ])
  const messages = new Map(shown.map((message) => [message.id, message]))
  return dialogs.map(({ peerId, unreadCount, topMessage }) => {
    const lastMessage = topMessage && messages.get(topMessage.id)
    return { chat: cards(peerId), unreadCount, ...(lastMessage && { lastMessage }) }
  })
}

/** Marks what others wrote in a chat as read. */
export async function readAs(on: OnConsole, actor: Actor, { with: name, maxId }: ChatReading): Promise<void> {
  const { caller } = actor
  const reading = async () => {
    const upTo = maxId === undefined ? 0 : await ownIdOf(on, actor, maxId)
    await markRead(on, caller, await peerNamed(on, caller, name), upTo)
  }
  await refusing(reading(), 'messages.readHistory')
}

/** Shows the others in a chat that somebody writes. */
export async function typeAs(
  on: OnConsole,
  { caller }: Actor,
  { to, action = 'typing' }: Typing,
): Promise<void> {
  const typing = async () => await setTyping(on, caller, { peerId: await peerNamed(on, caller, to), action })
  await refusing(typing(), 'messages.setTyping')
}

/** Blocks somebody, or ends that. */
export async function blockAs(
  on: OnConsole,
  { caller }: Actor,
  { user, on: isBlocked = true }: BlockChange,
): Promise<void> {
  const blocking = async () => await block(on, caller, await peerNamed(on, caller, user), isBlocked)
  await refusing(blocking(), 'contacts.block')
}
