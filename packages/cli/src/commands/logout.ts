import { CLIENT_OPTIONS, sessionFile, withClient } from '../client.ts'
import type { Command } from '../command.ts'
import { CommandError } from '../errors.ts'

/** `cablegram logout`: ends the session, on the server too. */
export const logoutCommand: Command = {
  name: 'logout',
  summary: 'Sign out: the server and the session file forget the login.',
  options: CLIENT_OPTIONS,
  examples: [['npx cablegram logout', 'end the session of cablegram.session']],
  run: (args) =>
    withClient(args, async (client) => {
      const { logOut, signedInUser } = await import('@cablegram/client')
      if ((await signedInUser(client)) === undefined) {
        throw new CommandError(`nobody is signed in with ${sessionFile(args)}: there is nothing to end.`)
      }
      await logOut(client)
      process.stdout.write(
        `Signed out; ${sessionFile(args)} can be used for another login. One by the same number may need no code now.\n`,
      )
      return 0
    }),
}
