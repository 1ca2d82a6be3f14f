import { randomLong } from '../../ground/random.ts'
import { answerQuery, pressButton } from '../../rules/bots/press-button.ts'
import { sharePeers } from '../../rules/bots/share-peers.ts'
import { startBot } from '../../rules/bots/start-bot.ts'
import { pressesWaitingFor } from '../../rules/bots/waiting-presses.ts'
import type { PeerSharing, PressQuery } from '../../rules/bots/words.ts'
import { sendMedia } from '../../rules/chats/send-media.ts'
import { sendText } from '../../rules/chats/send-message.ts'
import { refusal } from '../../rules/index.ts'
import { messagesOf } from '../../rules/messages/messages.ts'
import type { Button, Message } from '../../rules/messages/words.ts'
import { refusing } from '../acts/refusals.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { ownMessage } from './change.ts'
import { peerNamed, userNamed } from './named-peers.ts'
import { peerCards } from './peer-cards.ts'
import { dataText, showOne } from './show-messages.ts'
import { type WaitLimits, waitInBox } from './wait-in-box.ts'
import type {
  BotStarting,
  ButtonPress,
  ButtonPressed,
  PeerName,
  PersonMessage,
  PressOutcome,
  PressReply,
} from './words.ts'

/** Starts a bot: in its own chat, or in a group, which it joins if need be. Without a payload the text is `/start`. */
export async function startAs(
  on: OnConsole,
  actor: Actor,
  { bot, payload = '', chat }: BotStarting,
): Promise<PersonMessage> {
  const { account, caller } = actor
  const starting = async (): Promise<Message> => {
    const botId = await userNamed(on, caller, bot)
    const peerId = chat === undefined ? botId : await peerNamed(on, caller, chat)
    const randomId = randomLong(on.random)
    if (payload === '' && peerId === botId) {
      const cardOf = await peerCards(on, account.id, [botId])
      if (cardOf(botId).kind !== 'bot') throw refusal('BOT_INVALID')
      return await say(on, actor, botId, '/start')
    }
    const { events } = await startBot(on, caller, { botId, peerId, param: payload, randomId })
    const sent = events.flatMap((event) => (event.kind === 'newMessage' ? event.message : [])).at(-1)
    if (sent === undefined) throw refusal('BOT_INVALID')
    return sent
  }
  return await showOne(on, account.id, await refusing(starting(), 'messages.startBot'))
}

async function say(on: OnConsole, { caller }: Actor, peerId: bigint, text: string): Promise<Message> {
  const writing = { peerId, content: { text, entities: [] }, randomId: randomLong(on.random) }
  return (await sendText(on, caller, writing)).event.message
}

/**
 * Presses a button under a message, or of the keyboard that it brought. A button with data waits for the bot's answer.
 *
 * @throws {ConsoleError} 400 BUTTON_NOT_FOUND, BUTTON_NOT_PRESSED, and what the rules refuse
 */
export async function pressAs(on: OnConsole, actor: Actor, press: ButtonPress): Promise<PressOutcome> {
  const message = await refusing(ownMessage(on, actor, press.messageId), 'messages.getBotCallbackAnswer')
  const button = buttonOf(message, press)
  switch (button.kind) {
    case 'callback': {
      const { peerId, id: messageId } = message
      const data = Buffer.from(button.data, 'base64')
      const pressing = pressButton(on, actor.caller, { peerId, messageId, data })
      const { message: text, isAlert, url } = await refusing(pressing, 'messages.getBotCallbackAnswer')
      return {
        kind: 'answer',
        isAlert,
        ...(text !== undefined && { text }),
        ...(url !== undefined && { url }),
      }
    }
    case 'url':
      return { kind: 'page', url: button.url }
    case 'copy':
      return { kind: 'copy', text: button.copied }
    case 'text':
      return await sent(on, actor, say(on, actor, message.peerId, button.text))
    case 'requestPhone':
      return await sent(on, actor, giveNumber(on, actor, message.peerId))
    case 'requestPeer': {
      const { peerId: botId, id: messageId } = message
      const { buttonNumber } = button
      if (press.peers === undefined) throw peersMissing(button)
      const giving = givePeers(on, actor, { botId, messageId, buttonNumber }, press.peers)
      return await sent(on, actor, giving, 'messages.sendBotRequestedPeer')
    }
    default:
      throw notPressed(button)
  }
}

function buttonOf({ markup }: Message, { button, data }: ButtonPress): Button {
  const all = markup !== undefined && 'rows' in markup ? markup.rows.flat() : []
  const found = all.find((each) =>
    data === undefined ? each.text === button : each.kind === 'callback' && dataText(each.data) === data,
  )
  if (found !== undefined) return found
  const texts = all.map(({ text }) => `"${text}"`).join(', ')
  throw new ConsoleError(
    400,
    'BUTTON_NOT_FOUND',
    'The message has no such button.',
    texts === '' ? 'Name a message with buttons: this one has none.' : `It has ${texts}.`,
  )
}

function notPressed({ kind, text }: Button): ConsoleError {
  return new ConsoleError(
    400,
    'BUTTON_NOT_PRESSED',
    `The button "${text}" is of the kind ${kind}, which nobody presses here.`,
    'Press a button that is a text, a page, a copied text, a callback, or a request for the phone number or for peers.',
  )
}

async function sent(
  on: OnConsole,
  { account }: Actor,
  sending: Promise<Message>,
  method = 'messages.sendMessage',
): Promise<PressOutcome> {
  const message = await showOne(on, account.id, await refusing(sending, method))
  return { kind: 'message', message }
}

function peersMissing({ text }: Button): ConsoleError {
  return new ConsoleError(
    400,
    'REQUEST_INVALID',
    `peers is missing: the button "${text}" asks for people or a group.`,
    'Compare the request with /openapi.json.',
  )
}

/** Gives a bot the people or the group that its button asked for. @returns the service message about it */
async function givePeers(
  on: OnConsole,
  { caller }: Actor,
  asked: Omit<PeerSharing, 'peerIds'>,
  names: readonly PeerName[],
): Promise<Message> {
  const peerIds: bigint[] = []
  for (const name of names) peerIds.push(await peerNamed(on, caller, name))
  const { events } = await sharePeers(on, caller, { ...asked, peerIds })
  const told = events.flatMap((event) => (event.kind === 'newMessage' ? event.message : [])).at(-1)
  if (told === undefined) throw refusal('MESSAGE_ID_INVALID')
  return told
}

async function giveNumber(on: OnConsole, { account, caller }: Actor, peerId: bigint): Promise<Message> {
  const { phone, firstName, lastName, id: userId } = account
  const writing = { peerId, content: { text: '', entities: [] }, randomId: randomLong(on.random) }
  const contact = { kind: 'contact', phone, firstName, lastName, vcard: '', userId } as const
  return (await sendMedia(on, caller, writing, contact)).event.message
}

/** Waits for a press of a bot's button that was not answered: the oldest that `isNew` lets pass. */
export async function waitForPress(
  on: OnConsole,
  actor: Actor,
  limits: WaitLimits,
  isNew: (pressId: string) => boolean = () => true,
): Promise<ButtonPressed | undefined> {
  const look = async () => {
    const waiting = await pressesWaitingFor(on, actor.caller)
    return waiting.find(({ queryId }) => isNew(String(queryId)))
  }
  const press = await waitInBox(on, actor.account.id, look, limits)
  return press && (await showPress(on, actor, press))
}

async function showPress(
  on: OnConsole,
  { account, caller }: Actor,
  { queryId, userId, peerId, messageId, data }: PressQuery,
): Promise<ButtonPressed> {
  const cards = await peerCards(on, account.id, [userId, peerId])
  const [message] = await messagesOf(on, caller, [messageId])
  return {
    id: String(queryId),
    from: cards(userId),
    chat: cards(peerId),
    ...(message && { message: await showOne(on, account.id, message) }),
    data: Buffer.from(data).toString(),
  }
}

/** Answers a press of a bot's button. */
export async function answerPressAs(
  on: OnConsole,
  { caller }: Actor,
  { pressId, text, isAlert = false, url }: PressReply,
): Promise<void> {
  const answer = { message: text === '' ? undefined : text, isAlert, url, cacheS: 0 }
  const queryId = BigInt.asIntN(64, BigInt(pressId))
  await refusing(answerQuery(on, caller, queryId, answer), 'messages.setBotCallbackAnswer')
}
