import { UsageError } from '@cablegram/tl'
import type { BotCommandScope } from '@cablegram/tl/api'
import { type Checks, checkOptions } from '../check-options.ts'
import { isCommandName } from '../message/command.ts'
import { isChecked, isString, LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, callOptions } from './sending.ts'

/** The chats in which a bot shows its commands. */
export type CommandScope = 'all' | 'private' | 'groups' | 'groupAdmins'

/** Options of `setCommands`. */
export interface SetCommandsOptions extends CallLimits {
  /** Default: all chats. Those of a narrower scope go before those of a wider one. */
  readonly scope?: CommandScope | undefined
  /** Two letters, such as `de`: for people with this language. Default: for everybody without commands in their own. */
  readonly langCode?: string | undefined
}

const CHECKS: Checks<SetCommandsOptions> = { ...LIMIT_CHECKS, scope: isChecked, langCode: isString }

const SCOPES: Readonly<Record<CommandScope, BotCommandScope>> = {
  all: { _: 'botCommandScopeDefault' },
  private: { _: 'botCommandScopeUsers' },
  groups: { _: 'botCommandScopeChats' },
  groupAdmins: { _: 'botCommandScopeChatAdmins' },
}

/**
 * Sets the commands that clients show in the menu of this bot, each with its description. They take the place of those that
 * were set before; none takes them away.
 *
 * @throws UsageError OPTION_INVALID; RpcError such as BOT_COMMAND_INVALID, BOT_COMMAND_DESCRIPTION_INVALID,
 * USER_BOT_REQUIRED
 *
 * @example
 * ```ts
 * import { setCommands, type TelegramClient } from '@cablegram/client'
 *
 * export async function showMenu(client: TelegramClient) {
 *   await setCommands(client, { start: 'Says hello', notes: 'Lists your notes' })
 *   await setCommands(client, { start: 'Sagt hallo', notes: 'Zeigt deine Notizen' }, { langCode: 'de' })
 * }
 * ```
 */
export async function setCommands(
  client: MethodClient,
  commands: Readonly<Record<string, string>>,
  options: SetCommandsOptions = {},
): Promise<void> {
  checkOptions(options, CHECKS, 'of setCommands')
  const { scope = 'all', langCode = '' } = options
  const list = Object.entries(commands).map(([command, description]) => {
    if (!isCommandName(command))
      throw invalid(`${JSON.stringify(command)} is no command: it has letters, digits and _.`)
    return { _: 'botCommand', command, description } as const
  })
  if (!Object.hasOwn(SCOPES, scope))
    throw invalid(`There is no scope "${scope}": it is ${Object.keys(SCOPES).join(', ')}.`)
  const place = { scope: SCOPES[scope], langCode }
  if (list.length === 0) await client.call('bots.resetBotCommands', place, callOptions(options))
  else await client.call('bots.setBotCommands', { ...place, commands: list }, callOptions(options))
}

function invalid(message: string): UsageError {
  return new UsageError('OPTION_INVALID', message)
}
