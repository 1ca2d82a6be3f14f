import type {
  InlineQueryPeerType,
  InputUser,
  KeyboardButton,
  KeyboardButtonStyle,
  ReplyMarkup,
  RequestPeerType,
} from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { Button, ButtonStyle, Markup, PeerRequest, QueryPeerType } from '../rules/messages/words.ts'
import { rightsBits, tlRights } from './tl-bots.ts'

const PEER_TYPES = {
  sameBot: 'inlineQueryPeerTypeSameBotPM',
  bot: 'inlineQueryPeerTypeBotPM',
  user: 'inlineQueryPeerTypePM',
  group: 'inlineQueryPeerTypeChat',
  supergroup: 'inlineQueryPeerTypeMegagroup',
  channel: 'inlineQueryPeerTypeBroadcast',
} as const satisfies Readonly<Record<QueryPeerType, InlineQueryPeerType['_']>>

const QUERY_PEER_TYPES = Object.keys(PEER_TYPES) as readonly QueryPeerType[]

/** Buttons in TL. */
export function tlMarkup(markup: Markup): ReplyMarkup {
  switch (markup.kind) {
    case 'inline':
      return { _: 'replyInlineMarkup', rows: tlRows(markup.rows) }
    case 'keyboard':
      return {
        _: 'replyKeyboardMarkup',
        rows: tlRows(markup.rows),
        ...(markup.isResized && { resize: true }),
        ...(markup.isSingleUse && { singleUse: true }),
        ...(markup.isSelective && { selective: true }),
        ...(markup.isPersistent && { persistent: true }),
        ...(markup.placeholder !== '' && { placeholder: markup.placeholder }),
      }
    case 'hide':
      return { _: 'replyKeyboardHide', ...(markup.isSelective && { selective: true }) }
    case 'forceReply':
      return {
        _: 'replyKeyboardForceReply',
        ...(markup.isSingleUse && { singleUse: true }),
        ...(markup.isSelective && { selective: true }),
        ...(markup.placeholder !== '' && { placeholder: markup.placeholder }),
      }
  }
}

function tlRows(rows: readonly (readonly Button[])[]) {
  return rows.map((row) => ({ _: 'keyboardButtonRow' as const, buttons: row.map(tlButton) }))
}

function tlButton(button: Button): KeyboardButton {
  const { text } = button
  const style = button.style && { style: tlStyle(button.style) }
  switch (button.kind) {
    case 'text':
      return { _: 'keyboardButton', text, ...style }
    case 'callback': {
      const data = new Uint8Array(Buffer.from(button.data, 'base64'))
      const password = button.needsPassword && { requiresPassword: true }
      return { _: 'keyboardButtonCallback', text, data, ...password, ...style }
    }
    case 'url':
      return { _: 'keyboardButtonUrl', text, url: button.url, ...style }
    case 'switchInline': {
      const peerTypes = button.peerTypes.map((type) => ({ _: PEER_TYPES[type] }))
      return {
        _: 'keyboardButtonSwitchInline',
        text,
        query: button.query,
        ...(button.isSamePeer && { samePeer: true }),
        ...(peerTypes.length > 0 && { peerTypes }),
        ...style,
      }
    }
    case 'profile':
      return { _: 'keyboardButtonUserProfile', text, userId: button.userId, ...style }
    case 'requestPhone':
      return { _: 'keyboardButtonRequestPhone', text, ...style }
    case 'requestLocation':
      return { _: 'keyboardButtonRequestGeoLocation', text, ...style }
    case 'requestPoll': {
      const quiz = button.isQuiz !== undefined && { quiz: button.isQuiz }
      return { _: 'keyboardButtonRequestPoll', text, ...quiz, ...style }
    }
    case 'copy':
      return { _: 'keyboardButtonCopy', text, copyText: button.copied, ...style }
    case 'requestPeer': {
      const { buttonNumber: buttonId, most: maxQuantity } = button
      const peerType = tlPeerRequest(button.asksFor)
      return { _: 'keyboardButtonRequestPeer', text, buttonId, peerType, maxQuantity, ...style }
    }
  }
}

function tlPeerRequest(asked: PeerRequest): RequestPeerType {
  if (asked.kind === 'user') {
    const { isBot: bot, isPremium: premium } = asked
    return {
      _: 'requestPeerTypeUser',
      ...(bot !== undefined && { bot }),
      ...(premium !== undefined && { premium }),
    }
  }
  const { isOwn, hasBot, hasUsername, isForum: forum, ownRights, botRights } = asked
  const shared = {
    ...(isOwn && { creator: true }),
    ...(hasUsername !== undefined && { hasUsername }),
    ...(ownRights !== undefined && { userAdminRights: tlRights(ownRights) }),
    ...(botRights !== undefined && { botAdminRights: tlRights(botRights) }),
  }
  if (asked.kind === 'channel') return { _: 'requestPeerTypeBroadcast', ...shared }
  return {
    _: 'requestPeerTypeChat',
    ...shared,
    ...(hasBot && { botParticipant: true }),
    ...(forum !== undefined && { forum }),
  }
}

function tlStyle({ background, iconId }: ButtonStyle): KeyboardButtonStyle {
  return {
    _: 'keyboardButtonStyle',
    ...(background === 'primary' && { bgPrimary: true }),
    ...(background === 'danger' && { bgDanger: true }),
    ...(background === 'success' && { bgSuccess: true }),
    ...(iconId !== undefined && { icon: iconId }),
  }
}

/**
 * A client's buttons.
 *
 * @param userIdOf finds the user of a button; undefined: the caller cannot name that one
 * @throws {RpcError} BUTTON_TYPE_INVALID for buttons that this server does not have, BUTTON_USER_INVALID
 */
export async function markupOf(
  markup: ReplyMarkup,
  userIdOf: (user: InputUser) => Promise<bigint | undefined>,
): Promise<Markup> {
  const rowsOf = async (rows: readonly { readonly buttons: readonly KeyboardButton[] }[]) =>
    await Promise.all(
      rows.map(({ buttons }) => Promise.all(buttons.map((button) => buttonOf(button, userIdOf)))),
    )
  switch (markup._) {
    case 'replyInlineMarkup':
      return { kind: 'inline', rows: await rowsOf(markup.rows) }
    case 'replyKeyboardMarkup':
      return {
        kind: 'keyboard',
        rows: await rowsOf(markup.rows),
        isResized: markup.resize === true,
        isSingleUse: markup.singleUse === true,
        isSelective: markup.selective === true,
        isPersistent: markup.persistent === true,
        placeholder: markup.placeholder ?? '',
      }
    case 'replyKeyboardHide':
      return { kind: 'hide', isSelective: markup.selective === true }
    case 'replyKeyboardForceReply':
      return {
        kind: 'forceReply',
        isSingleUse: markup.singleUse === true,
        isSelective: markup.selective === true,
        placeholder: markup.placeholder ?? '',
      }
  }
}

async function buttonOf(
  button: KeyboardButton,
  userIdOf: (user: InputUser) => Promise<bigint | undefined>,
): Promise<Button> {
  const look = { text: button.text, ...(button.style && { style: styleOf(button.style) }) }
  switch (button._) {
    case 'keyboardButton':
      return { kind: 'text', ...look }
    case 'keyboardButtonCallback': {
      const data = Buffer.from(button.data).toString('base64')
      return { kind: 'callback', ...look, data, needsPassword: button.requiresPassword === true }
    }
    case 'keyboardButtonUrl':
      return { kind: 'url', ...look, url: button.url }
    case 'keyboardButtonSwitchInline':
      return {
        kind: 'switchInline',
        ...look,
        query: button.query,
        isSamePeer: button.samePeer === true,
        peerTypes: QUERY_PEER_TYPES.filter((type) =>
          button.peerTypes?.some(({ _: name }) => name === PEER_TYPES[type]),
        ),
      }
    case 'inputKeyboardButtonUserProfile': {
      const userId = await userIdOf(button.userId)
      if (userId === undefined) throw refusal('BUTTON_USER_INVALID')
      return { kind: 'profile', ...look, userId }
    }
    case 'keyboardButtonRequestPhone':
      return { kind: 'requestPhone', ...look }
    case 'keyboardButtonRequestGeoLocation':
      return { kind: 'requestLocation', ...look }
    case 'keyboardButtonRequestPoll':
      return { kind: 'requestPoll', ...look, ...(button.quiz !== undefined && { isQuiz: button.quiz }) }
    case 'keyboardButtonCopy':
      return { kind: 'copy', ...look, copied: button.copyText }
    case 'keyboardButtonRequestPeer':
    case 'inputKeyboardButtonRequestPeer': {
      const { buttonId: buttonNumber, maxQuantity: most } = button
      return {
        kind: 'requestPeer',
        ...look,
        buttonNumber,
        asksFor: peerRequestIn(button.peerType),
        most,
        needsName: 'nameRequested' in button && button.nameRequested === true,
        needsUsername: 'usernameRequested' in button && button.usernameRequested === true,
      }
    }
    default:
      throw refusal('BUTTON_TYPE_INVALID')
  }
}

/** @throws {RpcError} BUTTON_TYPE_INVALID for bots to be made: this server makes none so */
function peerRequestIn(type: RequestPeerType): PeerRequest {
  switch (type._) {
    case 'requestPeerTypeUser':
      return {
        kind: 'user',
        ...(type.bot !== undefined && { isBot: type.bot }),
        ...(type.premium !== undefined && { isPremium: type.premium }),
      }
    case 'requestPeerTypeChat': {
      const hasBot = type.botParticipant === true
      return {
        kind: 'group',
        hasBot,
        ...chatRequestIn(type),
        ...(type.forum !== undefined && { isForum: type.forum }),
      }
    }
    case 'requestPeerTypeBroadcast':
      return { kind: 'channel', hasBot: false, ...chatRequestIn(type) }
    case 'requestPeerTypeCreateBot':
      throw refusal('BUTTON_TYPE_INVALID')
  }
}

type ChatRequest = Extract<RequestPeerType, { _: 'requestPeerTypeChat' | 'requestPeerTypeBroadcast' }>

function chatRequestIn({ creator, hasUsername, userAdminRights, botAdminRights }: ChatRequest) {
  return {
    isOwn: creator === true,
    ...(hasUsername !== undefined && { hasUsername }),
    ...(userAdminRights && { ownRights: rightsBits(userAdminRights) }),
    ...(botAdminRights && { botRights: rightsBits(botAdminRights) }),
  }
}

function styleOf(style: KeyboardButtonStyle): ButtonStyle {
  const { bgPrimary, bgDanger, bgSuccess, icon } = style
  const background = bgPrimary ? 'primary' : bgDanger ? 'danger' : bgSuccess ? 'success' : undefined
  return { ...(background && { background }), ...(icon !== undefined && { iconId: icon }) }
}
