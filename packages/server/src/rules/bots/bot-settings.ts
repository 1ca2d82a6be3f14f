import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { isLongerThan } from '../chats/text/format.ts'
import { findSetting, keepSetting } from '../people/decide-account-settings.ts'
import { changeProfile } from '../people/decide-profiles.ts'
import { changerOf } from '../people/profiles.ts'
import { refusal } from '../refusal.ts'
import {
  describeBot,
  findBot,
  findMenuButton,
  findRights,
  keepMenuButton,
  listTalkers,
  raiseInfoVersion,
} from './decide-bot.ts'
import { tellMenuButton } from './decide-cards.ts'
import { type CommandsPlace, findCommands, setCommands } from './decide-commands.ts'
import type { BotCommand, BotTexts, CommandScope, MenuButton } from './words.ts'

const COMMAND = /^[a-z0-9_]{1,32}$/
const LANG_CODE = /^(?:[a-z]{2})?$/
const MAX_COMMANDS = 100
const MAX_COMMAND_DESCRIPTION = 256
const MAX_NAME = 64
const MAX_ABOUT = 120
const MAX_DESCRIPTION = 512
const MAX_BUTTON_TEXT = 64

/** Commands for some people and chats, in a language. */
export interface CommandsAsked {
  readonly scope: CommandScope
  readonly langCode: string
}

/**
 * Replaces the commands of the caller, a bot, for some people and chats.
 *
 * @throws {RpcError} BOT_COMMAND_INVALID, BOT_COMMAND_DESCRIPTION_INVALID, LANG_CODE_INVALID, PEER_ID_INVALID
 */
export async function putCommands(
  { store, clock }: Ground,
  { state }: Caller,
  asked: CommandsAsked,
  commands: readonly BotCommand[],
): Promise<void> {
  const place = placeOf(requireUserId(state), asked)
  const names = new Set(commands.map(({ command }) => command))
  const areNames = commands.every(({ command }) => COMMAND.test(command)) && names.size === commands.length
  if (!areNames || commands.length > MAX_COMMANDS) throw refusal('BOT_COMMAND_INVALID')
  for (const { description } of commands) {
    if (description.trim() === '' || isLongerThan(description, MAX_COMMAND_DESCRIPTION))
      throw refusal('BOT_COMMAND_DESCRIPTION_INVALID')
  }
  const nowS = Math.floor(clock.nowMs() / 1000)
  await store.decide(() => setCommands(place, commands, nowS))
}

/** The commands of the caller, a bot, for just these. @throws {RpcError} LANG_CODE_INVALID, PEER_ID_INVALID */
export async function commandsOf(
  { store }: Ground,
  { state }: Caller,
  asked: CommandsAsked,
): Promise<readonly BotCommand[]> {
  const place = placeOf(requireUserId(state), asked)
  return await store.look(() => findCommands(place))
}

function placeOf(botId: bigint, { scope, langCode }: CommandsAsked): CommandsPlace {
  checkLangCode(langCode)
  const isOfGroup = scope.kind === 'peerAdmins' || scope.kind === 'peerUser'
  if (isOfGroup && scope.peerId > 0n) throw refusal('PEER_ID_INVALID')
  return { botId, scope, langCode }
}

function checkLangCode(langCode: string): void {
  if (!LANG_CODE.test(langCode)) throw refusal('LANG_CODE_INVALID')
}

/** The bot that a call is about: the caller, or a bot of the caller's. @throws {RpcError} USER_BOT_INVALID, BOT_INVALID */
async function ownBot({ store }: Ground, { state }: Caller, botId: bigint | undefined): Promise<bigint> {
  const userId = requireUserId(state)
  const isBot = state.at === 'authorized' && state.isBot
  if (botId === undefined || botId === userId) {
    if (isBot) return userId
    throw refusal('USER_BOT_INVALID')
  }
  const bot = await store.look(() => findBot(botId))
  if (bot?.ownerId !== userId) throw refusal('BOT_INVALID')
  return botId
}

/**
 * Changes the name or the texts of a bot in a language: the caller's own, or that of a bot of the caller's.
 *
 * @throws {RpcError} USER_BOT_INVALID, BOT_INVALID, LANG_CODE_INVALID, FIRSTNAME_INVALID, ABOUT_TOO_LONG
 */
export async function putTexts(
  on: Ground,
  caller: Caller,
  botId: bigint | undefined,
  langCode: string,
  change: Partial<BotTexts>,
): Promise<void> {
  const id = await ownBot(on, caller, botId)
  checkLangCode(langCode)
  const { name, about, description } = change
  const isNameless = langCode === '' && name?.trim() === ''
  if (isNameless || (name !== undefined && isLongerThan(name, MAX_NAME))) throw refusal('FIRSTNAME_INVALID')
  if (isLongerThan(about ?? '', MAX_ABOUT) || isLongerThan(description ?? '', MAX_DESCRIPTION))
    throw refusal('ABOUT_TOO_LONG')
  const by = changerOf(on, caller, id)
  await on.store.decide(function* () {
    if (langCode === '') {
      yield* changeProfile(by, {
        ...(name !== undefined && { firstName: name.trim() }),
        ...(about !== undefined && { about: about.trim() }),
      })
      if (description !== undefined) yield* describeBot(id, description.trim())
    } else {
      const kept = yield* findSetting(id, `texts ${langCode}`)
      const before: Partial<BotTexts> = kept === undefined ? {} : JSON.parse(kept)
      yield* keepSetting(id, `texts ${langCode}`, JSON.stringify({ ...before, ...change }))
    }
    yield* raiseInfoVersion(id)
  })
}

/** The name and the texts of a bot in a language. @throws {RpcError} USER_BOT_INVALID, BOT_INVALID, LANG_CODE_INVALID */
export async function textsOf(
  on: Ground,
  caller: Caller,
  botId: bigint | undefined,
  langCode: string,
): Promise<BotTexts> {
  const id = await ownBot(on, caller, botId)
  checkLangCode(langCode)
  return await on.store.look(function* () {
    const bot = yield* findBot(id)
    const { name = '', about = '', description = '' } = bot ?? {}
    if (langCode === '') return { name, about, description }
    const kept = yield* findSetting(id, `texts ${langCode}`)
    return { name: '', about: '', description: '', ...(kept === undefined ? {} : JSON.parse(kept)) }
  })
}

/**
 * Sets the menu button of the caller, a bot, for somebody or for all.
 *
 * @throws {RpcError} BUTTON_TEXT_INVALID, BUTTON_URL_INVALID
 */
export async function putMenuButton(
  { store, clock }: Ground,
  { state }: Caller,
  userId: bigint | undefined,
  button: MenuButton,
): Promise<void> {
  const botId = requireUserId(state)
  if (button.kind === 'web') {
    if (button.text.trim() === '' || isLongerThan(button.text, MAX_BUTTON_TEXT))
      throw refusal('BUTTON_TEXT_INVALID')
    if (!URL.canParse(button.url) || new URL(button.url).protocol !== 'https:')
      throw refusal('BUTTON_URL_INVALID')
  }
  const nowS = Math.floor(clock.nowMs() / 1000)
  await store.decide(function* () {
    yield* keepMenuButton(botId, userId ?? 0n, button)
    const scope =
      userId === undefined ? ({ kind: 'users' } as const) : ({ kind: 'peer', peerId: userId } as const)
    yield* tellMenuButton(botId, yield* listTalkers(botId, scope), nowS)
    yield* raiseInfoVersion(botId)
  })
}

/** The menu button of the caller, a bot, for somebody or for all. */
export async function menuButtonOf(
  { store }: Ground,
  { state }: Caller,
  userId: bigint | undefined,
): Promise<MenuButton> {
  const botId = requireUserId(state)
  return await store.look(function* () {
    const own = userId === undefined ? undefined : yield* findMenuButton(botId, userId)
    return own ?? (yield* findMenuButton(botId, 0n)) ?? { kind: 'default' }
  })
}

/**
 * Sets the rights that apps suggest for the caller, a bot.
 *
 * @param bits as in `chatAdminRights`
 * @throws {RpcError} RIGHTS_NOT_MODIFIED
 */
export async function suggestRights(
  { store }: Ground,
  { state }: Caller,
  where: 'inGroups' | 'inChannels',
  bits: number,
): Promise<void> {
  const botId = requireUserId(state)
  const isNew = await store.decide(function* () {
    const before = yield* findRights(botId)
    if (before[where] === bits) return false
    yield* keepSetting(botId, where === 'inGroups' ? 'rightsInGroups' : 'rightsInChannels', String(bits))
    yield* raiseInfoVersion(botId)
    return true
  })
  if (!isNew) throw refusal('RIGHTS_NOT_MODIFIED')
}
