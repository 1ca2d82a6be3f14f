import type { ConvertOptions, SessionLibrary } from '@cablegram/client/convert'
import { TOKEN_OPTION } from '../../client.ts'
import type { Arguments, Command } from '../../command.ts'
import { consoleToken, TOKEN_FILE_OPTION } from '../../console-token.ts'
import { givenPassphrase } from '../../session-storage.ts'
import { DESKTOP_OPTIONS, desktopOptions, found } from './found.ts'

const LIBRARIES = ['cablegram', 'telethon', 'gramjs', 'pyrogram', 'mtcute', 'desktop'] as const

/** `cablegram session convert`: a session of one library as a session of another. */
export const convert: Command = {
  name: 'convert',
  summary: 'Write the session of one library as a session of another.',
  positionals: [
    { name: 'FROM', help: 'a file, a folder `tdata`, or - for a string on standard input', required: true },
    { name: 'TO', help: 'a file or folder that does not exist (default: prints a string session)' },
  ],
  options: {
    as: { value: 'LIBRARY', oneOf: LIBRARIES, help: `${LIBRARIES.join(', ')} (default: cablegram)` },
    string: { help: 'make it a string session, also where the library has files' },
    server: {
      value: 'URL',
      help: 'where it belongs: production, test, or the console of a server (default: as the session says)',
    },
    'api-id': { value: 'N', help: "the app's api_id, for Pyrogram" },
    bot: { help: 'a bot is signed in, for Pyrogram and mtcute' },
    ...DESKTOP_OPTIONS,
    'console-token': TOKEN_OPTION,
    'console-token-file': TOKEN_FILE_OPTION,
  },
  notes: [
    'Only one program may use a login at a time: two at once, and Telegram ends it (AUTH_KEY_DUPLICATED). Stop the old\nprogram first, and delete its session afterwards. For two programs use `npx cablegram session clone`.',
    'A file of Cablegram is sealed under the passphrase of FROM, or that in CABLEGRAM_PASSPHRASE; other forms are not sealed.',
    'GramJS and mtcute take strings, Telethon and Pyrogram strings and SQLite files, Telegram Desktop a folder `tdata`.',
  ],
  examples: [
    ['npx cablegram session convert telethon.session me.session --server production', 'from Telethon'],
    ['npx cablegram session convert me.session --as gramjs', "print a string for GramJS's StringSession"],
    ['npx cablegram session convert me.session tdata --as desktop', 'for Telegram Desktop'],
  ],
  async run(args) {
    const [from = '', to] = args.positionals
    const { convertSession } = await import('@cablegram/client/convert')
    const session = await found(from, desktopOptions(args))
    if (session.library === 'cablegram' && session.form === 'file') await checkUnused(from)
    const passphrase = session.passphrase ?? givenPassphrase()
    const isOurFile =
      to !== undefined && !args.flag('string') && (args.text('as') ?? 'cablegram') === 'cablegram'
    if (passphrase !== undefined && !isOurFile) process.stderr.write(NOT_SEALED)
    const text = await convertSession(session, to, { ...convertOptions(args), passphrase })
    process.stdout.write(text === undefined ? `Written: ${to}. Now delete ${from}.\n` : `${text}\n`)
    return 0
  },
}

const NOT_SEALED =
  'The result is not sealed: whoever reads it is signed in to the account. Only session files of Cablegram keep the passphrase.\n'

/** A session that a program has open would be in use twice. @throws SessionError SESSION_IN_USE */
async function checkUnused(file: string): Promise<void> {
  const { fileSession } = await import('@cablegram/client')
  const storage = fileSession(file)
  await storage.open()
  await storage.close()
}

function convertOptions(args: Arguments): ConvertOptions {
  const library: SessionLibrary | undefined = LIBRARIES.find((name) => name === args.text('as'))
  return {
    library,
    asString: args.flag('string'),
    server: args.text('server'),
    consoleToken: consoleToken(args),
    apiId: args.number('api-id'),
    isBot: args.flag('bot') || undefined,
  }
}
