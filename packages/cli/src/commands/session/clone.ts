import { existsSync } from 'node:fs'
import type { TelegramClient } from '@cablegram/client'
import { answerOnce } from '../../answer-once.ts'
import { CLIENT_OPTIONS, checkSessionExists, withClient } from '../../client.ts'
import { Arguments, type Command } from '../../command.ts'
import { CommandError } from '../../errors.ts'

const { session: _file, ...OTHERS } = CLIENT_OPTIONS

/** `cablegram session clone`: a second login of the same account, as a scanned QR code makes one. */
export const clone: Command = {
  name: 'clone',
  summary: 'Sign in a second session to the account of the first one, for a second program.',
  positionals: [
    { name: 'FROM', help: 'a session file that is signed in', required: true },
    { name: 'TO', help: 'the new session file', required: true },
  ],
  options: {
    password: { value: 'TEXT', help: 'the two-step verification password, if there is one (default: asks)' },
    ...OTHERS,
  },
  notes: [
    'The new session has a key of its own, and shows in the list of devices. A copied file would end both logins.',
  ],
  examples: [
    ['npx cablegram session clone me.session second.session', 'a second session on your own server'],
  ],
  async run(args) {
    const [from = '', to = ''] = args.positionals
    if (existsSync(to)) throw new CommandError(`${to} exists already. Name a new file.`)
    const old = args.over(new Arguments({ session: from }, []))
    const fresh = args.over(new Arguments({ session: to }, []))
    checkSessionExists(old)
    await withClient(old, (client) =>
      withClient(fresh, (copy) => signIn(copy, client, args.text('password'))),
    )
    process.stdout.write(`Signed in: ${to} is a session of its own.\n`)
    return 0
  },
}

/** Signs `copy` in: it shows a QR code, and `client` accepts it. */
async function signIn(
  copy: TelegramClient,
  client: TelegramClient,
  password: string | undefined,
): Promise<void> {
  const { acceptLogin, signedInUser } = await import('@cablegram/client')
  if ((await signedInUser(client)) === undefined) {
    throw new CommandError('the first session is not signed in: there is no login to clone.')
  }
  await new Promise<void>((resolve, reject) => {
    const signingIn = copy.start({
      qr: ({ url }) => void acceptLogin(client, url).catch(reject),
      // Asked beside the QR code; its acceptance ends the question.
      phone: () => new Promise(() => {}),
      ...(password !== undefined && { password: answerOnce('--password', password) }),
    })
    signingIn.then(() => resolve(), reject)
  })
}
