import type { FoundSession } from '@cablegram/client/convert'
import type { Command } from '../../command.ts'
import { DESKTOP_OPTIONS, desktopOptions, found } from './found.ts'

/** `cablegram session inspect`: says what a session is, never its key. */
export const inspect: Command = {
  name: 'inspect',
  summary: 'Say whose session a file or folder is and who is signed in. The key stays where it is.',
  positionals: [
    {
      name: 'SESSION',
      help: 'a file, a folder `tdata`, or - for a string on standard input',
      required: true,
    },
  ],
  options: DESKTOP_OPTIONS,
  examples: [
    ['npx cablegram session inspect me.session', 'a session of your own'],
    ['npx cablegram session inspect ~/.local/share/TelegramDesktop/tdata', "Telegram Desktop's"],
    ['npx cablegram session inspect - < string.txt', 'a string session'],
  ],
  async run(args) {
    const [path = ''] = args.positionals
    process.stdout.write(`${await describe(await found(path, desktopOptions(args)))}\n`)
    return 0
  },
}

const TITLES = {
  cablegram: 'Cablegram',
  telethon: 'Telethon',
  gramjs: 'GramJS',
  pyrogram: 'Pyrogram',
  mtcute: 'mtcute',
  desktop: 'Telegram Desktop',
} as const

const FORMS = {
  string: 'a string',
  file: 'a file',
  database: 'a SQLite database',
  folder: 'a folder',
} as const

async function describe({ library, form, login, session }: FoundSession): Promise<string> {
  const { keyIdOf } = await import('@cablegram/client/convert')
  const rows: (readonly [string, string | undefined])[] = [
    ['Library', `${TITLES[library]} (${FORMS[form]})`],
    ['Server', session?.server.name ?? serverOf(login?.isTest)],
    ['Data centre', String(login?.dcId ?? session?.dcId ?? '')],
    ['Address', login?.address && `${login.address.host}:${login.address.port}`],
    ['User', userOf(login, session !== undefined)],
    ['api_id', login?.apiId === undefined ? undefined : String(login.apiId)],
    ['Key id', login && keyIdOf(login)],
  ]
  const told = rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(13)}${value}`]))
  return told.join('\n')
}

function serverOf(isTest: boolean | undefined): string | undefined {
  return isTest === undefined
    ? undefined
    : isTest
      ? 'test, if it is of Telegram'
      : 'production, if it is of Telegram'
}

function userOf(login: FoundSession['login'], isOurs: boolean): string {
  if (!login) return 'nobody is signed in'
  if (login.userId === undefined) return isOurs ? 'known once it is connected' : 'not kept by this library'
  return `${login.userId}${login.isBot ? ' (a bot)' : ''}`
}
