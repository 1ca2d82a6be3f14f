import type { Button, Markup, PeerId } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { isLongerThan } from './text/format.ts'
import { findUrls } from './text/urls.ts'

/** The sender of a message with buttons, and the chat. */
export interface MarkupSender {
  readonly isBot: boolean
  readonly peerId: PeerId
}

const MAX_INLINE_BUTTONS = 100
const MAX_KEYS = 300
const MAX_DATA_BYTES = 64
const MAX_COPIED_CHARACTERS = 256
const MAX_PLACEHOLDER_CHARACTERS = 64
const MAX_TEXT_CHARACTERS = 1024

/** Kinds that stand under a message; all others replace the keyboard. */
const INLINE: ReadonlySet<Button['kind']> = new Set(['callback', 'url', 'switchInline', 'profile', 'copy'])
/** Kinds that ask for something about the person; in a group nobody could tell who was asked. */
const PRIVATE: ReadonlySet<Button['kind']> = new Set([
  'requestPhone',
  'requestLocation',
  'requestPoll',
  'requestPeer',
])
/** The most people that a button asks for. */
const MAX_PEERS = 10

/**
 * The buttons as they are kept; undefined if there are none. Only bots send buttons.
 *
 * @throws {RpcError} REPLY_MARKUP_INVALID, REPLY_MARKUP_TOO_LONG, BUTTON_TYPE_INVALID, BUTTON_DATA_INVALID,
 *   BUTTON_URL_INVALID, BUTTON_COPY_TEXT_INVALID, BUTTON_ID_INVALID
 */
export function checkMarkup(markup: Markup | undefined, sender: MarkupSender): Markup | undefined {
  if (markup === undefined) return undefined
  if (!sender.isBot) throw refusal('REPLY_MARKUP_INVALID')
  if ('placeholder' in markup && isLongerThan(markup.placeholder, MAX_PLACEHOLDER_CHARACTERS))
    throw refusal('REPLY_MARKUP_INVALID')
  if (!('rows' in markup)) return markup
  const rows = markup.rows.filter((row) => row.length > 0)
  const buttons = rows.flat()
  if (buttons.length > (markup.kind === 'inline' ? MAX_INLINE_BUTTONS : MAX_KEYS))
    throw refusal('REPLY_MARKUP_TOO_LONG')
  for (const button of buttons) checkButton(button, markup.kind === 'inline', sender)
  checkNumbers(buttons)
  if (buttons.length > 0) return { ...markup, rows }
  if (markup.kind === 'keyboard') throw refusal('REPLY_MARKUP_INVALID')
  return undefined
}

function checkButton(button: Button, isInline: boolean, { peerId }: MarkupSender): void {
  const isMisplaced = INLINE.has(button.kind) !== isInline || (PRIVATE.has(button.kind) && peerId < 0n)
  if (isMisplaced) throw refusal('BUTTON_TYPE_INVALID')
  if (button.text.trim() === '' || isLongerThan(button.text, MAX_TEXT_CHARACTERS))
    throw refusal('REPLY_MARKUP_INVALID')
  switch (button.kind) {
    case 'callback': {
      const { length } = Buffer.from(button.data, 'base64')
      if (length === 0 || length > MAX_DATA_BYTES) throw refusal('BUTTON_DATA_INVALID')
      return
    }
    case 'url':
      if (!isUrl(button.url)) throw refusal('BUTTON_URL_INVALID')
      return
    case 'copy':
      if (button.copied === '' || isLongerThan(button.copied, MAX_COPIED_CHARACTERS))
        throw refusal('BUTTON_COPY_TEXT_INVALID')
      return
    case 'requestPeer': {
      const most = button.asksFor.kind === 'user' ? MAX_PEERS : 1
      if (button.most < 1 || button.most > most) throw refusal('REPLY_MARKUP_INVALID')
      return
    }
    default:
  }
}

/** A bot tells its requests for peers apart by their numbers. */
function checkNumbers(buttons: readonly Button[]): void {
  const numbers = buttons.flatMap((button) => (button.kind === 'requestPeer' ? button.buttonNumber : []))
  if (new Set(numbers).size < numbers.length) throw refusal('BUTTON_ID_INVALID')
}

function isUrl(url: string): boolean {
  const [found] = findUrls(url)
  return found?.offset === 0 && found.length === url.length
}
