import type { TelegramClient } from '@cablegram/client'
import { CLIENT_OPTIONS, checkSessionExists, sessionFile, withClient } from '../client.ts'
import type { Command } from '../command.ts'
import { CommandError } from '../errors.ts'

/** `cablegram logout`: ends the login, here and on the server. */
export const logoutCommand: Command = {
  name: 'logout',
  summary: 'Sign out, here and on the server.',
  options: CLIENT_OPTIONS,
  examples: [['npx cablegram logout', 'sign out with cablegram.session']],
  run: (args) =>
    withClient(args, async (client) => {
      // The client would make one.
      checkSessionExists(args)
      const { logOut, signedInUser } = await import('@cablegram/client')
      if ((await signedInUser(client)) === undefined) return await forgetLogin(client, sessionFile(args))
      await logOut(client)
      process.stdout.write(
        `Signed out; ${sessionFile(args)} can be used for another login. The next one with the same number may need no code.\n`,
      )
      return 0
    }),
}

/** The server says that nobody is signed in. If the session had a login, that login is over, as asked. */
async function forgetLogin(client: TelegramClient, file: string): Promise<number> {
  const { endedLogin } = client
  if (endedLogin === undefined) {
    throw new CommandError(`nobody is signed in with ${file}: there is nothing to end.`)
  }
  await client.forgetKeys()
  process.stdout.write(
    `Signed out: the server had ended this login already (${endedLogin.reason}). ${file} can be used for another login.\n`,
  )
  return 0
}
