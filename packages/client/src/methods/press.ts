import { UsageError } from '@cablegram/tl'
import type { KeyboardButton, messages } from '@cablegram/tl/api'
import { checkOptions } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import { usePeer } from '../peers/resolve.ts'
import { LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, callOptions } from './sending.ts'

/** The answer of a bot to the press of a button. */
export interface PressAnswer {
  readonly text: string | undefined
  /** The text is shown in a window that the user has to close. */
  readonly isAlert: boolean
  /** An address to open. */
  readonly url: string | undefined
}

/**
 * Presses a button below a message, and gives the answer of its bot. A button with a link is not pressed: its link is the
 * answer.
 *
 * @param button the text of the button, or its data
 * @throws UsageError BUTTON_UNKNOWN; PeerError; RpcError such as BOT_RESPONSE_TIMEOUT, if the bot does not answer
 *
 * @example
 * ```ts
 * import { press, type TelegramClient } from '@cablegram/client'
 *
 * export async function agree(client: TelegramClient): Promise<void> {
 *   for await (const message of client.history('@tea_bot', { limit: 1 })) {
 *     console.log((await press(client, message, 'Yes')).text)
 *   }
 * }
 * ```
 */
export async function press(
  client: MethodClient,
  message: Message,
  button: string | { readonly data: string | Uint8Array },
  options: CallLimits = {},
): Promise<PressAnswer> {
  checkOptions(options, LIMIT_CHECKS, 'of press')
  const found = buttonOf(message, button)
  if (found._ === 'keyboardButtonUrl') return { text: undefined, isAlert: false, url: found.url }
  return await usePeer(client, message.chat, async ({ inputPeer: peer }) => {
    const params = { peer, msgId: message.id, data: found.data }
    return answerOf(await client.call('messages.getBotCallbackAnswer', params, callOptions(options)))
  })
}

type Pressable = Extract<KeyboardButton, { _: 'keyboardButtonCallback' | 'keyboardButtonUrl' }>

/** @throws UsageError BUTTON_UNKNOWN, which names the buttons that there are */
function buttonOf(message: Message, wanted: string | { readonly data: string | Uint8Array }): Pressable {
  const buttons = buttonsOf(message)
  const found = buttons.find((each) =>
    typeof wanted === 'string' ? each.text === wanted : isDataOf(each, wanted.data),
  )
  if (found) return found
  const texts = buttons.map(({ text }) => JSON.stringify(text)).join(', ')
  const shown = typeof wanted === 'string' ? JSON.stringify(wanted) : 'with this data'
  const there = texts === '' ? 'It has none that can be pressed.' : `It has ${texts}.`
  throw new UsageError('BUTTON_UNKNOWN', `The message has no button ${shown}. ${there}`)
}

function buttonsOf({ raw }: Message): Pressable[] {
  const markup = raw._ === 'message' ? raw.replyMarkup : undefined
  const rows = markup?._ === 'replyInlineMarkup' ? markup.rows : []
  return rows.flatMap(({ buttons }) => buttons.filter(isPressable))
}

function isPressable(button: KeyboardButton): button is Pressable {
  return button._ === 'keyboardButtonCallback' || button._ === 'keyboardButtonUrl'
}

function isDataOf(button: Pressable, data: string | Uint8Array): boolean {
  if (button._ !== 'keyboardButtonCallback') return false
  const wanted = typeof data === 'string' ? new TextEncoder().encode(data) : data
  return button.data.length === wanted.length && button.data.every((byte, at) => byte === wanted[at])
}

function answerOf({ message, alert, url }: messages.BotCallbackAnswer): PressAnswer {
  return { text: message, isAlert: alert === true, url }
}
