import type {
  BotCommandScope,
  BotInfo,
  BotMenuButton,
  ChatAdminRights,
  BotCommand as TlCommand,
} from '@cablegram/tl/api'
import type { BotCard, BotCommand, CommandScope, MenuButton } from '../rules/bots/words.ts'
import type { HandlerContext } from './handler.ts'
import { peerOf, userIdOf } from './peers.ts'

/** A bot as its page, and that of a group, show it. */
export function tlBotInfo({ botId: userId, description, commands, menuButton }: BotCard): BotInfo {
  return {
    _: 'botInfo',
    userId,
    ...(description !== '' && { description }),
    ...(commands.length > 0 && { commands: commands.map(tlCommand) }),
    menuButton: tlMenuButton(menuButton),
  }
}

/** A command in TL. */
export function tlCommand({ command, description }: BotCommand): TlCommand {
  return { _: 'botCommand', command, description }
}

/** The people and chats that a client means. @throws {RpcError} PEER_ID_INVALID, USER_ID_INVALID */
export async function scopeOf(scope: BotCommandScope, context: HandlerContext): Promise<CommandScope> {
  switch (scope._) {
    case 'botCommandScopeDefault':
      return { kind: 'default' }
    case 'botCommandScopeUsers':
      return { kind: 'users' }
    case 'botCommandScopeChats':
      return { kind: 'chats' }
    case 'botCommandScopeChatAdmins':
      return { kind: 'chatAdmins' }
    case 'botCommandScopePeer':
      return { kind: 'peer', peerId: await peerOf(scope.peer, context) }
    case 'botCommandScopePeerAdmins':
      return { kind: 'peerAdmins', peerId: await peerOf(scope.peer, context) }
    case 'botCommandScopePeerUser': {
      const peerId = await peerOf(scope.peer, context)
      return { kind: 'peerUser', peerId, userId: await userIdOf(scope.userId, context) }
    }
  }
}

/** A menu button in TL. */
export function tlMenuButton(button: MenuButton): BotMenuButton {
  switch (button.kind) {
    case 'default':
      return { _: 'botMenuButtonDefault' }
    case 'commands':
      return { _: 'botMenuButtonCommands' }
    case 'web':
      return { _: 'botMenuButton', text: button.text, url: button.url }
  }
}

/** A client's menu button. */
export function menuButtonFrom(button: BotMenuButton): MenuButton {
  switch (button._) {
    case 'botMenuButtonDefault':
      return { kind: 'default' }
    case 'botMenuButtonCommands':
      return { kind: 'commands' }
    case 'botMenuButton':
      return { kind: 'web', text: button.text, url: button.url }
  }
}

/** Rights of admins, by their bits in `chatAdminRights`. */
const RIGHTS = {
  changeInfo: 0,
  postMessages: 1,
  editMessages: 2,
  deleteMessages: 3,
  banUsers: 4,
  inviteUsers: 5,
  pinMessages: 7,
  addAdmins: 9,
  anonymous: 10,
  manageCall: 11,
  other: 12,
  manageTopics: 13,
  postStories: 14,
  editStories: 15,
  deleteStories: 16,
  manageDirectMessages: 17,
  manageRanks: 18,
  manageLinkedPeers: 19,
} as const satisfies { readonly [K in Exclude<keyof ChatAdminRights, '_'>]-?: number }

/** The bits of rights. */
export function rightsBits(rights: ChatAdminRights): number {
  const given: Readonly<Record<string, unknown>> = { ...rights }
  return Object.entries(RIGHTS).reduce(
    (bits, [name, bit]) => (given[name] === true ? bits | (1 << bit) : bits),
    0,
  )
}

/** Rights in TL. */
export function tlRights(bits: number): ChatAdminRights {
  const given = Object.entries(RIGHTS).filter(([, bit]) => (bits & (1 << bit)) !== 0)
  return { _: 'chatAdminRights', ...Object.fromEntries(given.map(([name]) => [name, true])) }
}

/** The language of a client, as bots know it: two letters. */
export function langOf({ client }: Pick<HandlerContext, 'client'>): string {
  return client?.langCode.slice(0, 2).toLowerCase() ?? ''
}
